import { describe, expect, test } from 'vitest'
import { buildMatrix } from './matrix'
import { breakdownTable, matrixTable, policeTable, yearsTable } from './tables'
import { yearSeries } from './years'

const action = (code: string) => ({ patch: { chosen: code }, selected: code === 'CHN' })
const label = (code: string) => code.toLowerCase()

describe('breakdownTable', () => {
  test('holds every row and the unknown apart, without a filter for it', () => {
    const breakdown = {
      unit: 'incidents' as const, denominator: 1219, multi_valued: false, unknown: 4,
      items: [{ code: 'CHN', count: 272 }, { code: 'TUR', count: 157 }],
    }
    expect(breakdownTable(breakdown, 'Accused state', label, action)).toEqual({
      numbers: {
        columns: ['code', 'label', 'count', 'denominator', 'share_percent'],
        rows: [['CHN', 'chn', 272, 1219, 22.3], ['TUR', 'tur', 157, 1219, 12.9], ['unknown', 'Unknown', 4, 1219, 0.3]],
      },
      columns: ['Accused state', 'Recorded incidents', 'Share'],
      rows: [
        { cells: ['chn', '272', '22.3 %'], patch: { chosen: 'CHN' }, selected: true },
        { cells: ['tur', '157', '12.9 %'], patch: { chosen: 'TUR' }, selected: false },
        { cells: ['Unknown', '4', '0.3 %'] },
      ],
    })
  })
})

describe('yearsTable', () => {
  test('writes years as names and the undated last', () => {
    const years = { denominator: 9, undated: 2, items: [{ year: 2022, count: 7 }] }
    expect(yearsTable(yearSeries(years, years), action).rows.map((row) => row.cells)).toEqual([
      ['2022', '7', '7'],
      ['Undated', '2', '2'],
    ])
  })
})

describe('matrixTable', () => {
  test('adds totals to rows and columns', () => {
    const cells = [
      { origin_country: 'CHN', host_country: 'THA', count: 34 },
      { origin_country: 'TUR', host_country: 'DEU', count: 20 },
    ]
    expect(matrixTable(buildMatrix(cells, 10, 12), label)).toEqual({
      numbers: { columns: ['accused', 'tha', 'deu', 'total'], rows: [['chn', 34, 0, 34], ['tur', 0, 20, 20]] },
      columns: ['Accused state', 'tha', 'deu', 'Total'],
      rows: [{ cells: ['chn', '34', '0', '34'] }, { cells: ['tur', '0', '20', '20'] }, { cells: ['Total', '34', '20', '54'] }],
    })
  })
})

describe('policeTable', () => {
  test('gives shares of the known ones and none for the unknown', () => {
    const police = { unit: 'incidents' as const, denominator: 10, multi_valued: false, unknown: 6, items: [] }
    expect(policeTable(police, { yes: 1, no: 3 }, action).rows.map((row) => row.cells)).toEqual([
      ['Yes', '1', '25.0 %'],
      ['No', '3', '75.0 %'],
      ['Not known', '6', ''],
    ])
  })
})
