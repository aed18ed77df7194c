// From accepted suggestions to a form. Pure: nothing is saved here.
import type { Schemas } from '../api'
import { addAct, addDemand, addEvidence, addInducement, addResponse, takesAmounts } from '../form/coding'
import { blankAmount, blankCitation, blankDraft, nextId, type Draft } from '../form/draft'
import { isDay } from '../form/when'
import type { Item } from './fields'
import { between } from './marks'

export interface Article {
  text: string
  sha256: string
  language: string
  url: string | null
  title: string | null
  author: string | null
  publisher: string | null
  published: string | null
  /** The reader's day: when it was brought in. */
  accessed: string
}

// A longer sentence is cited by the words of the rule alone.
const longestSentence = 600

/** A new form with the article as its only source, and a citation for each accepted value. */
export function draftOf(article: Article, items: Item[]): Draft {
  const draft = blankDraft()
  const source = draft.sources[0]!
  source.text = article.text
  source.text_sha256 = article.sha256
  source.language = article.language || null
  source.url = article.url
  source.title = article.title
  source.author = article.author
  source.publisher = article.publisher
  source.published = article.published
  source.accessed = article.accessed
  draft.discovery_route = 'media_monitoring'
  draft.attribution_basis = ['media_report']
  const accepted = items.filter((item) => item.state === 'accepted')
  // Acts first: channels belong to them, amounts to offers.
  const early = new Set(['methods', 'inducements', 'evidence'])
  const sentences = new Map<string, number>()
  for (const item of accepted.filter((other) => early.has(other.suggestion.field))) take(draft, article, item, sentences)
  for (const item of accepted.filter((other) => !early.has(other.suggestion.field))) take(draft, article, item, sentences)
  draft.first_reported = source.published
  if (draft.when.precision === '' && draft.first_reported) draft.when.precision = 'before_report'
  return draft
}

/** sentences: where the sentence of each piece of evidence begins. */
function take(draft: Draft, article: Article, item: Item, sentences: Map<string, number>): void {
  const { value, suggestion } = item
  const target = draft.targets[0]!
  const source = draft.sources[0]!
  const cite = (entity: string, field: string) => addCitation(draft, article, item, entity, field)
  switch (suggestion.field) {
    case 'origin_country':
      draft.origin_country = value
      return cite('incident', 'origin_country')
    case 'host_country':
      draft.host_country = value
      return cite('incident', 'host_country')
    case 'police_reported':
      draft.police_reported = value
      return cite('incident', 'police_reported')
    case 'occurred':
      setWhen(draft, value)
      return cite('incident', draft.when.precision === '' ? 'occurred.precision' : 'occurred.earliest')
    case 'repeated':
      draft.when.repeated = true
      return cite('incident', 'occurred.repeated')
    case 'communities':
      if (!target.communities.includes(value)) target.communities.push(value)
      return cite('T1', 'communities')
    case 'roles':
      if (!target.roles.includes(value)) target.roles.push(value)
      return cite('T1', 'roles')
    case 'response':
      target.response = value
      return cite('T1', 'response')
    case 'perpetrators':
      draft.perpetrators[0]!.type = value
      return cite('P1', 'type')
    case 'methods':
      return cite(addAct(draft, value, item.explicitness), 'method')
    case 'channels':
      if (!draft.usual_channels.includes(value)) draft.usual_channels.push(value)
      for (const act of draft.acts) act.channels = [...draft.usual_channels]
      if (draft.acts[0]) cite(draft.acts[0].id, 'channels')
      return
    case 'inducements': {
      const id = addInducement(draft, value)
      const added = draft.inducements.at(-1)!
      added.amounts = []
      if (item.explicitness) added.explicitness = item.explicitness
      return cite(id, 'kind')
    }
    case 'amounts':
      return takeAmount(draft, article, item)
    case 'demands':
      return cite(addDemand(draft, value), 'kind')
    case 'evidence': {
      const id = addEvidence(draft, value)
      sentences.set(id, suggestion.sentence_start)
      return cite(id, 'kind')
    }
    case 'evidence_access': {
      // Of what the same sentence tells, or of the first item.
      const held = draft.evidence.find((other) => sentences.get(other.id) === suggestion.sentence_start) ?? draft.evidence[0]
      if (!held) return
      held.access = value
      return cite(held.id, 'access')
    }
    case 'host_response':
      return cite(addResponse(draft, 'host_state', value), 'kind')
    case 'origin_response':
      return cite(addResponse(draft, 'origin_state', value), 'kind')
    case 'source_title':
      source.title = value
      return
    case 'source_author':
      source.author = value
      return
    case 'source_publisher':
      source.publisher = value
      return
    case 'source_published':
      if (isDay(value)) source.published = value
  }
}

/** Money goes to the first offer of money; without one there is nothing to hold it. */
function takeAmount(draft: Draft, article: Article, item: Item): void {
  const offer = draft.inducements.find((other) => takesAmounts(other.kind))
  const stated = item.suggestion.amount
  if (!offer || !stated) return
  const id = nextId(draft, 'M')
  offer.amounts.push({
    ...blankAmount(id),
    amount_min: stated.amount_min, amount_max: stated.amount_max, amount_text: stated.amount_text, currency_as_stated: stated.currency_as_stated,
    period: offer.kind === 'money_one_off' && stated.period === 'not_stated' ? 'once' : stated.period,
    // Two sums for one offer contradict each other until somebody has judged them.
    standing: offer.amounts.length > 0 ? 'conflicting' : 'accepted',
  })
  addCitation(draft, article, item, id, 'amount_text')
}

function setWhen(draft: Draft, edtf: string): void {
  const [year = '', month = ''] = edtf.split('-')
  const when = draft.when
  if (isDay(edtf)) {
    when.precision = 'day'
    when.day = edtf
  } else if (/^\d{4}-\d{2}$/.test(edtf)) {
    when.precision = 'month'
  } else if (/^\d{4}$/.test(edtf)) {
    when.precision = 'year'
  } else {
    return
  }
  when.year = year
  when.month = month
}

function addCitation(draft: Draft, article: Article, item: Item, entity: string, field: string): void {
  const { start, end, sentence_start, sentence_end } = item.suggestion
  const whole = sentence_end - sentence_start <= longestSentence
  const [from, to] = whole ? [sentence_start, sentence_end] : [start, end]
  const quote = between(article.text, from, to)
  draft.citations.push({ ...blankCitation(nextId(draft, 'C'), 'S1'), entity, field, quote, start: from, end: to })
}
