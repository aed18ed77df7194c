import { describe, expect, it } from 'vitest'
import { blankAct, blankDraft, blankTarget, type IncidentInput } from './draft'
import { threeWay } from './merge'
import { toInput } from './model'

const act = (id: string, method: string, changes: object = {}) => ({ ...blankAct(id, method), target: 'T1', when: undefined, occurred: null, ...changes })

function input(changes: object = {}): IncidentInput {
  const draft = blankDraft()
  Object.assign(draft, { title: 'Invented', summary: 'Invented.', origin_country: 'TJK', host_country: 'DEU' })
  draft.when.precision = 'unknown'
  return { ...toInput(draft), acts: [act('A1', 'threat_general'), act('A2', 'stalking')], ...changes } as IncidentInput
}

const acts = (...entries: object[]) => ({ acts: entries })

describe('threeWay', () => {
  it('joins changes of different fields of one entry without a question', () => {
    const mine = input(acts(act('A1', 'threat_general', { note: 'Mine' }), act('A2', 'stalking')))
    const theirs = input({ ...acts(act('A1', 'threat_of_death'), act('A2', 'stalking')), title: 'Theirs' })
    const merged = threeWay(input(), mine, theirs)
    expect(merged.clashes).toEqual([])
    expect(merged.taken).toEqual(['/title', '/acts/A1/method'])
    expect(merged.input.title).toBe('Theirs')
    expect(merged.input.acts?.[0]).toMatchObject({ method: 'threat_of_death', note: 'Mine' })
  })

  it('asks for a field that both changed, and for it alone', () => {
    const mine = input(acts(act('A1', 'spyware', { note: 'Mine' }), act('A2', 'stalking')))
    const theirs = input(acts(act('A1', 'threat_of_death'), act('A2', 'stalking', { note: 'Theirs' })))
    const merged = threeWay(input(), mine, theirs)
    expect(merged.clashes).toEqual([{ path: '/acts/A1/method', base: 'threat_general', mine: 'spyware', theirs: 'threat_of_death' }])
    expect(merged.input.acts?.map((item) => [item.method, item.note])).toEqual([['spyware', 'Mine'], ['stalking', 'Theirs']])
    const chosen = threeWay(input(), mine, theirs, { '/acts/A1/method': 'theirs' })
    expect(chosen.input.acts?.map((item) => [item.method, item.note])).toEqual([['threat_of_death', 'Mine'], ['stalking', 'Theirs']])
  })

  it('asks when one took out what the other changed', () => {
    const mine = input(acts(act('A2', 'stalking')))
    const theirs = input(acts(act('A1', 'threat_of_death'), act('A2', 'stalking')))
    const merged = threeWay(input(), mine, theirs)
    expect(merged.clashes).toMatchObject([{ path: '/acts/A1', mine: null, theirs: { method: 'threat_of_death' } }])
    expect(merged.input.acts?.map((item) => item.id)).toEqual(['A2'])
    expect(threeWay(input(), mine, theirs, { '/acts/A1': 'theirs' }).input.acts?.map((item) => item.id)).toEqual(['A1', 'A2'])
  })

  it('takes out what one took out and the other left alone', () => {
    const mine = input(acts(act('A1', 'threat_general'), act('A2', 'stalking', { note: 'Mine' })))
    const theirs = input(acts(act('A2', 'stalking')))
    const merged = threeWay(input(), mine, theirs)
    expect(merged).toMatchObject({ clashes: [], taken: ['/acts/A1'] })
    expect(merged.input.acts?.map((item) => [item.id, item.note])).toEqual([['A2', 'Mine']])
  })

  it('keeps both of two new entries that got one mark, and what speaks of them', () => {
    const mine = input({
      ...acts(act('A1', 'threat_general'), act('A2', 'stalking'), act('A3', 'spyware', { target: 'T2' })),
      targets: [...(input().targets ?? []), blankTarget('T2')],
      citations: [{ id: 'C1', entity: 'A3', source: 'S1' }],
    })
    const theirs = input({ ...acts(act('A1', 'threat_general'), act('A2', 'stalking'), act('A3', 'doxxing')), targets: [...(input().targets ?? []), { ...blankTarget('T2'), gender: 'woman' }] })
    const merged = threeWay(input(), mine, theirs)
    expect(merged.clashes).toEqual([])
    expect(merged.input.acts?.map((item) => [item.id, item.method, item.target])).toEqual([
      ['A1', 'threat_general', 'T1'], ['A2', 'stalking', 'T1'], ['A3', 'doxxing', 'T1'], ['A4', 'spyware', 'T3'],
    ])
    expect(merged.input.targets?.map((item) => item.id)).toEqual(['T1', 'T2', 'T3'])
    expect(merged.input.citations?.[0]?.entity).toBe('A4')
  })

  it('keeps a date whole', () => {
    const occurred = (latest: string, precision: string) => ({ earliest: null, latest, precision, approximate: false, uncertain: false })
    const merged = threeWay(
      input({ occurred: occurred('2024-01-01', 'range') }),
      input({ occurred: occurred('2024-02-02', 'range') }),
      input({ occurred: occurred('2024-01-01', 'before_report') }),
    )
    expect(merged.clashes.map((clash) => clash.path)).toEqual(['/occurred'])
  })

  it('goes into places and scope answers', () => {
    const place = (changes: object) => ({ host_place: { ...input().host_place, ...changes } })
    const merged = threeWay(input(), input(place({ admin1: 'Mine' })), input(place({ locality: 'Theirs' })))
    expect(merged.clashes).toEqual([])
    expect(merged.input.host_place).toMatchObject({ admin1: 'Mine', locality: 'Theirs' })
  })

  it('asks for a list of codes that both changed', () => {
    const merged = threeWay(input(), input({ attribution_basis: ['target_belief'] }), input({ attribution_basis: ['host_court'] }))
    expect(merged.clashes.map((clash) => clash.path)).toEqual(['/attribution_basis'])
  })

  it('has nothing to ask when both did the same', () => {
    const same = input({ title: 'Both' })
    expect(threeWay(input(), same, input({ title: 'Both' }))).toMatchObject({ clashes: [], taken: [], input: { title: 'Both' } })
  })
})
