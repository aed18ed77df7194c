import { describe, expect, test } from 'vitest'
import { countOf, leaders, rank } from './rank'

const items = [
  { code: 'TUR', count: 157 },
  { code: 'CHN', count: 272 },
  { code: 'IRN', count: 47 },
  { code: 'UZB', count: 47 },
  { code: 'BLR', count: 42 },
]
const single = { items, multi_valued: false, unknown: 6 }

describe('rank', () => {
  test('puts most first and equal counts by code', () => {
    expect(rank(single, 10).top.map((item) => item.code)).toEqual(['CHN', 'TUR', 'IRN', 'UZB', 'BLR'])
  })
  test('sums what is left over as the rest', () => {
    const ranking = rank(single, 2)
    expect(ranking.top.map((item) => item.code)).toEqual(['CHN', 'TUR'])
    expect(ranking.tail.map((item) => item.code)).toEqual(['IRN', 'UZB', 'BLR'])
    expect(ranking.rest).toBe(136)
  })
  test('has no rest for a multi-valued field, whose rows overlap', () => {
    expect(rank({ ...single, multi_valued: true }, 2).rest).toBeNull()
  })
  test('shows a single left-over row as itself', () => {
    const ranking = rank(single, 4)
    expect(ranking.top).toHaveLength(5)
    expect(ranking.rest).toBe(0)
  })
  test('scales by the first row, however many are unknown', () => {
    expect(rank({ items, multi_valued: false, unknown: 900 }, 2).longest).toBe(272)
  })
  test('scales by the unknown ones when nothing else is counted', () => {
    expect(rank({ items: [], multi_valued: false, unknown: 9 }, 2).longest).toBe(9)
    expect(rank({ items: [], multi_valued: false, unknown: 0 }, 2).longest).toBe(0)
  })
  test('never ranks the unknown ones', () => {
    const ranking = rank({ items: [{ code: 'unknown', count: 9 }, { code: 'sms', count: 1 }], multi_valued: true, unknown: 9 }, 10)
    expect(ranking.top).toEqual([{ code: 'sms', count: 1 }])
    expect(ranking.unknown).toBe(9)
  })
})

describe('leaders', () => {
  test('finds all that share the first place', () => {
    expect(leaders({ items: items.slice(2) }).map((item) => item.code)).toEqual(['IRN', 'UZB'])
  })
  test('finds none where nothing was counted', () => {
    expect(leaders({ items: [{ code: 'IRN', count: 0 }] })).toEqual([])
  })
})

describe('countOf', () => {
  test('is 0 for a code that does not occur', () => {
    expect(countOf({ items }, 'CHN')).toBe(272)
    expect(countOf({ items }, 'FRA')).toBe(0)
  })
})
