import { describe, expect, test } from 'vitest'
import { pairRows, pairTable, pairYears, signed } from './compare'
import { openSubjects } from './brief'
import { figureText, rowsBreakdown, tableQuery, viewChoice, viewFilter } from './view'

const query = (text: string) => new URLSearchParams(text)
const breakdown = (denominator: number, unknown: number, ...items: [string, number][]) => ({
  unit: 'incidents' as const, denominator, multi_valued: false, unknown, items: items.map(([code, count]) => ({ code, count })),
})

describe('own view', () => {
  test('starts with communities by methods and keeps an outright choice of no columns', () => {
    expect(viewChoice(query(''))).toEqual({ rows: 'communities', columns: 'methods', measure: 'incidents' })
    expect(viewChoice(query('rows=harms&measure=persons'))).toEqual({ rows: 'harms', columns: null, measure: 'persons' })
  })
  test('asks for the table with the filter of the dashboard', () => {
    expect(tableQuery(query('rows=harms&host_country=DEU&dir=rtl')).toString()).toBe('counted=true&host_country=DEU&rows=harms&measure=incidents')
  })
  test('leads to the list without what only a view knows', () => {
    expect(viewFilter(query('rows=harms&columns=stage&measure=acts&host_country=DEU')).toString()).toBe('counted=true&host_country=DEU')
  })
  test('figures carry both bounds of persons and never those of others', () => {
    expect(figureText({ measure: 'persons' }, { count: 4, max: 6, without_max: 0 })).toBe('4–6')
    expect(figureText({ measure: 'acts' }, { count: 4, max: null, without_max: 0 })).toBe('4')
  })
  test('a table of one field becomes bars with the unknown apart', () => {
    const figure = { max: null, without_max: 0 }
    const bars = rowsBreakdown({
      as_of: '', rows_field: 'harms', columns_field: null, measure: 'acts', include_implied: false, incidents: 9, total: { count: 14, ...figure },
      rows: [{ code: 'death', count: 3, ...figure }, { code: 'unknown', count: 5, ...figure }], columns: [], cells: [], omitted_rows: 0, omitted_columns: 0,
    })
    expect(bars).toMatchObject({ denominator: 14, unknown: 5, items: [{ code: 'death', count: 3 }] })
  })
})

describe('comparison', () => {
  const a = breakdown(40, 4, ['CHN', 30], ['TUR', 6])
  const b = breakdown(10, 0, ['IRN', 7], ['CHN', 3])
  test('draws the same values for both, the unknown last', () => {
    expect(pairRows(a, b, (code) => code).map((row) => [row.code, row.a, row.b])).toEqual([['CHN', 30, 3], ['IRN', 0, 7], ['TUR', 6, 0], ['unknown', 4, 0]])
  })
  test('the table tells records and points apart', () => {
    const table = pairTable(pairRows(a, b, (code) => code), 'State', 40, 10)
    expect(table.rows[0]?.cells).toEqual(['CHN', '30', '75.0 %', '3', '30.0 %', '−27', '−45.0'])
    expect(table.numbers?.rows[1]).toEqual(['IRN', 'IRN', 0, 40, 0, 7, 10, 70, 7, 70])
  })
  test('years of both, empty ones between, the undated last', () => {
    const years = (undated: number, ...items: [number, number][]) => ({ denominator: 9, undated, items: items.map(([year, count]) => ({ year, count })) })
    expect(pairYears(years(2, [2020, 4]), years(0, [2022, 5])).map((row) => `${row.code}:${row.a}/${row.b}`)).toEqual(['2020:4/0', '2021:0/0', '2022:0/5', 'undated:2/0'])
  })
  test('writes the sign of a difference', () => expect([signed(12), signed(-3), signed(0), signed(-4.5, 1)]).toEqual(['+12', '−3', '0', '−4.5']))
})

describe('brief', () => {
  test('a fixed subject needs no chart of its own', () => {
    expect(openSubjects(query('origin_country=CHN'))).toEqual(['host_country', 'communities'])
    expect(openSubjects(query('communities=uyghur,kurdish&host_country=DEU'))).toEqual(['origin_country', 'communities'])
  })
})
