// What the rules suggest, in the reader's words and order.
import { vocabulary, type Schemas } from '../api'
import { isDay } from '../form/when'
import { formatDay, formatMonth, lookup, t } from '../i18n'
import type { Option } from '../ui'

export type Suggestion = Schemas['Suggestion']

export interface Item {
  id: string
  suggestion: Suggestion
  /** As the person left it: the code or text that will be taken. */
  value: string
  explicitness: string | null
  state: 'open' | 'accepted' | 'rejected'
}

const lists: Record<string, string> = {
  origin_country: 'countries', host_country: 'countries', communities: 'communities', roles: 'target_role', methods: 'methods',
  channels: 'channel', inducements: 'inducement', demands: 'demand', evidence: 'evidence_kind', evidence_access: 'evidence_access',
  police_reported: 'police_reported', host_response: 'host_response', origin_response: 'origin_response', response: 'target_response',
  perpetrators: 'perpetrator_type',
}

/** Groups as they stand on the screen. */
export const groups: { name: 'where' | 'whom' | 'done' | 'offered' | 'demanded' | 'after' | 'source'; fields: string[] }[] = [
  { name: 'where', fields: ['origin_country', 'perpetrators', 'host_country', 'occurred', 'repeated'] },
  { name: 'whom', fields: ['communities', 'roles', 'response'] },
  { name: 'done', fields: ['methods', 'channels'] },
  { name: 'offered', fields: ['inducements', 'amounts'] },
  { name: 'demanded', fields: ['demands'] },
  { name: 'after', fields: ['police_reported', 'host_response', 'origin_response', 'evidence', 'evidence_access'] },
  { name: 'source', fields: ['source_title', 'source_author', 'source_publisher', 'source_published'] },
]

export function fieldName(field: string): string {
  return lookup(`intake.field.${field}`) ?? field
}

/** Null for a value that is words, a date or money. */
export function optionsOf(field: string): Option[] | null {
  const list = lists[field]
  return list ? vocabulary.options(list) : null
}

export function valueWords(item: Item): string {
  const amount = item.suggestion.amount
  if (item.suggestion.field === 'amounts' && amount) return amount.amount_text
  if (item.suggestion.field === 'occurred' || item.suggestion.field === 'source_published') return dateWords(item.value)
  if (item.suggestion.field === 'repeated') return t('intake.repeated')
  const list = lists[item.suggestion.field]
  if (list === 'countries') return vocabulary.country(item.value)
  return list ? vocabulary.label(list, item.value) : item.value
}

/** A day or month in words; a year, and whatever somebody typed, as it stands. */
function dateWords(edtf: string): string {
  if (isDay(edtf)) return formatDay(edtf)
  return isDay(`${edtf}-01`) ? formatMonth(`${edtf}-01`) : edtf
}

/** How far the rule is to be trusted, in a word. */
export function trust(confidence: number): string {
  return t(confidence >= 0.75 ? 'intake.trust.good' : confidence >= 0.6 ? 'intake.trust.fair' : 'intake.trust.weak')
}

export function itemsOf(suggestions: Suggestion[]): Item[] {
  return suggestions.map((suggestion, index) => ({
    id: `x${index}`, suggestion, value: suggestion.value, explicitness: suggestion.explicitness, state: 'open',
  }))
}
