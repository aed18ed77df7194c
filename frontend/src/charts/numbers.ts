import type { TableModel } from './types'

export type NumberCell = string | number | null

/** The figures behind a chart, unformatted. */
export interface Numbers {
  columns: string[]
  rows: NumberCell[][]
}

/** What makes figures quotable alone: written beside every row. */
export interface NumbersNote {
  unit?: string
  as_of?: string
  selection?: string
}

// The same characters as in the files of the server: what some spreadsheet takes for a formula.
const skipped = /^[ \u00a0\u200b\ufeff]*/
const triggers = new Set([...'=+-@|%\'\t\n\r＝＋－＠｜％＇'])

/** One apostrophe before a text that a spreadsheet could take for a formula; one is taken off again by the import. */
export function guard(text: string): string {
  const first = [...text.replace(skipped, '')][0]
  return first !== undefined && triggers.has(first) ? `'${text}` : text
}

/** A CSV file: RFC 4180, CRLF, every field quoted, text guarded, numbers bare; the last column names the dialect. */
export function csvOf(numbers: Numbers, note: NumbersNote = {}): string {
  const notes = (['unit', 'as_of', 'selection'] as const).filter((name) => note[name] !== undefined)
  const lines = [[...numbers.columns, ...notes, '_csv_v2_apostrophe'].map((name) => quoted(guard(name)))]
  for (const row of numbers.rows) {
    lines.push([...row.map(field), ...notes.map((name) => field(note[name] ?? null)), quoted('')])
  }
  return `\ufeff${lines.map((line) => line.join(',') + '\r\n').join('')}`
}

/** The figures of a table; its printed cells where it has no others. */
export function numbersOf(table: TableModel): Numbers {
  return table.numbers ?? { columns: table.columns, rows: table.rows.map((row) => row.cells) }
}

/** A share in percent with one decimal, half up, as a number. null without a denominator. */
export function sharePercent(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part * 1000) / whole) / 10
}

function field(value: NumberCell): string {
  if (value === null) return quoted('')
  return quoted(typeof value === 'number' ? String(value) : guard(value.replace(/[\u2066-\u2069]/g, '')))
}

function quoted(text: string): string {
  return `"${text.replace(/"/g, '""')}"`
}
