import { describe, expect, it } from 'vitest'
import { faultWords, mayMap, missingFields, works, type ImportMap } from './fields'

function map(fields: string[], constants: Record<string, string> = {}): ImportMap {
  return {
    columns: fields.map((field, index) => ({ name: `c${index}`, field, reason: 'name', split: '', values: {}, date_order: '' })),
    constants, key: '', system: '', guarded: false,
  }
}

describe('imports', () => {
  it('says which fields a row still needs', () => {
    expect(missingFields(map([]))).toEqual(['origin_country', 'host_country', 'summary'])
    expect(missingFields(map(['title', 'host_country'], { origin_country: 'CHN' }))).toEqual([])
  })
  it('names the cell that is wrong', () => {
    expect(faultWords({ column: 'Tactics', field: 'methods', value: 'x', code: 'unknown_value' })).toBe('Tactics: This word leads to no code. Say in the map what it stands for.')
    expect(faultWords({ column: '', field: 'origin_country', value: '', code: 'required' })).toBe('Accused state: This is needed.')
    expect(faultWords({ column: '', field: '', value: 'x', code: 'too_many_cells' })).toMatch(/more cells/)
  })
  it('knows when the program works and when a person may', () => {
    expect([works('checking'), works('checked'), mayMap('checked'), mayMap('done')]).toEqual([true, false, true, false])
  })
})
