import { describe, expect, test } from 'vitest'
import { crossModel, crossReading, crossTable, shareStep, type StatsTable } from './cross'
import { buildStacks } from './stacks'

const head = (code: string, count: number) => ({ code, count, max: null, without_max: 0 })
const cell = (row: string, column: string, count: number) => ({ row, column, count, max: null, without_max: 0 })

const table: StatsTable = {
  as_of: '2026-03-01T00:00:00Z', rows_field: 'communities', columns_field: 'methods', measure: 'incidents', include_implied: false, incidents: 20,
  total: { count: 20, max: null, without_max: 0 },
  rows: [head('uyghur', 9), head('kurdish', 4), head('unknown', 10)],
  columns: [head('spyware', 8), head('killing', 3), head('unknown', 12)],
  cells: [cell('uyghur', 'spyware', 6), cell('uyghur', 'killing', 3), cell('kurdish', 'spyware', 2), cell('unknown', 'unknown', 10)],
  omitted_rows: 0, omitted_columns: 1,
}
const upper = (code: string) => code.toUpperCase()

describe('crossModel', () => {
  test('keeps the unknown last and out of the scale', () => {
    const model = crossModel(table)
    expect(model.rows.map((axis) => axis.codes[0])).toEqual(['uyghur', 'kurdish', 'unknown'])
    expect(model.counts).toEqual([[6, 3, 0], [2, 0, 0], [0, 0, 10]])
    expect(model.highest).toBe(6)
    expect(crossReading(model, upper, upper)).toBe('Most often together: UYGHUR and SPYWARE, 6 of 20 (30.0 %).')
  })
  test('cuts the least frequent, never the unknown', () => {
    expect(crossModel(table, 1, 1).counts).toEqual([[6, 0], [0, 10]])
  })
  test('has nothing to say of an empty table', () => {
    const none = { ...table, rows: [], columns: [], cells: [], incidents: 0 }
    expect(crossReading(crossModel(none), upper, upper)).toBe('Nothing is recorded on this in the present selection.')
  })
})

describe('crossTable', () => {
  test('takes totals from the answer, which the cells do not add up to', () => {
    const model = crossTable(crossModel(table), 'Community', upper, upper)
    expect(model.rows[0]?.cells).toEqual(['UYGHUR', '6', '3', '0', '9'])
    expect(model.rows.at(-1)?.cells).toEqual(['All', '8', '3', '12', '20'])
    expect(model.numbers?.rows[0]).toEqual(['uyghur', 'UYGHUR', 'spyware', 'SPYWARE', 6, null, 20])
    expect(model.numbers?.rows).toHaveLength(4 + 3 + 3 + 1)
  })
})

describe('shareStep', () => {
  test('shades by the share of the row', () => {
    expect([0, 1, 2, 3, 5, 6, 10].map((count) => shareStep(count, 10))).toEqual([0, 1, 2, 3, 4, 5, 5])
  })
})

describe('buildStacks', () => {
  const years: StatsTable = {
    ...table, rows_field: 'event_year', columns_field: 'in_fh_scope',
    rows: [head('2022', 3), head('2019', 2), head('unknown', 1)], columns: [head('no', 4), head('yes', 2)],
    cells: [cell('2022', 'yes', 2), cell('2022', 'no', 1), cell('2019', 'no', 2), cell('unknown', 'no', 1)],
  }
  const tones = [{ code: 'yes', label: 'Yes', tone: 'heat-5' }, { code: 'no', label: 'No', tone: 'heat-2' }]
  test('fills the years between and keeps the undated last', () => {
    const stacks = buildStacks(crossModel(years), tones, (code) => code)
    expect(stacks.map((stack) => `${stack.code}:${stack.parts.map((part) => part.count).join('+')}`)).toEqual(['2019:0+2', '2020:0+0', '2021:0+0', '2022:2+1', 'unknown:0+1'])
  })
})
