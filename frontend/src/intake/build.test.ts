import { describe, expect, it } from 'vitest'
import { toInput } from '../form/model'
import { draftOf, type Article } from './build'
import { itemsOf, type Item, type Suggestion } from './fields'

const text = 'Ein Satz. An officer phoned her and offered 500 euros. She refused.'
const article: Article = {
  text, sha256: 'ab'.repeat(32), language: 'en', url: 'https://news.example/a', title: null, author: null, publisher: 'Example News',
  published: '2024-03-05', accessed: '2024-04-01',
}

function suggestion(field: string, value: string, more: Partial<Suggestion> = {}): Suggestion {
  return { field, value, explicitness: null, start: 13, end: 20, sentence_start: 10, sentence_end: 54, rule: 'r', confidence: 0.7, amount: null, ...more }
}

function accepted(...list: Suggestion[]): Item[] {
  return itemsOf(list).map((item) => ({ ...item, state: 'accepted' }))
}

const euros = { amount_min: 500, amount_max: 500, amount_text: '500 euros', currency_as_stated: 'euros', period: 'not_stated' }

describe('draftOf', () => {
  it('takes accepted values only, each with the sentence as its citation', () => {
    const items = accepted(suggestion('origin_country', 'CHN'), suggestion('methods', 'informant_recruitment', { explicitness: 'explicit' }), suggestion('communities', 'uyghur'))
    items.push({ ...itemsOf([suggestion('host_country', 'DEU')])[0]!, state: 'rejected' }, itemsOf([suggestion('demands', 'attend_events')])[0]!)
    const draft = draftOf(article, items)
    expect(draft.origin_country).toBe('CHN')
    expect(draft.host_country).toBe('')
    expect(draft.demands).toEqual([])
    expect(draft.acts.map((act) => [act.method, act.explicitness, act.target])).toEqual([['informant_recruitment', 'explicit', 'T1']])
    expect(draft.citations.map((cite) => [cite.entity, cite.field])).toEqual([['A1', 'method'], ['incident', 'origin_country'], ['T1', 'communities']])
    for (const cite of draft.citations) {
      expect(cite.quote).toBe('An officer phoned her and offered 500 euros.')
      expect([...text].slice(cite.start!, cite.end!).join('')).toBe(cite.quote)
    }
  })
  it('puts channels on every act, money on the offer, whatever their order', () => {
    const draft = draftOf(article, accepted(
      suggestion('channels', 'phone_call'), suggestion('amounts', 'amount', { amount: euros }), suggestion('inducements', 'money_one_off', { explicitness: 'explicit' }),
      suggestion('methods', 'informant_recruitment'), suggestion('methods', 'threat_general'), suggestion('evidence_access', 'held_by_publisher'), suggestion('evidence', 'screenshot_message'),
    ))
    expect(draft.acts.map((act) => act.channels)).toEqual([['phone_call'], ['phone_call']])
    expect(draft.inducements[0]?.amounts.map((amount) => [amount.amount_min, amount.currency_as_stated, amount.period])).toEqual([[500, 'euros', 'once']])
    expect(draft.evidence[0]?.access).toBe('held_by_publisher')
  })
  it('ties who holds evidence to the evidence of its sentence, and repetition to the date', () => {
    const draft = draftOf(article, accepted(
      suggestion('evidence', 'audio_phone_recording'), suggestion('evidence', 'target_testimony', { sentence_start: 55, sentence_end: 67, start: 55, end: 58 }),
      suggestion('evidence_access', 'held_by_publisher'), suggestion('evidence_access', 'reported_only', { sentence_start: 55, sentence_end: 67, start: 55, end: 58 }),
      suggestion('repeated', 'true'),
    ))
    expect(draft.evidence.map((item) => [item.kind, item.access])).toEqual([['audio_phone_recording', 'held_by_publisher'], ['target_testimony', 'reported_only']])
    expect(draft.when.repeated).toBe(true)
    expect(draft.citations.at(-1)).toMatchObject({ entity: 'incident', field: 'occurred.repeated' })
  })
  it('keeps the text and what the article says of itself, and bounds the date by it', () => {
    const draft = draftOf(article, [])
    expect(draft.sources[0]).toMatchObject({ text, text_sha256: 'ab'.repeat(32), publisher: 'Example News', url: 'https://news.example/a', kind: '', accessed: '2024-04-01' })
    expect(draft.first_reported).toBe('2024-03-05')
    expect(toInput(draft).occurred).toMatchObject({ precision: 'before_report', earliest: null, latest: '2024-03-05' })
    expect(draft.citations).toEqual([])
  })
  it('reads dates of every length and leaves others alone', () => {
    for (const [edtf, earliest, latest] of [['2023-05-31', '2023-05-31', '2023-05-31'], ['2023-02', '2023-02-01', '2023-02-28'], ['2022', '2022-01-01', '2022-12-31']] as const) {
      expect(toInput(draftOf(article, accepted(suggestion('occurred', edtf)))).occurred).toMatchObject({ earliest, latest })
    }
    expect(draftOf({ ...article, published: null }, accepted(suggestion('occurred', 'some day'))).when.precision).toBe('')
  })
  it('cites the words of the rule where a sentence is endless', () => {
    const long = 'x '.repeat(400)
    const draft = draftOf({ ...article, text: long }, accepted(suggestion('origin_country', 'CHN', { start: 4, end: 9, sentence_start: 0, sentence_end: 800 })))
    expect(draft.citations[0]).toMatchObject({ start: 4, end: 9, quote: 'x x x' })
  })
})
