import { describe, expect, it } from 'vitest'
import { readView } from './view.svelte'

describe('list view', () => {
  it('is the usual one when nothing sensible was kept', () => {
    const usual = { columns: ['origin', 'host', 'methods', 'when', 'status', 'updated'], density: 'comfortable' }
    for (const text of [null, '', '{', '{"columns":1}', '[]', 'null']) expect(readView(text)).toEqual(usual)
  })

  it('keeps known columns only, in their own order', () => {
    expect(readView('{"columns":["updated","colour","host"],"density":"compact"}')).toEqual({ columns: ['host', 'updated'], density: 'compact' })
    expect(readView('{"columns":[],"density":"huge"}')).toEqual({ columns: [], density: 'comfortable' })
  })
})
