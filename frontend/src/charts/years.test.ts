import { describe, expect, test } from 'vitest'
import { peakYears, ticks, yearSeries } from './years'

const event = { denominator: 30, undated: 11, items: [{ year: 2019, count: 4 }, { year: 2022, count: 15 }] }
const report = { denominator: 30, undated: 0, items: [{ year: 2020, count: 5 }, { year: 2023, count: 25 }] }

describe('yearSeries', () => {
  test('fills the years between with zeros', () => {
    expect(yearSeries(event, report).rows).toEqual([
      { year: 2019, event: 4, report: 0 },
      { year: 2020, event: 0, report: 5 },
      { year: 2021, event: 0, report: 0 },
      { year: 2022, event: 15, report: 0 },
      { year: 2023, event: 0, report: 25 },
    ])
  })
  test('keeps the undated ones apart', () => {
    expect(yearSeries(event, report).undated).toEqual({ event: 11, report: 0 })
  })
  test('scales the undated bar with the others', () => {
    expect(yearSeries({ ...event, undated: 400 }, report).longest).toBe(400)
    expect(yearSeries(event, report).longest).toBe(25)
  })
  test('has no years without dated records', () => {
    const none = { denominator: 3, undated: 3, items: [] }
    expect(yearSeries(none, none)).toEqual({ rows: [], undated: { event: 3, report: 3 }, longest: 3 })
  })
})

describe('peakYears', () => {
  test('finds the years that share the first place', () => {
    const twice = { ...event, items: [{ year: 2019, count: 15 }, { year: 2022, count: 15 }] }
    expect(peakYears(yearSeries(twice, report)).map((row) => row.year)).toEqual([2019, 2022])
  })
  test('finds none without dated events', () => {
    expect(peakYears(yearSeries({ ...event, items: [] }, report))).toEqual([])
  })
})

describe('ticks', () => {
  test('are round and reach the highest value', () => {
    expect(ticks(214)).toEqual([0, 100, 200, 300])
    expect(ticks(25)).toEqual([0, 10, 20, 30])
    expect(ticks(400)).toEqual([0, 100, 200, 300, 400])
  })
  test('are whole numbers for few records', () => {
    expect(ticks(1)).toEqual([0, 1])
    expect(ticks(3)).toEqual([0, 1, 2, 3])
  })
  test('are only zero without records', () => {
    expect(ticks(0)).toEqual([0])
  })
})
