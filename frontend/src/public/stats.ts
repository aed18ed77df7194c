import type { Schemas } from '../api/client'
import type { Stats } from '../charts/types'

export type PublicStats = Schemas['PublicStats']

/** The numbers of what is published, as the charts of the staff's dashboard take them: our work is no part of them. */
export function statsOf(numbers: PublicStats): Stats {
  const none = { unit: 'incidents' as const, denominator: numbers.incidents, multi_valued: false, unknown: 0, items: [] }
  return { ...numbers, workflow_status: none }
}
