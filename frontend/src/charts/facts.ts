import { t } from '../i18n'
import type { Breakdown } from './types'

/** What the denominator of a chart is made of. */
export type Denominator = 'all' | 'recruitment' | 'asked' | 'host'

export const denominators = {
  all: 'dashboard.chart.denominator', recruitment: 'dashboard.chart.denominator_recruitment', asked: 'dashboard.chart.denominator_asked',
  host: 'dashboard.chart.denominator_host',
} as const

/** The line under a chart's reading: unit, denominator, unknowns, a word on shares, the date. */
export function facts(breakdown: Breakdown, asOf: string, of: Denominator = 'all'): string[] {
  const list = [
    t('dashboard.chart.unit'),
    t(denominators[of], { count: breakdown.denominator }),
  ]
  // What was never asked, or is of another host, stands in rows of its own.
  if (of === 'all' || of === 'recruitment') list.push(t('dashboard.chart.unknown', { count: breakdown.unknown }))
  if (breakdown.multi_valued && of !== 'host') list.push(t('dashboard.chart.multi'))
  list.push(t('dashboard.as_of', { date: asOf }))
  return list
}
