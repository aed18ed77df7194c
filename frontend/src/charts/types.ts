import type { Schemas } from '../api'
import type { QueryPatch } from '../router'
import type { Numbers } from './numbers'

export type Stats = Schemas['Stats']
export type Breakdown = Schemas['Breakdown']

/** Names a code for the reader. */
export type Labeller = (code: string) => string

/** Changes the filter in the address. */
export type Pick = (patch: QueryPatch) => void

/** One cell row of the table behind a chart. The first cell heads the row. */
export interface TableRow {
  cells: string[]
  /** Filter that the row sets, or takes away while `selected`. */
  patch?: QueryPatch
  selected?: boolean
}

export interface TableModel {
  columns: string[]
  rows: TableRow[]
  /** The same unformatted, for a file; without them the printed cells are written. */
  numbers?: Numbers
}

/** A filter in force, and the patch that removes it. */
export interface Chip {
  id: string
  text: string
  patch: QueryPatch
}

/** What every chart of the page works on. */
export interface Board {
  stats: Stats
  /** The filter in the address; it runs ahead of `stats` while new numbers are loading. */
  query: URLSearchParams
  /** The day of the numbers, in words. */
  asOf: string
  pick: Pick
}
