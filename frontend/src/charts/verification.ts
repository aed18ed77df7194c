import { t } from '../i18n'
import { countOf } from './rank'
import { fraction } from './share'
import type { Breakdown } from './types'

// Weak to strong, then what speaks against a record. The last two never enter totals.
const statuses = [
  { code: 'unreviewed', tone: 'hollow' },
  { code: 'single_source', tone: 'heat-1' },
  { code: 'corroborated', tone: 'heat-3' },
  { code: 'evidence_examined', tone: 'heat-4' },
  { code: 'officially_confirmed', tone: 'heat-5' },
  { code: 'disputed', tone: 'warn' },
  { code: 'debunked', tone: 'rest' },
  { code: 'retracted_by_source', tone: 'rest' },
] as const
const outsideTotals: readonly string[] = ['debunked', 'retracted_by_source']

/** The parts of the bar that says how solid the records are. */
export function verificationSegments(verification: Breakdown, hint: (code: string) => string, selected: (code: string) => boolean) {
  return statuses
    .map(({ code, tone }) => {
      const count = countOf(verification, code)
      const label = t(`dashboard.verification.${code}`)
      return { code, tone, count, label, hint: hint(code), value: fraction(count, verification.denominator), selected: selected(code) }
    })
    .filter((segment) => segment.count > 0 || !outsideTotals.includes(segment.code))
}
