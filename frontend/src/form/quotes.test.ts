import { describe, expect, it } from 'vitest'
import { blankCitation, blankDraft, blankEvidence, blankResponse, blankSource, type Citation } from './draft'
import { quoteAt, relocate, restingOn } from './quotes'

describe('quoteAt', () => {
  it('counts code points, not units', () => {
    const text = '😀😀 他被叫去了 then'
    const from = text.indexOf('他')
    expect(quoteAt(text, from, from + 5)).toEqual({ quote: '他被叫去了', start: 3, end: 8 })
  })

  it('leaves white space round the words out', () => {
    expect(quoteAt('He was called.', 2, 7)).toEqual({ quote: 'was', start: 3, end: 6 })
  })

  it('counts what the server keeps: the composed form', () => {
    const text = 'Gu\u0308nther was called'
    expect(quoteAt(text, text.indexOf('was'), text.indexOf('was') + 3)).toEqual({ quote: 'was', start: 8, end: 11 })
    expect(quoteAt(text, 0, 8)?.quote).toBe('G\u00fcnther')
  })

  it('is nothing without words, or with too many', () => {
    expect(quoteAt('He was called.', 3, 3)).toBeNull()
    expect(quoteAt('He  was', 2, 4)).toBeNull()
    expect(quoteAt('a'.repeat(6000), 0, 6000)).toBeNull()
  })
})

describe('relocate', () => {
  const cite = (quote: string | null, start: number | null, end: number | null): Citation => ({ ...blankCitation('C1', 'S1'), quote, start, end })

  it('moves a quote with its text', () => {
    const citation = cite('was called', 3, 13)
    relocate('Yesterday he was called.', [citation])
    expect([citation.start, citation.end]).toEqual([13, 23])
  })

  it('leaves alone what stands right, or has no place', () => {
    const right = cite('called', 0, 6)
    const free = cite('called', null, null)
    relocate('called and called', [right, free])
    expect([right.start, right.end, free.start]).toEqual([0, 6, null])
  })

  it('takes the place away when the words are gone or stand twice', () => {
    const gone = cite('was called', 3, 13)
    const twice = cite('called', 9, 15)
    relocate('called, called', [gone, twice])
    expect([gone.start, gone.end, twice.start, twice.end]).toEqual([null, null, null, null])
  })
})

describe('restingOn', () => {
  it('names every kind of entry that names the source, and no other', () => {
    const draft = blankDraft()
    draft.citations = [blankCitation('C1', 'S1'), blankCitation('C2', 'S2')]
    draft.evidence = [{ ...blankEvidence('E1', 'screenshot'), source: 'S1' }]
    draft.responses = [{ ...blankResponse('R1', 'host_state', 'none'), source: 'S1' }]
    draft.sources = [blankSource('S1'), { ...blankSource('S2'), derived_from: 'S1' }]
    expect(restingOn(draft, 'S1')).toEqual(['C1', 'E1', 'R1', 'S2'])
    expect(restingOn(draft, 'S2')).toEqual(['C2'])
    expect(restingOn(draft, 'T1')).toEqual([])
  })
})
