import { beforeAll, describe, expect, test } from 'vitest'
import { setVocabulary } from '../api/vocabulary.svelte'
import { patchQuery } from '../router/query'
import { chartChips, chips, filterText, filterTitle, holds, recordQuery, statsQuery, toggle } from './filters'

const query = (text: string) => new URLSearchParams(text)

beforeAll(() => {
  const country = (code: string, alpha2: string) => ({ code, alpha2, numeric: '', name: code })
  const countries = [country('CHN', 'CN'), country('TUR', 'TR'), country('IRN', 'IR'), country('RUS', 'RU')]
  setVocabulary({ version: '1.0.0', language: 'en', families: [], methods: [], communities: [], lists: {}, countries })
})

describe('recordQuery', () => {
  test('counts only records that enter totals unless told otherwise', () => {
    expect(recordQuery(query('')).toString()).toBe('counted=true')
    expect(recordQuery(query('counted=')).toString()).toBe('counted=true')
  })
  test('takes the filter away for counted=any', () => {
    expect(recordQuery(query('counted=any&stage=2')).toString()).toBe('stage=2')
  })
  test('keeps counted=false', () => {
    expect(recordQuery(query('counted=false')).toString()).toBe('counted=false')
  })
  test('leaves out what only the dashboard knows', () => {
    expect(recordQuery(query('include_implied=true&dir=rtl&methods=killing')).toString()).toBe('counted=true&methods=killing')
  })
  test('does not change the address', () => {
    const address = query('include_implied=true')
    recordQuery(address)
    expect(address.toString()).toBe('include_implied=true')
  })
})

describe('statsQuery', () => {
  test('asks for implied entries only when they are switched on', () => {
    expect(statsQuery(query('include_implied=true')).toString()).toBe('counted=true&include_implied=true')
    expect(statsQuery(query('include_implied=false')).toString()).toBe('counted=true')
  })
  test('passes an unknown name on, so that the server refuses it', () => {
    expect(statsQuery(query('origin=CHN')).get('origin')).toBe('CHN')
  })
})

describe('toggle of what is said or done', () => {
  test('takes along what the bar was counted by', () => {
    expect(toggle(query(''), 'methods', ['doxxing'])).toEqual({ methods: ['doxxing'], explicit_only: 'true' })
    expect(toggle(query(''), 'demands', ['attend_events'])).toEqual({
      demands: ['attend_events'], families: ['recruitment'], explicit_only: 'true',
    })
  })
  test('keeps implied entries where the chart counts them', () => {
    expect(toggle(query('include_implied=true'), 'methods', ['doxxing'])).toEqual({ methods: ['doxxing'] })
  })
  test('drops the switch with the last filter that needs it', () => {
    expect(toggle(query('methods=doxxing&explicit_only=true'), 'methods', ['doxxing'])).toEqual({ methods: null, explicit_only: null })
    expect(toggle(query('methods=doxxing&demands=other&explicit_only=true'), 'methods', ['doxxing'])).toEqual({ methods: null })
  })
})

describe('toggle', () => {
  test('sets the filter to the chosen value', () => {
    expect(toggle(query('origin_country=TUR'), 'origin_country', ['CHN'])).toEqual({ origin_country: ['CHN'] })
  })
  test('takes it away when it holds just that', () => {
    expect(toggle(query('origin_country=CHN'), 'origin_country', ['CHN'])).toEqual({ origin_country: null })
  })
  test('tells a set from its part', () => {
    expect(holds(query('origin_country=CHN,TUR'), 'origin_country', ['TUR', 'CHN'])).toBe(true)
    expect(holds(query('origin_country=CHN,TUR'), 'origin_country', ['CHN'])).toBe(false)
  })
})

describe('chips', () => {
  test('shows the default filter, too', () => {
    expect(chips(query(''))).toEqual([{ id: 'counted', text: 'Only records that enter totals', patch: { counted: 'any' } }])
  })
  test('has one for each value, which removes only that value', () => {
    const address = query('origin_country=CHN,TUR&counted=any')
    const list = chips(address)
    expect(list.map((chip) => chip.text)).toEqual(['Accused state: China', 'Accused state: Türkiye'])
    expect(patchQuery(address, list[0]?.patch ?? {}).toString()).toBe('origin_country=TUR&counted=any')
  })
  test('holds many values together', () => {
    const list = chips(query('origin_country=CHN,TUR,IRN,RUS&counted=any'))
    expect(list).toEqual([
      { id: 'origin_country', text: 'Accused state: China and 3 more', patch: { origin_country: null } },
    ])
  })
  test('writes days out and leaves what is no day as it is', () => {
    const list = chips(query('date_from=2023-02-20&date_to=soon&counted=any'))
    expect(list.map((chip) => chip.text)).toEqual(['Happened on or after: 20 Feb 2023', 'Happened on or before: soon'])
  })
  test('names the switches', () => {
    const list = chips(query('undated=true&mine=false&include_implied=true&date_match=within&counted=false'))
    expect(list.map((chip) => chip.text)).toEqual([
      'Wholly inside the period', 'Undated records only', 'Not logged by me', 'Only records outside the totals',
      'Implied and inferred included',
    ])
  })
})

describe('chartChips', () => {
  test('are those of one filter only', () => {
    expect(chartChips(query('origin_country=CHN&host_country=TUR'), 'host_country').map((chip) => chip.text)).toEqual([
      'Host country: Türkiye',
    ])
  })
})

describe('filterTitle', () => {
  test('is the same word as in the list', () => {
    expect(filterTitle('origin_country')).toBe('Accused state')
  })
})

describe('filterText', () => {
  test('names every value for quoting', () => {
    expect(filterText(query('origin_country=CHN,TUR,IRN,RUS&date_from=2023-01-01'))).toBe(
      'Accused state: China, Türkiye, Iran, and Russia; Happened on or after: 1 Jan 2023; Only records that enter totals',
    )
  })
  test('says so when there is none', () => {
    expect(filterText(query('counted=any'))).toBe('none')
  })
})
