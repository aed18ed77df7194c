// Entries and places in the reader's words.
import { vocabulary } from '../api'
import { formatList, isolate, lookup, t } from '../i18n'
import type { Option } from '../ui'
import { foldText } from '../ui/fold'
import { lists, type Draft, type Letter, type Source } from './draft'

/** The fields of each kind of entry that a citation may name; `incident` is the record itself. */
const citable: Record<string, string[]> = {
  incident: [
    'origin_country', 'origin_entity', 'attribution_basis', 'host_country', 'host_place.geo_precision', 'host_place.admin1',
    'host_place.locality', 'proxy_country', 'occurred.earliest', 'occurred.latest', 'occurred.precision', 'occurred.ongoing',
    'occurred.repeated', 'first_reported', 'police_reported', 'scope_test.state_link', 'scope_test.cross_border', 'scope_test.reason',
    'scope_test.aim', 'scope_test.act', 'title', 'summary',
  ],
  T: ['communities', 'roles', 'gender', 'age_band', 'response', 'counting_unit', 'count_min', 'count_max'],
  P: ['type', 'body', 'person_name'],
  A: ['method', 'explicitness', 'channels', 'target', 'perpetrators', 'occurred'],
  I: ['kind', 'explicitness', 'condition', 'amounts'],
  M: ['', 'amount_text', 'amount_min', 'amount_max', 'currency_as_stated', 'period'],
  D: ['kind', 'explicitness'],
  E: ['kind', 'access'],
  R: ['kind', 'party', 'body', 'date'],
  H: ['kind'],
  S: ['kind', 'publisher', 'published', 'derived_from'],
  L: ['kind'],
  N: ['level'],
}

const noteLists = ['methods', 'demand', 'inducement', 'evidence_kind']

const kindLists: Record<string, string> = { I: 'inducement', D: 'demand', E: 'evidence_kind', H: 'harm', L: 'relation_kind' }

/** The label of a field: of this kind of entry when it has its own, else the general one. */
export function fieldLabel(place: string): string {
  const [owner = '', ...names] = place.split('.')
  const name = names.join('.')
  const letter = owner === 'incident' ? 'incident' : owner.charAt(0)
  return lookup(`form.of.${letter}.${name}`) ?? lookup(`form.field.${name}`) ?? lookup(`form.field.${names[0] ?? ''}`) ?? name
}

/** What an entry is called; its mark is added where another of the same name stands beside it. */
export function entryWords(draft: Draft, id: string): string {
  if (id === 'incident') return t('form.entry.incident')
  const name = bareWords(draft, id)
  const list = draft[lists[id.charAt(0) as Letter]] as { id: string }[] | undefined
  const twins = list?.filter((item) => bareWords(draft, item.id) === name).length ?? 0
  return twins > 1 ? t('form.entry.marked', { name, id }) : name
}

function bareWords(draft: Draft, id: string): string {
  const letter = id.charAt(0)
  switch (letter) {
    case 'T': {
      const target = draft.targets.find((item) => item.id === id)
      const communities = (target?.communities ?? []).map((code) => vocabulary.label('communities', code)).join(', ')
      return communities ? t('form.entry.target_of', { communities }) : t('form.entry.target')
    }
    case 'P': {
      const type = draft.perpetrators.find((item) => item.id === id)?.type
      return type ? vocabulary.label('perpetrator_type', type) : t('form.entry.perpetrator')
    }
    case 'A':
      return vocabulary.label('methods', draft.acts.find((item) => item.id === id)?.method) || t('form.entry.act')
    case 'M': {
      const amount = draft.inducements.flatMap((item) => item.amounts).find((item) => item.id === id)
      const text = [amount?.amount_text, amount?.currency_as_stated].filter(Boolean).join(' ')
      return text ? t('form.entry.amount_of', { text: isolate(text) }) : t('form.entry.amount')
    }
    case 'S':
      return sourceWords(draft.sources.find((item) => item.id === id))
    case 'R': {
      const item = draft.responses.find((entry) => entry.id === id)
      return item ? responseWords(item.party, item.kind) : id
    }
    case 'N':
      return t('form.entry.consent')
    case 'C':
      return t('form.entry.citation')
    default: {
      const list = draft[lists[letter as Letter]] as { id: string; kind?: string }[] | undefined
      return vocabulary.label(kindLists[letter] ?? '', list?.find((item) => item.id === id)?.kind) || id
    }
  }
}

