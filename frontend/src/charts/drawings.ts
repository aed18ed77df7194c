import { formatNumber, t } from '../i18n'
import type { Drawing } from './picture'
import { rank } from './rank'
import { fraction } from './share'
import type { Breakdown, Labeller } from './types'
import type { YearSeries } from './years'

/** A row that stands apart from a ranking, such as what is no answer to its question. */
export interface ApartRow {
  code: string
  label: string
  count: number
  value: string
}

/** Ranked bars as the screen shows them, the unknown and what stands apart last. */
export function barsDrawing(
  breakdown: Breakdown, label: Labeller, limit = 10, apart: ApartRow[] = [], whole: (code: string) => number = () => breakdown.denominator,
): Drawing {
  const ranking = rank(breakdown, limit)
  const items = ranking.top.map((item) => ({ label: label(item.code), count: item.count, value: fraction(item.count, whole(item.code)) }))
  const more: { label: string; count: number; value: string; tone: string }[] = []
  if (ranking.tail.length > 0 && ranking.rest !== null) {
    more.push({ label: t('dashboard.chart.rest', { count: ranking.tail.length }), count: ranking.rest, value: fraction(ranking.rest, breakdown.denominator), tone: 'rest' })
  }
  if (ranking.unknown > 0) {
    more.push({ label: t('dashboard.chart.unknown_row'), count: ranking.unknown, value: fraction(ranking.unknown, breakdown.denominator), tone: 'hollow' })
  }
  more.push(...apart.map((row) => ({ ...row, tone: 'hollow' })))
  return { kind: 'bars', items: [...items, ...more.map((item) => ({ ...item, count: Math.min(item.count, Math.max(ranking.longest, 1)) }))] }
}

/** The segments of a stacked bar as a picture. */
export function stackedDrawing(segments: { label: string; count: number; value: string; tone: string }[]): Drawing {
  return { kind: 'stacked', items: segments.map(({ label, count, value, tone }) => ({ label, count, value, tone })) }
}

/** Two columns for each year, the undated apart. */
export function yearsDrawing(series: YearSeries): Drawing {
  const pair = (event: number, report: number) => [{ count: event, tone: 'event' }, { count: report, tone: 'report' }]
  return {
    kind: 'columns',
    groups: [
      ...series.rows.map((row) => ({ label: String(row.year), values: pair(row.event, row.report) })),
      { label: t('dashboard.years.undated'), values: pair(series.undated.event, series.undated.report), apart: true },
    ],
    legend: [{ label: t('dashboard.years.event'), tone: 'event' }, { label: t('dashboard.years.report'), tone: 'report' }],
  }
}

/** A small table as a picture. */
export function tableDrawing(columns: string[], rows: string[][]): Drawing {
  return {
    kind: 'grid', corner: columns[0] ?? '', columns: columns.slice(1),
    rows: rows.map((row) => ({ label: row[0] ?? '', cells: row.slice(1).map((text) => ({ text })) })),
  }
}

/** "13–20", or "13 or more" while an upper bound is missing. */
export function boundsText(count: number, max: number | null | undefined, withoutMax: number): string {
  if (max === null || max === undefined) return formatNumber(count)
  if (withoutMax > 0) return t('dashboard.persons.open', { low: count })
  return max === count ? formatNumber(count) : t('dashboard.range', { low: count, high: max })
}
