import { describe, expect, test } from 'vitest'
import { mergeShapes, shapeCode } from './shapes'

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