export function responseWords(party: string, kind: string): string {
  return vocabulary.label(party === 'host_state' ? 'host_response' : 'origin_response', kind)
}

/** The note or definition of a code, with the codes that it names as their labels. */
export function plainNote(list: string, code: string): string {
  const term = vocabulary.term(list, code)
  const text = term?.note ?? (term?.definition as string | undefined) ?? ''
  return text.replace(/\b[a-z]+(?:_[a-z]+)+\b/g, (word) => {
    const named = noteLists.find((name) => vocabulary.term(name, word))
    return named ? t('form.quoted', { text: vocabulary.label(named, word) }) : word
  })
}

/** The choices of a list, findable by everyday words too: "hacked" finds phishing and spyware. */
export function everydayOptions(list: string): Option[] {
  return vocabulary.options(list).map((option) => {
    const words = [plainNote(list, option.value), option.hint ?? '', option.group ?? '', lookup(`form.also.${option.value}`) ?? '']
    return { ...option, search: `${option.search ?? foldText(option.label)} ${foldText(words.join(' '))}` }
  })
}

/** A source by its publisher, title or address; else by its kind. */
export function sourceWords(source: Source | undefined): string {
  const text = source?.publisher || source?.title || source?.url
  if (text) return isolate(text)
  return source?.kind ? vocabulary.label('source_kind', source.kind) : t('form.entry.source')
}

/** What an unfinished form is called in lists: its title, else the countries; null while there is neither. */
export function draftName(draft: Draft): string | null {
  if (draft.title.trim() !== '') return draft.title.trim()
  const countries = [draft.origin_country, draft.host_country].filter((code) => code !== '').map((code) => vocabulary.country(code))
  return countries.length > 0 ? t('form.copies.about', { what: formatList(countries) }) : null
}

/** A place in words, as for the list of faults: "Physical assault: against whom". */
export function placeWords(draft: Draft, place: string): string {
  const [owner = ''] = place.split('.')
  if (owner === 'incident' || !place.includes('.')) return fieldLabel(place)
  return t('form.entry.place', { entry: entryWords(draft, owner), field: fieldLabel(place) })
}

/** Everything in the form that a citation can stand for; the value is `A1.method`, `M1.` for an entry as a whole. */
export function citationOptions(draft: Draft): Option[] {
  const entries: [string, string[]][] = [
    ['acts', draft.acts.map((item) => item.id)],
    ['inducements', draft.inducements.flatMap((item) => [item.id, ...item.amounts.map((amount) => amount.id)])],
    ['demands', draft.demands.map((item) => item.id)],
    ['incident', ['incident']],
    ['targets', draft.targets.map((item) => item.id)],
    ['perpetrators', draft.perpetrators.map((item) => item.id)],
    ['harms', draft.harms.map((item) => item.id)],
    ['responses', draft.responses.map((item) => item.id)],
    ['evidence', draft.evidence.map((item) => item.id)],
    ['sources', draft.sources.map((item) => item.id)],
    ['others', [...draft.relations, ...draft.consents].map((item) => item.id)],
  ]
  return entries.flatMap(([group, ids]) => ids.flatMap((id) => optionsOf(draft, id, lookup(`form.cite.group.${group}`) ?? '')))
}

function optionsOf(draft: Draft, id: string, group: string): Option[] {
  const fields = citable[id === 'incident' ? id : id.charAt(0)] ?? []
  return fields.map((field) => {
    const label = field === '' ? entryWords(draft, id) : placeWords(draft, `${id}.${field}`)
    return { value: `${id}.${field}`, label, group, hint: id === 'incident' ? undefined : id }
  })
}

/** Entries to choose from, in words. */
export function entryOptions(draft: Draft, ids: string[]): Option[] {
  return ids.map((id) => ({ value: id, label: entryWords(draft, id) }))
}
