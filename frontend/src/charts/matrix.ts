import type { Schemas } from '../api'

type Cell = Schemas['MatrixCell']

export interface Axis {
  /** Codes that the row or column stands for: one, or all the others. */
  codes: string[]
  other: boolean
  total: number
}

export interface MatrixModel {
  rows: Axis[]
  columns: Axis[]
  /** counts[row][column] */
  counts: number[][]
  /** The highest count among single pairs; sums of the others stay outside the scale. */
  highest: number
  /** The most frequent single pair, or null when nothing was counted. */
  peak: { origin: string; host: string; count: number } | null
}

/**
 * The accused states (rows) and host countries (columns) with most records; everything
 * else is summed in a last row and column, so that the cells always add up to the total.
 */
export function buildMatrix(cells: Cell[], rowLimit: number, columnLimit: number): MatrixModel {
  const rows = axis(totals(cells, (cell) => cell.origin_country), rowLimit)
  const columns = axis(totals(cells, (cell) => cell.host_country), columnLimit)
  const rowOf = indexOf(rows)
  const columnOf = indexOf(columns)
  const counts = rows.map(() => columns.map(() => 0))
  let peak: MatrixModel['peak'] = null
  for (const cell of cells) {
    const row = counts[rowOf.get(cell.origin_country) ?? -1]
    const column = columnOf.get(cell.host_country)
    if (!row || column === undefined) continue
    row[column] = (row[column] ?? 0) + cell.count
    if (!peak || cell.count > peak.count) {
      peak = { origin: cell.origin_country, host: cell.host_country, count: cell.count }
    }
  }
  return { rows, columns, counts, highest: highestSingle(rows, columns, counts), peak }
}

/** The next cell with a count in one direction, or the same place when there is none. */
export function nextCell(
  counts: number[][],
  from: { row: number; column: number },
  step: { row: number; column: number },
): { row: number; column: number } {
  let row = from.row + step.row
  let column = from.column + step.column
  while (counts[row]?.[column] !== undefined) {
    if (counts[row]?.[column]) return { row, column }
    row += step.row
    column += step.column
  }
  return from
}

function totals(cells: Cell[], code: (cell: Cell) => string): [string, number][] {
  const sums = new Map<string, number>()
  for (const cell of cells) sums.set(code(cell), (sums.get(code(cell)) ?? 0) + cell.count)
  return [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}

function axis(sorted: [string, number][], limit: number): Axis[] {
  const cut = sorted.length === limit + 1 ? limit + 1 : limit
  const list: Axis[] = sorted.slice(0, cut).map(([code, total]) => ({ codes: [code], other: false, total }))
  const tail = sorted.slice(cut)
  if (tail.length > 0) {
    list.push({ codes: tail.map(([code]) => code), other: true, total: tail.reduce((sum, item) => sum + item[1], 0) })
  }
  return list
}

function indexOf(list: Axis[]): Map<string, number> {
  return new Map(list.flatMap((item, index) => item.codes.map((code) => [code, index] as const)))
}

function highestSingle(rows: Axis[], columns: Axis[], counts: number[][]): number {
  let highest = 0
  for (const [r, row] of rows.entries()) {
    for (const [c, column] of columns.entries()) {
      if (!row.other && !column.other) highest = Math.max(highest, counts[r]?.[c] ?? 0)
    }
  }
  return highest
}
