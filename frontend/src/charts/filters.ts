import { filterFields, valuesOf, type FilterField } from '../filter/fields'
import { valueLabel } from '../filter/labels'
import { whereSentence } from '../filter/sentence'
import { formatList, formatShortDay, isolate, t, type MessageKey } from '../i18n'
import { patchQuery, readList, type QueryPatch } from '../router/query'
import type { Chip } from './types'

/** Filters that a mark of a chart sets. */
export type ChartFilter =
  | 'origin_country' | 'host_country' | 'methods' | 'families' | 'communities' | 'inducements' | 'demands'
  | 'event_year' | 'report_year' | 'police_reported' | 'verification_status'
  | 'in_fh_scope' | 'in_uk_scope' | 'in_ohchr_scope' | 'channels' | 'target_roles' | 'host_responses' | 'origin_responses'
  | 'harms' | 'evidence_kinds'

// Shown on the page, not a filter: the layout switch of the translators.
const layoutOnly = ['dir']

// More values than this share one chip.
const chipsPerFilter = 3

/**
 * The records that the page counts, as the list and the export understand it. The dashboard
 * counts `counted=true` unless the address says otherwise; `counted=any` stands for no such filter.
 */
export function recordQuery(query: URLSearchParams): URLSearchParams {
  const next = patchQuery(query, { counted: countedValue(query), include_implied: null })
  for (const name of layoutOnly) next.delete(name)
  next.sort()
  return next
}

/**
 * The query of GET /api/v1/stats. A parameter that nobody knows is passed on: the server
 * refuses it, while dropping it here would show numbers of another selection.
 */
export function statsQuery(query: URLSearchParams): URLSearchParams {
  const next = recordQuery(query)
  if (query.get('include_implied') === 'true') next.set('include_implied', 'true')
  return next
}

// Charts of these count explicit entries and deeds, unless implied ones are switched on.
const plainlyCounted: readonly string[] = ['methods', 'families', 'inducements', 'demands']

/**
 * The patch that sets one filter to these values, or takes it away when it holds just them. With it goes
 * what the mark's own count rests on, so that it leads to just as many records as it says.
 */
export function toggle(query: URLSearchParams, name: ChartFilter, values: string[]): QueryPatch {
  if (holds(query, name, values)) {
    const others = plainlyCounted.some((other) => other !== name && readList(query, other).length > 0)
    return plainlyCounted.includes(name) && !others ? { [name]: null, explicit_only: null } : { [name]: null }
  }
  const patch: QueryPatch = { [name]: values }
  if (plainlyCounted.includes(name) && query.get('include_implied') !== 'true') patch.explicit_only = 'true'
  // What was offered and demanded is counted among attempts to recruit.
  if (name === 'inducements' || name === 'demands') patch.families = ['recruitment']
  return patch
}

/** Does the filter hold exactly these values? */
export function holds(query: URLSearchParams, name: ChartFilter, values: string[]): boolean {
  const have = readList(query, name)
  return have.length === values.length && values.every((value) => have.includes(value))
}

/** The reader's name of a filter. */
export function filterTitle(name: string): string {
  const field = filterFields.find((item) => item.name === name)
  return field ? t(field.label) : name
}

/** One chip for each filter in force, in the order of the filter list. */
export function chips(query: URLSearchParams): Chip[] {
  return [...filterFields.flatMap((field) => fieldChips(query, field)), ...otherChips(query)]
}

/** The chips of one chart's own filter. */
export function chartChips(query: URLSearchParams, name: ChartFilter): Chip[] {
  return filterFields.filter((field) => field.name === name).flatMap((field) => fieldChips(query, field))
}

/** The filters in words, for quoting: "Accused state: China; Only records that enter totals". */
export function filterText(query: URLSearchParams): string {
  const parts: string[] = []
  for (const field of filterFields) {
    if (field.kind === 'flag') continue
    const names = valuesOf(query, field).map((value) => nameOf(field, value))
    if (names.length > 0) parts.push(pair(t(field.label), formatList(names)))
  }
  parts.push(...otherChips(query).map((chip) => chip.text))
  return parts.length === 0 ? t('dashboard.quote.no_filter') : parts.join('; ')
}

function fieldChips(query: URLSearchParams, field: FilterField): Chip[] {
  if (field.kind === 'flag') return []
  const values = valuesOf(query, field)
  const { name } = field
  if (values.length > chipsPerFilter) {
    const summary = t('dashboard.filters.more', { name: nameOf(field, values[0] ?? ''), count: values.length - 1 })
    return [chip(name, pair(t(field.label), summary), { [name]: null })]
  }
  return values.map((value) =>
    chip(`${name}:${value}`, pair(t(field.label), nameOf(field, value)), { [name]: values.filter((other) => other !== value) }),
  )
}

/** What is no list of values: switches, and parameters that only an address can carry. */
function otherChips(query: URLSearchParams): Chip[] {
  const found: Chip[] = []
  const flag = (name: string, value: string | null, removed: string | null) => {
    if (value !== 'true' && value !== 'false') return
    found.push(chip(name, t(`dashboard.filter.${name}_${value}` as MessageKey), { [name]: removed }))
  }
  for (const name of ['campaigns', 'updated_since'] as const) {
    const value = query.get(name)
    if (value) found.push(chip(name, pair(t(`dashboard.filter.${name}`), value), { [name]: null }))
  }
  const words = query.get('q')
  if (words) found.push(chip('q', t('search.chip', { text: isolate(words) }), { q: null }))
  const where = query.get('where')
  if (where) found.push(chip('where', t('finding.where.chip', { text: whereSentence(where) }), { where: null }))
  if (query.get('date_match') === 'within') {
    found.push(chip('date_match', t('dashboard.filter.date_within'), { date_match: null }))
  }
  for (const field of filterFields) if (field.onlyYes) flag(field.name, valuesOf(query, field)[0] ?? null, null)
  flag('undated', query.get('undated'), null)
  flag('mine', query.get('mine'), null)
  flag('counted', countedValue(query), 'any')
  if (query.get('include_implied') === 'true') {
    found.push(chip('include_implied', t('dashboard.filter.implied'), { include_implied: null }))
  }
  return found
}

function countedValue(query: URLSearchParams): string | null {
  const value = query.get('counted') || 'true'
  return value === 'any' ? null : value
}

function chip(id: string, text: string, patch: QueryPatch): Chip {
  return { id, text, patch }
}

function pair(name: string, value: string): string {
  return t('dashboard.filter.pair', { name, value })
}

/** An address may hold a day that is none; it is shown as it stands and the server refuses it. */
function nameOf(field: FilterField, value: string): string {
  if (field.kind !== 'day') return valueLabel(field, value)
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) ? formatShortDay(value) : value
}
