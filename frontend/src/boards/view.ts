import { recordQuery, statsQuery } from '../charts/filters'
import { boundsText } from '../charts/drawings'
import type { StatsTable } from '../charts/cross'
import type { Breakdown, Stats } from '../charts/types'
import { filterFields, type FilterField } from '../filter/fields'
import { formatNumber } from '../i18n'

export type Measure = StatsTable['measure']
export const measures: Measure[] = ['incidents', 'acts', 'persons']

/** What the address of an own view asks for besides the filter. */
export interface ViewChoice {
  rows: string
  columns: string | null
  measure: Measure
}

const own = ['rows', 'columns', 'measure']

/** Fields that may head rows or columns: all coded ones of the filter. */
export const tableFields: FilterField[] = filterFields.filter((field) => field.kind === 'codes' || field.kind === 'numbers')

/** A view without rows starts with communities by methods; what the server does not know it refuses itself. */
export function viewChoice(query: URLSearchParams): ViewChoice {
  const measure = query.get('measure')
  return {
    rows: query.get('rows') || 'communities',
    columns: query.has('rows') ? query.get('columns') || null : 'methods',
    measure: (measure || 'incidents') as Measure,
  }
}

/** The query of GET /api/v1/stats/table. */
export function tableQuery(query: URLSearchParams): URLSearchParams {
  const next = statsQuery(query)
  const choice = viewChoice(query)
  next.set('rows', choice.rows)
  if (choice.columns) next.set('columns', choice.columns)
  else next.delete('columns')
  next.set('measure', choice.measure)
  return next
}

/** The filter of a view alone, as the list understands it. */
export function viewFilter(query: URLSearchParams): URLSearchParams {
  const next = recordQuery(query)
  for (const name of own) next.delete(name)
  return next
}

/** The address without what only a view knows, for the chips of the filter. */
export function chipQuery(query: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(query)
  for (const name of own) next.delete(name)
  return next
}

/** The rows of a table with one field as a breakdown of its own measure. */
export function rowsBreakdown(table: StatsTable): Breakdown {
  return {
    unit: 'incidents', denominator: table.total.count, multi_valued: true,
    unknown: table.rows.find((row) => row.code === 'unknown')?.count ?? 0,
    items: table.rows.filter((row) => row.code !== 'unknown').map(({ code, count }) => ({ code, count })),
  }
}

/** The rows of a table of persons. */
export function rowsPersons(table: StatsTable): NonNullable<Stats['panels']>['persons_by_role'] {
  const none = { count: 0, max: 0, without_max: 0 }
  return {
    total: table.total,
    unknown: table.rows.find((row) => row.code === 'unknown') ?? none,
    items: table.rows.filter((row) => row.code !== 'unknown'),
  }
}

/** A figure of a table in its measure: persons as a lower and an upper bound. */
export function figureText(table: Pick<StatsTable, 'measure'>, figure: { count: number; max?: number | null; without_max: number }): string {
  return table.measure === 'persons' ? boundsText(figure.count, figure.max, figure.without_max) : formatNumber(figure.count)
}
