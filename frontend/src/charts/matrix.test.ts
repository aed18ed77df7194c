import { describe, expect, test } from 'vitest'
import { buildMatrix, nextCell } from './matrix'

const cells = [
  { origin_country: 'CHN', host_country: 'THA', count: 34 },
  { origin_country: 'TUR', host_country: 'DEU', count: 20 },
  { origin_country: 'CHN', host_country: 'NPL', count: 12 },
  { origin_country: 'IRN', host_country: 'DEU', count: 9 },
  { origin_country: 'IRN', host_country: 'FRA', count: 4 },
  { origin_country: 'BLR', host_country: 'POL', count: 3 },
  { origin_country: 'EGY', host_country: 'FRA', count: 2 },
]

describe('buildMatrix', () => {
  test('keeps the largest and sums the others', () => {
    const matrix = buildMatrix(cells, 2, 2)
    expect(matrix.rows.map((row) => row.codes)).toEqual([['CHN'], ['TUR'], ['IRN', 'BLR', 'EGY']])
    expect(matrix.columns.map((column) => column.codes)).toEqual([['THA'], ['DEU'], ['NPL', 'FRA', 'POL']])
    expect(matrix.counts).toEqual([
      [34, 0, 12],
      [0, 20, 0],
      [0, 9, 9],
    ])
    expect(matrix.rows.map((row) => row.total)).toEqual([46, 20, 18])
    expect(matrix.columns.map((column) => column.total)).toEqual([34, 29, 21])
  })
  test('counts every record once', () => {
    const sum = buildMatrix(cells, 1, 3).counts.flat().reduce((a, b) => a + b, 0)
    expect(sum).toBe(84)
  })
  test('leaves the sums of others out of the colour scale', () => {
    const crowd = Array.from({ length: 8 }, (_, index) => ({ origin_country: 'TUR', host_country: `H${index}X`, count: 10 }))
    expect(buildMatrix([{ origin_country: 'CHN', host_country: 'THA', count: 34 }, ...crowd], 5, 2).highest).toBe(34)
  })
  test('names the most frequent pair', () => {
    expect(buildMatrix(cells, 2, 2).peak).toEqual({ origin: 'CHN', host: 'THA', count: 34 })
  })
  test('shows a single left-over row as itself', () => {
    const matrix = buildMatrix(cells, 4, 4)
    expect(matrix.rows.map((row) => row.other)).toEqual([false, false, false, false, false])
    expect(matrix.columns.map((column) => column.other)).toEqual([false, false, false, false, false])
  })
  test('is empty without records', () => {
    expect(buildMatrix([], 10, 12)).toEqual({ rows: [], columns: [], counts: [], highest: 0, peak: null })
  })
})

describe('nextCell', () => {
  const counts = [
    [34, 0, 12],
    [0, 20, 0],
  ]
  test('skips empty cells', () => {
    expect(nextCell(counts, { row: 0, column: 0 }, { row: 0, column: 1 })).toEqual({ row: 0, column: 2 })
  })
  test('stays where nothing follows', () => {
    expect(nextCell(counts, { row: 0, column: 0 }, { row: 1, column: 0 })).toEqual({ row: 0, column: 0 })
    expect(nextCell(counts, { row: 0, column: 2 }, { row: 0, column: 1 })).toEqual({ row: 0, column: 2 })
  })
})
