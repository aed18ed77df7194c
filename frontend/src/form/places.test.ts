import { describe, expect, it } from 'vitest'
import { check } from './check'
import { addAct, addInducement } from './coding'
import { blankDraft } from './draft'
import { toInput } from './model'
import { domId, enclosing, placeOf } from './places'

const input = toInput({
  ...blankDraft(),
  acts: [{ id: 'A7', method: 'stalking', target: 'T1', perpetrators: [], explicitness: null, channels: [], when: null, note: null }],
  inducements: [
    {
      id: 'I1', kind: 'money_one_off', target: 'T1', explicitness: 'explicit', condition: null, note: null,
      amounts: [{ id: 'M4', amount_min: 1, amount_max: null, amount_text: 'one', currency_as_stated: 'coin', currency_assumed: null, period: 'once', standing: 'accepted' }],
    },
  ],
})

describe('placeOf', () => {
  it('finds the entry by its mark, wherever it stands', () => {
    expect(placeOf('#/acts/0/method', input)).toBe('A7.method')
    expect(placeOf('/acts/0/occurred/latest', input)).toBe('A7.occurred.latest')
    expect(placeOf('/inducements/0/amounts/0/period', input)).toBe('M4.period')
    expect(placeOf('/targets/0/communities/2', input)).toBe('T1.communities')
    expect(placeOf('/targets/0/identity/names/0', input)).toBe('T1.identity.names')
    expect(placeOf('/acts/0/perpetrators/0/involvement', input)).toBe('A7.perpetrators')
  })

  it('counts the members of the record itself to the incident', () => {
    expect(placeOf('/title', input)).toBe('incident.title')
    expect(placeOf('/host_place/site', input)).toBe('incident.host_place.site')
    expect(placeOf('/attribution_basis/0', input)).toBe('incident.attribution_basis')
    expect(placeOf('/acts/9/method', input)).toBe('incident.acts.method')
    expect(placeOf('', input)).toBe('incident')
  })

  it('makes ids that a selector can hold', () => {
    expect(domId('T1.identity.names')).toBe('at-T1-identity-names')
    expect(enclosing('T1.identity.names')).toEqual(['T1.identity.names', 'T1.identity', 'T1'])
  })
})

describe('check', () => {
  const today = '2024-06-15'

  it('asks for what every record needs', () => {
    expect(Object.keys(check(blankDraft(), today)).sort()).toEqual([
      'incident.host_country', 'incident.occurred', 'incident.origin_country', 'incident.scope_test.act', 'incident.scope_test.aim',
      'incident.scope_test.cross_border', 'incident.scope_test.reason', 'incident.scope_test.state_link', 'incident.summary', 'incident.title',
    ])
  })

  it('does not ask for what stands in entries that were left blank', () => {
    const draft = blankDraft()
    addInducement(draft, 'money_recurring')
    expect(Object.keys(check(draft, today)).filter((place) => !place.startsWith('incident'))).toEqual([])
  })

  it('finds faults in entries', () => {
    const draft = blankDraft()
    addAct(draft, 'stalking')
    addInducement(draft, 'money_recurring')
    draft.when.precision = 'before_report'
    draft.targets[0]!.count_min = 5
    draft.perpetrators[0]!.body = 'Somebody'
    Object.assign(draft.inducements[0]!.amounts[0]!, { amount_min: 9, amount_max: 2 })
    Object.assign(draft.sources[0]!, { url: 'ftp://host.invalid/x', published: '2024-08-01' })
    expect(check(draft, today)).toMatchObject({
      'incident.first_reported': 'report_missing',
      'T1.count_max': 'below_minimum',
      'P1.type': 'needed',
      'M1.amount_text': 'needed',
      'M1.amount_max': 'below_minimum',
      'S1.kind': 'needed',
      'S1.url': 'not_web',
      'S1.published': 'in_future',
    })
  })
})
