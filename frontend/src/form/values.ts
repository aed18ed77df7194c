// The members of a record in words, for comparing two versions.
import { vocabulary } from '../api'
import { describeOccurred, formatDay, t } from '../i18n'
import type { IncidentInput } from './draft'
import { fieldLabel, responseWords } from './words'

type Name = keyof IncidentInput
type Entry = Record<string, unknown>

const codeLists: Partial<Record<string, string>> = {
  police_reported: 'police_reported', discovery_route: 'discovery_route', sensitivity: 'sensitivity', attribution_basis: 'attribution_basis',
  communities: 'communities', roles: 'target_role', roles_restricted: 'target_role', gender: 'gender', age_band: 'age_band',
  response: 'target_response', response_restricted: 'target_response', counting_unit: 'counting_unit', explicitness: 'explicitness',
  channels: 'channel', period: 'period', standing: 'claim_standing', scale: 'source_scale', access: 'evidence_access', level: 'consent',
  given_by: 'consent_giver', method: 'methods', type: 'perpetrator_type', geo_precision: 'geo_precision', public_geo_precision: 'geo_precision',
  involvement: 'involvement', party: 'response_party',
}
const kindLists: Partial<Record<Name, string>> = {
  inducements: 'inducement', demands: 'demand', sources: 'source_kind', evidence: 'evidence_kind', harms: 'harm', relations: 'relation_kind',
}

export function memberLabel(name: Name): string {
  return fieldLabel(`incident.${name}`)
}

/** One line for each part of a member's value; a member without a value has one line that says so. */
export function memberLines(name: Name, value: unknown): string[] {
  const lines = linesOf(name, value).filter((line) => line !== '')
  return lines.length > 0 ? lines : [t('common.none')]
}

function linesOf(name: Name, value: unknown): string[] {
  if (value === null || value === undefined || value === '') return []
  if (name === 'occurred') return occurredLines(value as IncidentInput['occurred'])
  if (Array.isArray(value)) return value.map((item) => (typeof item === 'string' ? word(name, item) : entryLine(name, item as Entry)))
  if (typeof value === 'object') return Object.entries(value).map(([key, part]) => labelled(`incident.${name}.${key}`, word(key, part)))
  return [word(name, value)]
}

function occurredLines(occurred: IncidentInput['occurred']): string[] {
  const flag = (name: 'ongoing' | 'repeated') =>
    occurred[name] === null || occurred[name] === undefined ? '' : labelled(`incident.occurred.${name}`, word(name, occurred[name]))
  return [describeOccurred(occurred), flag('repeated'), flag('ongoing')]
}

function entryLine(name: Name, entry: Entry): string {
  const parts = Object.entries(entry)
    .filter(([key]) => key !== 'id')
    .map(([key, part]) => (key === 'kind' ? kindWords(name, entry) : word(key, part)))
  return [entry.id as string, ...parts.filter((part) => part !== '')].join(' · ')
}

function kindWords(name: Name, entry: Entry): string {
  if (name === 'responses') return responseWords(String(entry.party), String(entry.kind))
  return vocabulary.label(kindLists[name] ?? '', String(entry.kind))
}

function labelled(place: string, text: string): string {
  return text === '' ? '' : t('form.merge.part', { label: fieldLabel(place), value: text })
}

function word(key: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  if (typeof value === 'boolean') return value ? t('common.yes') : t('common.no')
  if (Array.isArray(value)) return value.map((item) => word(key, item)).filter((text) => text !== '').join(', ')
  if (typeof value === 'object') {
    if ('precision' in value) return describeOccurred(value as IncidentInput['occurred'])
    return Object.entries(value).map(([name, part]) => word(name, part)).filter((text) => text !== '').join(' ')
  }
  const text = String(value)
  if (key.endsWith('_country')) return vocabulary.country(text)
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return formatDay(text)
  const list = codeLists[key] ?? (/^(state_link|cross_border|reason|aim|act)$/.test(key) ? 'scope_answer' : undefined)
  return list ? vocabulary.label(list, text) : text
}
