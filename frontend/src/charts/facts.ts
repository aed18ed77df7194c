import { t } from '../i18n'
import type { Breakdown } from './types'

/** What the denominator of a chart is made of. */
export type Denominator = 'all' | 'recruitment' | 'asked'

const denominators = {
  all: 'dashboard.chart.denominator', recruitment: 'dashboard.chart.denominator_recruitment', asked: 'dashboard.chart.denominator_asked',
} as const

/** The line under a chart's reading: unit, denominator, unknowns, a word on shares, the date. */
export function facts(breakdown: Breakdown, asOf: string, of: Denominator = 'all'): string[] {
  const list = [
    t('dashboard.chart.unit'),
    t(denominators[of], { count: breakdown.denominator }),
    t('dashboard.chart.unknown', { count: breakdown.unknown }),
  ]
  if (breakdown.multi_valued) list.push(t('dashboard.chart.multi'))
  list.push(t('dashboard.as_of', { date: asOf }))
  return list
}
