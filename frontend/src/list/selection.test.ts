import { afterEach, describe, expect, it } from 'vitest'
import { selection } from './selection.svelte'

const rows = ['A', 'B', 'C', 'D'].map((ref, index) => ({ ref, version: index + 1 }))
const refs = () => selection.selected.map((item) => item.ref).join('')

afterEach(() => selection.clear())

describe('selection', () => {
  it('keeps ref and version of what is chosen', () => {
    selection.toggle('B', rows)
    expect(selection.selected).toEqual([{ ref: 'B', version: 2 }])
    selection.toggle('B', rows)
    expect(selection.selected).toEqual([])
  })

  it('takes all between with a range, in both directions', () => {
    selection.toggle('C', rows)
    selection.toggle('A', rows, true)
    expect([...refs()].sort().join('')).toBe('ABC')
    selection.toggle('D', rows)
    selection.toggle('B', rows, true)
    expect(refs()).toBe('A')
  })

  it('takes one with a range from nowhere', () => {
    selection.toggle('B', rows, true)
    expect(refs()).toBe('B')
  })
})
