import { formatNumber, formatShare, t } from '../i18n'
import type { QueryPatch } from '../router'
import type { Axis, MatrixModel } from './matrix'
import { rank } from './rank'
import type { Breakdown, Labeller, TableModel, TableRow } from './types'
import type { YearSeries } from './years'

/** What choosing a row does, and whether it is chosen. */
export type RowAction = (code: string) => { patch: QueryPatch; selected: boolean }

/** All rows of a breakdown, most first, the unknown last. `heading` names the first column. */
export function breakdownTable(breakdown: Breakdown, heading: string, label: Labeller, action: RowAction): TableModel {
  const rows: TableRow[] = rank(breakdown, Infinity).top.map((item) => ({
    cells: cells(label(item.code), item.count, breakdown.denominator),
    ...action(item.code),
  }))
  if (breakdown.unknown > 0) {
    rows.push({ cells: cells(t('dashboard.chart.unknown_row'), breakdown.unknown, breakdown.denominator) })
  }
  return { columns: [heading, t('dashboard.column.count'), t('dashboard.column.share')], rows }
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
  return { columns: [t('dashboard.column.year'), t('dashboard.years.event'), t('dashboard.years.report')], rows }
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
  return { columns: [t('dashboard.matrix.corner'), ...matrix.columns.map(name), t('dashboard.column.total')], rows }
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
  }
}

function cells(name: string, count: number, whole: number): string[] {
  return [name, formatNumber(count), formatShare(count, whole)]
}
