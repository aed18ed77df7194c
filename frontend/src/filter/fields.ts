import type { ListName } from '../api'
import type { MessageKey } from '../i18n'
import { readFlag, readList, readText } from '../router'

export type FilterGroup = 'place' | 'done' | 'people' | 'time' | 'record'

/** One parameter of the filter that list, dashboard and export share. */
export interface FilterField {
  name: string
  label: MessageKey
  group: FilterGroup
  /** codes: several, joined by OR. numbers: the same with figures. day: one calendar day. flag: yes, no, either. */
  kind: 'codes' | 'numbers' | 'day' | 'flag'
  /** A flag that only narrows: its `false` finds the same as no flag. */
  onlyYes?: boolean
  list?: ListName
}

const codes = (name: string, label: MessageKey, group: FilterGroup, list: ListName): FilterField => ({
  name, label, group, kind: 'codes', list,
})

/** Every parameter of the API's filter, in the order in which people look for them. */
export const filterFields: FilterField[] = [
  codes('origin_country', 'list.filter.origin_country', 'place', 'countries'),
  codes('host_country', 'list.filter.host_country', 'place', 'countries'),
  codes('proxy_country', 'list.filter.proxy_country', 'place', 'countries'),
  codes('families', 'list.filter.families', 'done', 'families'),
  codes('methods', 'list.filter.methods', 'done', 'methods'),
  codes('channels', 'list.filter.channels', 'done', 'channel'),
  codes('inducements', 'list.filter.inducements', 'done', 'inducement'),
  codes('demands', 'list.filter.demands', 'done', 'demand'),
  { name: 'explicit_only', label: 'list.filter.explicit_only', group: 'done', kind: 'flag', onlyYes: true },
  { name: 'stage', label: 'list.filter.stage', group: 'done', kind: 'numbers' },
  codes('communities', 'list.filter.communities', 'people', 'communities'),
  codes('target_roles', 'list.filter.target_roles', 'people', 'target_role'),
  codes('target_responses', 'list.filter.target_responses', 'people', 'target_response'),
  codes('perpetrator_types', 'list.filter.perpetrator_types', 'people', 'perpetrator_type'),
  codes('harms', 'list.filter.harms', 'people', 'harm'),
  { name: 'date_from', label: 'list.filter.date_from', group: 'time', kind: 'day' },
  { name: 'date_to', label: 'list.filter.date_to', group: 'time', kind: 'day' },
  { name: 'undated', label: 'list.filter.undated', group: 'time', kind: 'flag' },
  { name: 'event_year', label: 'list.filter.event_year', group: 'time', kind: 'numbers' },
  { name: 'reported_from', label: 'list.filter.reported_from', group: 'time', kind: 'day' },
  { name: 'reported_to', label: 'list.filter.reported_to', group: 'time', kind: 'day' },
  { name: 'report_year', label: 'list.filter.report_year', group: 'time', kind: 'numbers' },
  codes('workflow_status', 'list.filter.workflow_status', 'record', 'workflow_status'),
  codes('verification_status', 'list.filter.verification_status', 'record', 'verification_status'),
  codes('attribution_basis', 'list.filter.attribution_basis', 'record', 'attribution_basis'),
  codes('evidence_kinds', 'list.filter.evidence_kinds', 'record', 'evidence_kind'),
  codes('police_reported', 'list.filter.police_reported', 'record', 'police_reported'),
  codes('host_responses', 'list.filter.host_responses', 'record', 'host_response'),
  codes('origin_responses', 'list.filter.origin_responses', 'record', 'origin_response'),
  codes('discovery_route', 'list.filter.discovery_route', 'record', 'discovery_route'),
  codes('sensitivity', 'list.filter.sensitivity', 'record', 'sensitivity'),
  codes('scope', 'list.filter.scope', 'record', 'scope_status'),
  codes('in_fh_scope', 'list.filter.in_fh_scope', 'record', 'scope_answer'),
  codes('in_uk_scope', 'list.filter.in_uk_scope', 'record', 'scope_answer'),
  codes('in_ohchr_scope', 'list.filter.in_ohchr_scope', 'record', 'scope_answer'),
  { name: 'counted', label: 'list.filter.counted', group: 'record', kind: 'flag' },
  { name: 'mine', label: 'list.filter.mine', group: 'record', kind: 'flag' },
]

/** Parameters of the filter that are no field: set elsewhere, or only carried by an address. */
const passive = ['campaigns', 'date_match', 'updated_since', 'where', 'q']
/** Whose records are read: carried by every address, and no condition that one sets or clears. */
const circle = 'grant'

/** The part of an address that is the filter: what list, dashboard and export pass to the API. */
export function filterQuery(query: URLSearchParams): URLSearchParams {
  const only = new URLSearchParams()
  for (const name of [...filterFields.map((field) => field.name), ...passive, circle]) {
    const value = query.get(name)
    if (value) only.set(name, value)
  }
  return only
}

/** How many fields of the filter are set. */
export function countFilters(query: URLSearchParams): number {
  return [...filterQuery(query).keys()].filter((name) => name !== circle).length
}

/** A patch for `setQuery` that empties the whole filter. */
export function clearedFilter(): Record<string, null> {
  const patch: Record<string, null> = { cursor: null }
  for (const name of [...filterFields.map((field) => field.name), ...passive]) patch[name] = null
  return patch
}

/** The values of one field as they stand in the address, as text. */
export function valuesOf(query: URLSearchParams, field: FilterField): string[] {
  if (field.kind === 'flag') {
    const flag = readFlag(query, field.name)
    return flag === null || (field.onlyYes && !flag) ? [] : [String(flag)]
  }
  if (field.kind === 'day') {
    const day = readText(query, field.name)
    return day === null ? [] : [day]
  }
  return readList(query, field.name)
}
