import { formatNumber, formatShare, t } from '../i18n'
import type { QueryPatch } from '../router'
import type { Axis, MatrixModel } from './matrix'
import { sharePercent, type Numbers } from './numbers'
import { countOf, rank } from './rank'
import { fraction } from './share'
import type { Breakdown, Labeller, TableModel, TableRow } from './types'
import type { YearSeries } from './years'

/** What choosing a row does, and whether it is chosen. */
export type RowAction = (code: string) => { patch: QueryPatch; selected: boolean }

/** All rows of a breakdown, most first, the unknown last. `heading` names the first column. */
export function breakdownTable(
  breakdown: Breakdown, heading: string, label: Labeller, action: RowAction, whole: (code: string) => number = () => breakdown.denominator,
): TableModel {
  const rows: TableRow[] = rank(breakdown, Infinity).top.map((item) => ({
    cells: cells(label(item.code), item.count, whole(item.code)),
    ...action(item.code),
  }))
  if (breakdown.unknown > 0) {
    rows.push({ cells: cells(t('dashboard.chart.unknown_row'), breakdown.unknown, breakdown.denominator) })
  }
  return { columns: [heading, t('dashboard.column.count'), t('dashboard.column.share')], rows, numbers: breakdownNumbers(breakdown, label, whole) }
}

/** A line for each code, the unknown last: code, name, count, denominator, share in percent. */
export function breakdownNumbers(breakdown: Breakdown, label: Labeller, whole: (code: string) => number = () => breakdown.denominator): Numbers {
  const line = (code: string, name: string, count: number) => [code, name, count, whole(code), sharePercent(count, whole(code))]
  const rows = rank(breakdown, Infinity).top.map((item) => line(item.code, label(item.code), item.count))
  if (breakdown.unknown > 0) rows.push(line('unknown', t('dashboard.chart.unknown_row'), breakdown.unknown))
  return { columns: ['code', 'label', 'count', 'denominator', 'share_percent'], rows }
}

/** A row for each year, then one for the undated. */
export function yearsTable(series: YearSeries, action: RowAction): TableModel {
  const rows: TableRow[] = series.rows.map((row) => ({
    cells: [String(row.year), formatNumber(row.event), formatNumber(row.report)],
    ...action(String(row.year)),
  }))
  if (series.undated.event + series.undated.report > 0) {
    rows.push({
      cells: [t('dashboard.years.undated'), formatNumber(series.undated.event), formatNumber(series.undated.report)],
    })
  }
  const numbers: Numbers = {
    columns: ['year', 'by_event', 'by_report'],
    rows: [...series.rows.map((row) => [row.year, row.event, row.report]), ['undated', series.undated.event, series.undated.report]],
  }
  return { columns: [t('dashboard.column.year'), t('dashboard.years.event'), t('dashboard.years.report')], rows, numbers }
}

/** The matrix with its totals. */
export function matrixTable(matrix: MatrixModel, label: Labeller): TableModel {
  const name = (axis: Axis) =>
    axis.other ? t('dashboard.matrix.others', { count: axis.codes.length }) : label(axis.codes[0] ?? '')
  const rows: TableRow[] = matrix.rows.map((row, index) => ({
    cells: [name(row), ...(matrix.counts[index] ?? []).map(formatNumber), formatNumber(row.total)],
  }))
  const totals = matrix.columns.map((column) => column.total)
  rows.push({
    cells: [t('dashboard.column.total'), ...totals.map(formatNumber), formatNumber(totals.reduce((a, b) => a + b, 0))],
  })
  const numbers: Numbers = {
    columns: ['accused', ...matrix.columns.map(name), 'total'],
    rows: matrix.rows.map((row, index) => [name(row), ...(matrix.counts[index] ?? []), row.total]),
  }
  return { columns: [t('dashboard.matrix.corner'), ...matrix.columns.map(name), t('dashboard.column.total')], rows, numbers }
}

/** Yes and no as shares of the known, the unknown as a share of all. */
export function policeTable(police: Breakdown, counts: { yes: number; no: number }, action: RowAction): TableModel {
  const known = counts.yes + counts.no
  return {
    columns: [t('dashboard.column.answer'), t('dashboard.column.count'), t('dashboard.column.share')],
    rows: [
      { cells: cells(t('dashboard.police.yes'), counts.yes, known), ...action('yes') },
      { cells: cells(t('dashboard.police.no'), counts.no, known), ...action('no') },
      { cells: [t('dashboard.police.unknown'), formatNumber(police.unknown), ''], ...action('unknown') },
    ],
    numbers: {
      columns: ['answer', 'count', 'denominator', 'share_percent'],
      rows: [['yes', counts.yes, known, sharePercent(counts.yes, known)], ['no', counts.no, known, sharePercent(counts.no, known)], ['unknown', police.unknown, null, null]],
    },
  }
}

function cells(name: string, count: number, whole: number): string[] {
  return [name, formatNumber(count), formatShare(count, whole)]
}

/** Inside, unclear and outside, a row for each definition. */
export function definitionsTable(rows: { filter: string; name: string; breakdown: Breakdown }[]): TableModel {
  const answers = ['yes', 'unclear', 'no'] as const
  const count = (row: (typeof rows)[number], answer: string) => countOf(row.breakdown, answer)
  return {
    columns: [t('dashboard.column.definition'), ...answers.map((answer) => t(`dashboard.column.${answer}`))],
    rows: rows.map((row) => ({ cells: [row.name, ...answers.map((answer) => fraction(count(row, answer), row.breakdown.denominator))] })),
    numbers: {
      columns: ['definition', 'answer', 'count', 'denominator', 'share_percent'],
      rows: rows.flatMap((row) => answers.map((answer) => [
        row.filter, answer, count(row, answer), row.breakdown.denominator, sharePercent(count(row, answer), row.breakdown.denominator),
      ])),
    },
  }
}

/** How many independent origins the records have. */
export function originsTable(parts: { code: string; label: string; count: number }[], whole: number): TableModel {
  return {
    columns: [t('dashboard.origins.title'), t('dashboard.column.count'), t('dashboard.column.share')],
    rows: parts.map((part) => ({ cells: cells(part.label, part.count, whole) })),
    numbers: {
      columns: ['origins', 'count', 'denominator', 'share_percent'],
      rows: parts.map((part) => [part.code, part.count, whole, sharePercent(part.count, whole)]),
    },
  }
}
