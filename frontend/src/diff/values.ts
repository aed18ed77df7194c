// The values of a record in words, for comparing versions.
import { vocabulary } from '../api'
import { describeOccurred, formatDay, formatInstant, formatNumber, isolate, t, type OccurredDates } from '../i18n'
import { fieldLabel, responseWords } from '../form/words'

type Fields = Record<string, unknown>

const codeLists: Partial<Record<string, string>> = {
  access: 'evidence_access', age_band: 'age_band', attribution_basis: 'attribution_basis', channels: 'channel', closing_reason: 'closing_reason',
  communities: 'communities', counting_unit: 'counting_unit', credibility: 'information_credibility', discovery_route: 'discovery_route',
  explicitness: 'explicitness', gender: 'gender', geo_precision: 'geo_precision', given_by: 'consent_giver', involvement: 'involvement',
  level: 'consent', method: 'methods', party: 'response_party', period: 'period', police_reported: 'police_reported',
  public_geo_precision: 'geo_precision', reliability: 'source_reliability', response: 'target_response', response_restricted: 'target_response',
  roles: 'target_role', roles_restricted: 'target_role', scale: 'source_scale', sensitivity: 'sensitivity', standing: 'claim_standing',
  type: 'perpetrator_type', verification_status: 'verification_status', withdrawal_reason: 'withdrawal_reason', workflow_status: 'workflow_status',
  state_link: 'scope_answer', cross_border: 'scope_answer', reason: 'scope_answer', aim: 'scope_answer', act: 'scope_answer',
}
const kindLists: Partial<Record<string, string>> = {
  I: 'inducement', D: 'demand', S: 'source_kind', E: 'evidence_kind', H: 'harm', L: 'relation_kind',
}

/** The code list behind a place such as `A1.method`; undefined when the value is no code. */
export function codeListOf(place: string): string | undefined {
  const name = place.split('.').pop() ?? ''
  if (name.endsWith('_country')) return 'countries'
  if (name === 'kind') return kindLists[place.charAt(0)]
  return codeLists[name]
}

/** Is the value text that a person wrote, to be compared word by word? */
export function isText(place: string, value: unknown): boolean {
  return typeof value === 'string' && !codeListOf(place) && !place.endsWith('.kind') && plain(value) === value
}

export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

/** A value in lines; one that is not there has one line that says so. */
export function valueLines(place: string, value: unknown): string[] {
  const lines = linesOf(place, value).filter((line) => line !== '')
  return lines.length > 0 ? lines : [t('common.none')]
}

/** One code or word of a list. */
export function valueWord(place: string, value: unknown, beside: Fields = {}): string {
  if (isEmpty(value)) return ''
  if (typeof value === 'boolean') return value ? t('common.yes') : t('common.no')
  if (typeof value === 'number') return formatNumber(value)
  if (typeof value !== 'string') return linesOf(place, value).join(', ')
  if (place.startsWith('R') && place.endsWith('.kind')) return responseWord(value, beside.party)
  const list = codeListOf(place)
  return list ? vocabulary.label(list, value) : plain(value)
}

/** What an entry is called by its own members: "Threat to relatives". Empty when nothing names it. */
export function entryName(id: string, entry: Fields | undefined): string {
  if (!entry) return ''
  const letter = id.charAt(0)
  if (letter === 'A') return valueWord(`${id}.method`, entry.method)
  if (letter === 'P') return valueWord(`${id}.type`, entry.type)
  if (letter === 'T') return valueWord(`${id}.counting_unit`, entry.counting_unit)
  if (letter === 'N') return valueWord(`${id}.level`, entry.level)
  if (letter === 'M') return isolate([entry.amount_text, entry.currency_as_stated].filter(Boolean).join(' '))
  if (letter === 'S') {
    const name = entry.title || entry.publisher || entry.url
    return typeof name === 'string' && name !== '' ? isolate(name) : valueWord(`${id}.kind`, entry.kind)
  }
  if (letter === 'C') return [entry.source, entry.entity].filter((part) => typeof part === 'string').join(' → ')
  return valueWord(`${id}.kind`, entry.kind, entry)
}

function linesOf(place: string, value: unknown): string[] {
  if (isEmpty(value)) return []
  if (Array.isArray(value)) return value.map((item) => itemLine(place, item))
  if (typeof value !== 'object') return [valueWord(place, value)]
  const fields = value as Fields
  if ('precision' in fields) return occurredLines(place, fields)
  return Object.entries(fields)
    .filter(([name, part]) => name !== 'id' && !isEmpty(part))
    .flatMap(([name, part]) => memberLines(`${place}.${name}`, part, fields))
}

function memberLines(place: string, value: unknown, beside: Fields): string[] {
  const [word, ...more] = typeof value === 'object' ? linesOf(place, value) : [valueWord(place, value, beside)]
  if (word === undefined) return []
  const text = [word, ...more].join('; ')
  return [t('desk.part', { label: fieldLabel(place), value: text })]
}

/** One item of a list: a code, a text, a link of an act to a perpetrator, an amount. */
function itemLine(place: string, item: unknown): string {
  if (typeof item !== 'object' || item === null) return valueWord(place, item)
  const fields = item as Fields
  if (typeof fields.perpetrator === 'string') {
    return t('desk.part', { label: fields.perpetrator, value: valueWord('involvement', fields.involvement) })
  }
  const id = typeof fields.id === 'string' ? fields.id : ''
  return [id, ...linesOf(id || place, fields)].filter((part) => part !== '').join(' · ')
}

function occurredLines(place: string, fields: Fields): string[] {
  const flags = ['repeated', 'ongoing'].filter((name) => typeof fields[name] === 'boolean')
  return [
    describeOccurred(fields as unknown as OccurredDates),
    ...flags.map((name) => t('desk.part', { label: fieldLabel(`incident.occurred.${name}`), value: valueWord(`${place}.${name}`, fields[name]) })),
  ]
}

function responseWord(kind: string, party: unknown): string {
  if (typeof party === 'string') return responseWords(party, kind)
  const list = vocabulary.term('origin_response', kind) ? 'origin_response' : 'host_response'
  return vocabulary.label(list, kind)
}

/** Days and instants in the reader's form; any other text as it is. */
function plain(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return formatDay(text)
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text)) return formatInstant(text)
  return text
}
