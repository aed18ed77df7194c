import { describe, expect, test } from 'vitest'
import { csvOf, guard, sharePercent } from './numbers'

describe('guard', () => {
  test('puts one apostrophe before what a spreadsheet takes for a formula', () => {
    for (const text of ['=1+1', '+1', '-1', '@x', '|x', '%x', "'x", '\tx', '＝1', '  =1', '\u00a0=1', '\u200b@x']) {
      expect(guard(text)).toBe(`'${text}`)
    }
  })
  test('leaves every other text as it is', () => {
    for (const text of ['', ' ', 'China', 'a=b', '7–8', '"quoted"']) expect(guard(text)).toBe(text)
  })
})

describe('csvOf', () => {
  test('quotes every field, guards texts and keeps numbers bare', () => {
    const file = csvOf(
      { columns: ['label', 'count'], rows: [['=HYPERLINK("x")', -3], ['line\nbreak', null]] },
      { unit: 'incidents', as_of: '2026-03-01', selection: 'Accused state: \u2068China\u2069' },
    )
    expect(file).toBe(
      '\ufeff"label","count","unit","as_of","selection","_csv_v2_apostrophe"\r\n' +
        '"\'=HYPERLINK(""x"")","-3","incidents","2026-03-01","Accused state: China",""\r\n' +
        '"line\nbreak","","incidents","2026-03-01","Accused state: China",""\r\n',
    )
  })
})

describe('sharePercent', () => {
  test('rounds a half up', () => {
    expect(sharePercent(272, 1219)).toBe(22.3)
    expect(sharePercent(1, 8)).toBe(12.5)
    expect(sharePercent(49, 400)).toBe(12.3)
  })
  test('is nothing without a denominator', () => expect(sharePercent(0, 0)).toBeNull())
})
