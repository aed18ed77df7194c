import { describe, expect, it } from 'vitest'
import { choices, filterWords, levelsFor, sizeText, wishOf, type Wish } from './wish'

const all: Wish = { query: '', format: 'csv', level: 'public', shape: 'long', columns: ['ref'], values: 'both', language: 'en', bom: true, hxl: true }

describe('wishOf', () => {
  it('leaves out what the format does not take', () => {
    expect(wishOf({ ...all, format: 'jsonl' })).toEqual({ ...all, format: 'jsonl', shape: 'wide', columns: [], values: 'codes', bom: false, hxl: false })
    expect(wishOf({ ...all, format: 'csv' })).toEqual({ ...all, columns: [], hxl: false })
    expect(wishOf({ ...all, format: 'parquet' })).toEqual({ ...all, format: 'parquet', shape: 'wide', bom: false, hxl: false })
    expect(wishOf({ ...all, format: 'package' }).level).toBe('de_identified')
  })

  it('offers columns only for one row per incident', () => {
    expect(choices('xlsx', false).columns).toBe(true)
    expect(choices('xlsx', true).columns).toBe(false)
    expect(choices('geojson', false)).toEqual({ shape: false, columns: false, values: false, bom: false, hxl: false, levels: true })
  })
})

describe('levelsFor', () => {
  it('follows the roles', () => {
    expect(levelsFor(() => false)).toEqual(['public'])
    expect(levelsFor((name) => name === 'exports:package')).toEqual(['de_identified', 'public'])
    expect(levelsFor(() => true)).toEqual(['de_identified', 'public', 'full'])
  })
})

describe('filterWords', () => {
  it('says every part, and nothing of what is no filter', () => {
    expect(filterWords(new URLSearchParams('sort=title'))).toEqual([])
    expect(filterWords(new URLSearchParams('q=choir&counted=true&event_year=2024'))).toHaveLength(3)
  })
})

describe('sizeText', () => {
  it('rounds', () => {
    expect([sizeText(999), sizeText(1500), sizeText(2_345_678)]).toEqual(['999 bytes', '2 kB', '2.3 MB'])
  })
})
