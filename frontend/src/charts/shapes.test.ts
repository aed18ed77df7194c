import { describe, expect, test } from 'vitest'
import { boxOf, mergeShapes, shapeCode } from './shapes'

const codeOf = (numeric: string) => ({ '156': 'CHN', '036': 'AUS' })[numeric]

describe('shapeCode', () => {
  test('finds a country by its UN number', () => {
    expect(shapeCode({ id: '156', properties: { name: 'China' } }, codeOf)).toBe('CHN')
  })
  test('knows Kosovo, which has no UN number, by its name', () => {
    expect(shapeCode({ properties: { name: 'Kosovo' } }, codeOf)).toBe('XKX')
  })
  test('gives no country to an area that nobody lists', () => {
    expect(shapeCode({ properties: { name: 'Siachen Glacier' } }, codeOf)).toBeNull()
    expect(shapeCode({ id: '999', properties: { name: 'Nowhere' } }, codeOf)).toBeNull()
  })
})

describe('mergeShapes', () => {
  test('joins the parts of one country and keeps nameless areas apart', () => {
    const shapes = [
      { code: 'AUS', path: 'M1Z' }, { code: null, path: 'M2Z' }, { code: 'AUS', path: 'M3Z' }, { code: null, path: 'M4Z' },
    ]
    expect(mergeShapes(shapes)).toEqual([
      { code: null, path: 'M2Z' }, { code: null, path: 'M4Z' }, { code: 'AUS', path: 'M1ZM3Z' },
    ])
  })
})

describe('boxOf', () => {
  test('keeps the proportions of the map around a part of it', () => {
    // A projection that puts degrees down as they are: 20 wide, 40 high, so the height decides.
    expect(boxOf([0, 10, 20, 50], ([lon, lat]) => [lon, 100 - lat])).toBe('-29.6 50 79.2 40')
  })
})
