import { formatList, formatNumber, formatShare, t } from '../i18n'
import type { MatrixModel } from './matrix'
import { countOf, leaders } from './rank'
import { fraction } from './share'
import type { Breakdown, Labeller, Stats } from './types'
import { peakYears, type YearSeries } from './years'

// More names than this make no sentence.
const tieLimit = 3

/** Charts whose reading names the most frequent value. */
export type RankedChart = keyof typeof wordings

// Which charts share a sentence.
const wordings = {
  origin: 'origin', host: 'host', methods: 'methods', communities: 'communities', inducements: 'inducements', demands: 'demands',
  channels: 'methods', harms: 'methods', evidence: 'methods', responses: 'methods', answers: 'answers',
} as const

/** "China is accused in 272 of 1,219 recorded incidents (22.3 %)." Names up to three that share the first place. */
export function rankedReading(chart: RankedChart, breakdown: Breakdown, label: Labeller): string {
  const first = leaders(breakdown)
  const top = first[0]
  if (!top || breakdown.denominator === 0) return t('dashboard.nothing')
  const params = {
    name: names(first.map((item) => label(item.code))),
    part: top.count,
    count: breakdown.denominator,
    share: formatShare(top.count, breakdown.denominator),
  }
  const wording = wordings[chart]
  return first.length > 1 ? t(`dashboard.${wording}.reading_tie`, params) : t(`dashboard.${wording}.reading`, params)
}

/** "The most frequent pair is China in Thailand: 34 of 1,219 recorded incidents (2.8 %)." */
export function matrixReading(matrix: MatrixModel, denominator: number, label: Labeller): string {
  const { peak } = matrix
  if (!peak || denominator === 0) return t('dashboard.nothing')
  return t('dashboard.matrix.reading', {
    origin: label(peak.origin),
    host: label(peak.host),
    part: peak.count,
    count: denominator,
    share: formatShare(peak.count, denominator),
  })
}

/** "31 states are accused; most often China: 272 of 1,219 (22.3 %)." */
export function mapReading(by: 'accused' | 'host', breakdown: Breakdown, label: Labeller): string {
  const first = leaders(breakdown)
  const top = first[0]
  if (!top) return t('dashboard.nothing')
  return t(`dashboard.map.reading_${by}`, {
    count: breakdown.items.filter((item) => item.count > 0).length,
    name: names(first.map((item) => label(item.code))),
    value: fraction(top.count, breakdown.denominator),
  })
}

/** "Most events fall in 2021: 214 of 1,219 recorded incidents (17.6 %)." */
export function yearsReading(series: YearSeries, denominator: number): string {
  const peaks = peakYears(series)
  const top = peaks[0]
  if (!top || denominator === 0) return t('dashboard.years.reading_none')
  const params = {
    // A year is a name, not a quantity: it has no thousands separator.
    name: names(peaks.map((row) => String(row.year))),
    part: top.event,
    count: denominator,
    share: formatShare(top.event, denominator),
  }
  return peaks.length > 1 ? t('dashboard.years.reading_tie', params) : t('dashboard.years.reading', params)
}

/** Share of yes among yes and no; the unknown ones are named apart and divide nothing. */
export function policeReading(police: Breakdown): string {
  const yes = countOf(police, 'yes')
  const known = yes + countOf(police, 'no')
  if (known === 0) {
    return police.unknown === 0 ? t('dashboard.nothing') : t('dashboard.police.reading_none', { count: police.unknown })
  }
  return t('dashboard.police.reading', {
    part: yes, count: known, share: formatShare(yes, known), unknown: police.unknown,
  })
}

/** How many records rest on more than one origin's word. */
export function verificationReading(verification: Breakdown): string {
  const codes = ['corroborated', 'evidence_examined', 'officially_confirmed']
  const part = codes.reduce((sum, code) => sum + countOf(verification, code), 0)
  const whole = verification.denominator
  if (whole === 0) return t('dashboard.nothing')
  return t('dashboard.verification.reading', { part, count: whole, share: formatShare(part, whole) })
}

/** The three counts in one sentence. */
export function definitionsReading(stats: Pick<Stats, 'incidents' | 'in_fh_scope' | 'in_uk_scope' | 'in_ohchr_scope'>): string {
  if (stats.incidents === 0) return t('dashboard.nothing')
  return t('dashboard.definitions.reading', {
    fh: countOf(stats.in_fh_scope, 'yes'),
    uk: countOf(stats.in_uk_scope, 'yes'),
    ohchr: countOf(stats.in_ohchr_scope, 'yes'),
    count: stats.incidents,
  })
}

export interface PersonsText {
  /** "1,300–2,300", or the lower bound alone while an upper bound is missing. */
  figure: string
  /** The word under the figure. */
  unit: string
  notes: string[]
}

/**
 * The persons of a selection. The upper bound adds up only over records that state one, so it
 * closes a range only when all do; otherwise it could even lie below the lower bound.
 */
export function personsText(persons: Stats['persons'], incidents: number): PersonsText {
  const { min, max, without_max } = persons
  if (without_max > 0 || max === null) {
    const notes = [t('dashboard.headline.no_max', { count: without_max })]
    const others = incidents - without_max
    if (max !== null && others > 0) {
      notes.push(t('dashboard.headline.max_of', { count: others, high: max }))
    }
    return { figure: formatNumber(min), unit: t('dashboard.headline.persons_open', { count: min }), notes }
  }
  if (min === max) {
    return {
      figure: formatNumber(min),
      unit: t('dashboard.headline.persons', { count: min }),
      notes: [t('dashboard.headline.persons_same')],
    }
  }
  return {
    figure: t('dashboard.range', { low: min, high: max }),
    unit: t('dashboard.headline.persons', { count: max }),
    notes: [t('dashboard.headline.persons_range')],
  }
}

/** "A, B, C, and 2 more": those in the first place, as many as a sentence can carry. */
function names(all: string[]): string {
  if (all.length <= tieLimit) return formatList(all)
  return formatList([...all.slice(0, tieLimit), t('dashboard.more', { count: all.length - tieLimit })])
}
