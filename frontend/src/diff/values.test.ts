import { beforeAll, describe, expect, it } from 'vitest'
import { setVocabulary } from '../api/vocabulary.svelte'
import { codeListOf, entryName, isText, valueLines } from './values'

beforeAll(() => {
  const term = (code: string, label: string) => ({ code, label, note: null, status: 'active', replaced_by: null })
  const list = (...items: ReturnType<typeof term>[]) => ({ label: '', closed: true, fields: [], code_pattern: null, items })
  setVocabulary({
    version: '1', language: 'en', families: [], communities: [term('tibetan', 'Tibetans')],
    methods: [term('threat_general', 'General threat')],
    countries: [{ code: 'CHN', alpha2: 'CN', numeric: '156', name: 'China' }],
    lists: {
      demand: list(term('pay_money', 'Pay money')), involvement: list(term('suspected', 'Suspected')),
      origin_response: list(term('admission', 'Admits')), host_response: list(term('sanctions', 'Sanctions')),
      geo_precision: list(term('site', 'Exact place')),
    },
  } as unknown as Parameters<typeof setVocabulary>[0])
})

describe('valueLines', () => {
  it('says codes in the words of their list', () => {
    expect(valueLines('A1.method', 'threat_general')).toEqual(['General threat'])
    expect(valueLines('D1.kind', 'pay_money')).toEqual(['Pay money'])
    expect(valueLines('incident.origin_country', 'CHN')).toEqual(['China'])
    expect(valueLines('T1.communities', ['tibetan', 'no_such_code'])).toEqual(['Tibetans', 'no_such_code'])
    expect(valueLines('R1.kind', 'sanctions')).toEqual(['Sanctions'])
  })

  it('says days, numbers and answers in the reader\'s form', () => {
    expect(valueLines('incident.first_reported', '2023-02-20')).toEqual(['20 February 2023'])
    expect(valueLines('T1.count_max', 1200)).toEqual(['1,200'])
    expect(valueLines('incident.occurred.ongoing', true)).toEqual(['Yes'])
    const occurred = { earliest: null, latest: '2023-02-20', precision: 'before_report', approximate: false, uncertain: false, repeated: true, ongoing: null }
    expect(valueLines('incident.occurred', occurred)).toEqual(['Some time before it was reported on 20 February 2023', 'More than once: Yes'])
  })

  it('says that there is nothing', () => {
    for (const value of [null, undefined, '', [], {}]) expect(valueLines('incident.title', value)).toEqual(['None'])
  })

  it('writes objects and entries member by member', () => {
    expect(valueLines('incident.host_place', { geo_precision: 'site', locality: 'Town', site: null })).toEqual([
      'How exactly the place is known: Exact place', 'Town or city: Town',
    ])
    expect(valueLines('A1', { id: 'A1', method: 'threat_general', perpetrators: [{ perpetrator: 'P1', involvement: 'suspected' }], note: 'Twice.' })).toEqual([
      'Method: General threat', 'Involvement: P1: Suspected', 'Note: Twice.',
    ])
    expect(valueLines('R1', { id: 'R1', party: 'host_state', kind: 'sanctions' })[1]).toBe('What it said or did: Sanctions')
  })
})

describe('isText', () => {
  it('is true for what a person wrote, false for codes, days and numbers', () => {
    expect(isText('incident.summary', 'They called.')).toBe(true)
    expect(isText('A1.note', 'Twice.')).toBe(true)
    expect(isText('A1.method', 'threat_general')).toBe(false)
    expect(isText('D1.kind', 'pay_money')).toBe(false)
    expect(isText('S1.published', '2023-02-20')).toBe(false)
    expect(isText('T1.count_min', 4)).toBe(false)
  })
})

describe('entryName', () => {
  it('names an entry by its own members', () => {
    expect(entryName('A1', { method: 'threat_general' })).toBe('General threat')
    expect(entryName('D2', { kind: 'pay_money' })).toBe('Pay money')
    expect(entryName('S1', { title: '', publisher: 'The Paper', kind: 'official' })).toBe('\u2068The Paper\u2069')
    expect(entryName('R1', { party: 'origin_state', kind: 'admission' })).toBe('Admits')
    expect(entryName('A9', undefined)).toBe('')
  })
})

describe('codeListOf', () => {
  it('depends on the kind of entry', () => {
    expect(codeListOf('I1.kind')).toBe('inducement')
    expect(codeListOf('E1.kind')).toBe('evidence_kind')
    expect(codeListOf('incident.scope_test.reason')).toBe('scope_answer')
    expect(codeListOf('incident.title')).toBeUndefined()
  })
})
