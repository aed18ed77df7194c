import { describe, expect, it } from 'vitest'
import { between, pieces } from './marks'

describe('pieces', () => {
  it('counts code points and gives the whole text back', () => {
    const text = '😀 Наши люди в 北京'
    const found = pieces(text, [{ id: 'a', start: 2, end: 6 }, { id: 'b', start: 4, end: 11 }])
    expect(found.map((piece) => piece.text).join('')).toBe(text)
    expect(found).toEqual([
      { text: '😀 ', ids: [] }, { text: 'На', ids: ['a'] }, { text: 'ши', ids: ['a', 'b'] }, { text: ' люди', ids: ['b'] }, { text: ' в 北京', ids: [] },
    ])
  })
  it('takes places outside of the text, empty and reversed ones', () => {
    expect(pieces('abc', [{ id: 'a', start: 2, end: 99 }, { id: 'b', start: 50, end: 60 }, { id: 'c', start: 1, end: 1 }, { id: 'd', start: 2, end: 0 }])).toEqual([
      { text: 'ab', ids: [] }, { text: 'c', ids: ['a'] },
    ])
    expect(pieces('', [])).toEqual([])
  })
  it('cuts between code points', () => {
    expect(between('a😀b', 1, 2)).toBe('😀')
  })
})
