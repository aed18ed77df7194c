import { formatNumber, formatShare, t } from '../i18n'
import { sharePercent } from '../charts/numbers'
import type { Drawing } from '../charts/picture'
import { countOf } from '../charts/rank'
import { fraction } from '../charts/share'
import type { Breakdown, Labeller, TableModel } from '../charts/types'

/** One row of two selections side by side. */
export interface PairRow {
  code: string
  label: string
  a: number
  b: number
  /** Shares of each selection, in percent with one decimal; null without a denominator. */
  shareA: number | null
  shareB: number | null
}

/** The codes that are most frequent in either, the same for both, on one axis. The unknown stand last. */
export function pairRows(a: Breakdown, b: Breakdown, label: Labeller, limit = 10): PairRow[] {
  const codes = new Set([...a.items, ...b.items].filter((item) => item.count > 0 && item.code !== 'unknown').map((item) => item.code))
  const row = (code: string, name: string, inA: number, inB: number): PairRow => ({
    code, label: name, a: inA, b: inB, shareA: sharePercent(inA, a.denominator), shareB: sharePercent(inB, b.denominator),
  })
  const rows = [...codes]
    .map((code) => row(code, label(code), countOf(a, code), countOf(b, code)))
    .sort((x, y) => Math.max(y.a, y.b) - Math.max(x.a, x.b) || (x.code < y.code ? -1 : 1))
    .slice(0, limit)
  if (a.unknown + b.unknown > 0) rows.push(row('unknown', t('dashboard.chart.unknown_row'), a.unknown, b.unknown))
  return rows
}

/** Years of both, every year between, the undated last. */
export function pairYears(a: { items: { year: number; count: number }[]; undated: number; denominator: number }, b: typeof a): PairRow[] {
  const years = [...a.items, ...b.items].map((item) => item.year)
  const row = (code: string, name: string, inA: number, inB: number): PairRow => ({
    code, label: name, a: inA, b: inB, shareA: sharePercent(inA, a.denominator), shareB: sharePercent(inB, b.denominator),
  })
  const of = (list: typeof a, year: number) => list.items.find((item) => item.year === year)?.count ?? 0
  const rows: PairRow[] = []
  if (years.length > 0) for (let year = Math.min(...years); year <= Math.max(...years); year++) rows.push(row(String(year), String(year), of(a, year), of(b, year)))
  rows.push(row('undated', t('dashboard.years.undated'), a.undated, b.undated))
  return rows
}

/** With its sign, so that a loss is seen: 12 → "+12", -3 → "−3". */
export function signed(value: number, digits = 0): string {
  const text = Math.abs(value).toFixed(digits)
  const grouped = digits === 0 ? formatNumber(Math.abs(value)) : text
  return value === 0 ? grouped : `${value > 0 ? '+' : '−'}${grouped}`
}

/** Both selections and their difference: in records, and in percentage points of the shares. */
export function pairTable(rows: PairRow[], heading: string, wholeA: number, wholeB: number): TableModel {
  const points = (row: PairRow) => (row.shareA === null || row.shareB === null ? null : Math.round((row.shareB - row.shareA) * 10) / 10)
  return {
    columns: [heading, t('dashboard.compare.a'), t('dashboard.compare.share_a'), t('dashboard.compare.b'), t('dashboard.compare.share_b'), t('dashboard.compare.difference'), t('dashboard.compare.points')],
    rows: rows.map((row) => ({
      cells: [
        row.label, formatNumber(row.a), formatShare(row.a, wholeA), formatNumber(row.b), formatShare(row.b, wholeB), signed(row.b - row.a),
        points(row) === null ? '' : signed(points(row) ?? 0, 1),
      ],
    })),
    numbers: {
      columns: ['code', 'label', 'count_a', 'denominator_a', 'share_percent_a', 'count_b', 'denominator_b', 'share_percent_b', 'difference', 'difference_points'],
      rows: rows.map((row) => [row.code, row.label, row.a, wholeA, row.shareA, row.b, wholeB, row.shareB, row.b - row.a, points(row)]),
    },
  }
}

export function pairDrawing(rows: PairRow[], wholeA: number, wholeB: number): Drawing {
  return {
    kind: 'bars',
    items: rows.flatMap((row) => [
      { label: t('dashboard.compare.bar_a', { name: row.label }), count: row.a, value: fraction(row.a, wholeA), tone: 'mark' },
      { label: t('dashboard.compare.bar_b', { name: row.label }), count: row.b, value: fraction(row.b, wholeB), tone: 'report' },
    ]),
  }
}
