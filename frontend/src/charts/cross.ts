import type { Schemas } from '../api'
import { formatNumber, t } from '../i18n'
import type { Axis, MatrixModel } from './matrix'
import type { Numbers } from './numbers'
import type { Drawing } from './picture'
import { fraction } from './share'
import type { Labeller, TableModel, TableRow } from './types'

export type StatsTable = Schemas['StatsTable']

/** A table of two fields as a heat-map: single rows and columns, the unknown ones apart and last. */
export interface CrossModel extends MatrixModel {
  /** What the share of a row is taken of. */
  wholes: number[]
  table: StatsTable
}

export const unknownCode = 'unknown'

/** Rows and columns with most records first; a field of years by year. */
export function crossModel(table: StatsTable, rowLimit = Infinity, columnLimit = Infinity): CrossModel {
  const rows = axes(table.rows, table.rows_field, rowLimit)
  const columns = axes(table.columns, table.columns_field ?? '', columnLimit)
  const counts = new Map(table.cells.map((cell) => [`${cell.row} ${cell.column}`, cell.count]))
  const grid = rows.map((row) => columns.map((column) => counts.get(`${row.codes[0]} ${column.codes[0]}`) ?? 0))
  let peak: MatrixModel['peak'] = null
  let highest = 0
  rows.forEach((row, r) => columns.forEach((column, c) => {
    const count = grid[r]?.[c] ?? 0
    if (isUnknown(row) || isUnknown(column) || count <= highest) return
    highest = count
    peak = { origin: row.codes[0] ?? '', host: column.codes[0] ?? '', count }
  }))
  return { rows, columns, counts: grid, highest, peak, wholes: rows.map((row) => row.total), table }
}

export function isUnknown(axis: Axis): boolean {
  return axis.codes[0] === unknownCode
}

function axes(heads: StatsTable['rows'], field: string, limit: number): Axis[] {
  const known = heads.filter((head) => head.code !== unknownCode).slice(0, limit)
  if (field === 'event_year' || field === 'report_year' || field === 'stage') known.sort((a, b) => Number(a.code) - Number(b.code))
  const unknown = heads.filter((head) => head.code === unknownCode)
  return [...known, ...unknown].map((head) => ({ codes: [head.code], other: false, total: head.count }))
}

// Upper ends of the first four shades, in percent of the row.
const shadeEnds = [10, 20, 35, 50]

/** The shade of a share, 1 to 5; 0 for none. */
export function shareStep(count: number, whole: number): number {
  if (count < 1 || whole < 1) return 0
  const share = (count * 100) / whole
  return shadeEnds.filter((end) => share > end).length + 1
}

/** "Most often together: Uyghur and Spyware: 34 of 1,219 recorded incidents (2.8 %)." */
export function crossReading(model: CrossModel, row: Labeller, column: Labeller): string {
  const { peak } = model
  if (!peak) return t('dashboard.nothing')
  return t('dashboard.cross.reading', { row: row(peak.origin), column: column(peak.host), value: fraction(peak.count, model.table.total.count) })
}

/** The figures with the totals of rows and columns, which no sum of cells replaces. */
export function crossTable(model: CrossModel, corner: string, row: Labeller, column: Labeller): TableModel {
  const { table } = model
  const rows: TableRow[] = model.rows.map((axis, r) => ({
    cells: [row(axis.codes[0] ?? ''), ...(model.counts[r] ?? []).map(formatNumber), formatNumber(axis.total)],
  }))
  rows.push({
    cells: [t('dashboard.cross.all'), ...model.columns.map((axis) => formatNumber(axis.total)), formatNumber(table.total.count)],
  })
  return {
    columns: [corner, ...model.columns.map((axis) => column(axis.codes[0] ?? '')), t('dashboard.cross.all')],
    rows,
    numbers: crossNumbers(model, row, column),
  }
}

/** A line for each cell that holds something: tidy, as programs like it. */
function crossNumbers({ table }: CrossModel, row: Labeller, column: Labeller): Numbers {
  const line = (r: string, c: string, figure: { count: number; max?: number | null }) => [
    r, r ? row(r) : '', c, c ? column(c) : '', figure.count, figure.max ?? null, table.incidents,
  ]
  return {
    columns: [table.rows_field, 'row_label', table.columns_field ?? 'column', 'column_label', 'count', 'count_max', 'incidents'],
    rows: [
      ...table.cells.map((cell) => line(cell.row, cell.column, cell)),
      ...table.rows.map((head) => line(head.code, '', head)),
      ...table.columns.map((head) => line('', head.code, head)),
      line('', '', table.total),
    ],
  }
}

/** The heat-map as a picture; `step` shades a cell. */
export function crossDrawing(
  model: MatrixModel, corner: string, row: (axis: Axis) => string, column: (axis: Axis) => string,
  step: (r: number, c: number) => number | undefined,
): Drawing {
  return {
    kind: 'grid',
    corner,
    columns: model.columns.map(column),
    rows: model.rows.map((axis, r) => ({
      label: row(axis),
      cells: model.columns.map((_, c) => ({ text: formatNumber(model.counts[r]?.[c] ?? 0), step: step(r, c) })),
    })),
  }
}
