import { describe, expect, it } from 'vitest'
import { lend, pageName, pairOf, positionOf } from './names'

const known = {
  kind: 'primary_publisher', publisher: 'Example Gazette', title: 'A call', url: 'https://paper.example/a', archive_url: null,
  author: null, language: 'en', published: '2025-01-02',
}

describe('pageName', () => {
  it('takes title, then publisher, then address', () => {
    expect(pageName(known, 'paper.example/a')).toBe('A call')
    expect(pageName({ ...known, title: null }, 'paper.example/a')).toBe('Example Gazette')
    expect(pageName({ ...known, title: '', publisher: null }, 'paper.example/a')).toBe('paper.example/a')
  })
})

describe('pairOf', () => {
  it('sets letter and digit side by side', () => {
    expect(pairOf('B', '2')).toBe('B2')
    expect(pairOf(null, '6')).toBe('6')
    expect(pairOf('F', undefined)).toBe('F')
    expect(pairOf(null, null)).toBe('')
  })
})

describe('positionOf', () => {
  it('counts from one, both ends included', () => {
    expect(positionOf({ start: 120, end: 188 })).toEqual({ from: 121, to: 188 })
    expect(positionOf({ start: 0, end: 1 })).toEqual({ from: 1, to: 1 })
  })
  it('is nothing without both ends', () => {
    expect(positionOf({ start: null, end: null })).toBeNull()
    expect(positionOf({ start: 3, end: null })).toBeNull()
  })
})

describe('lend', () => {
  const blank = { kind: null, publisher: null, title: null, author: null, published: null, language: null, archive_url: null }
  it('fills what is empty', () => {
    const entry = { ...blank, publisher: 'Somebody' }
    expect(lend(entry, known)).toBe(true)
    expect(entry).toEqual({ ...blank, kind: 'primary_publisher', publisher: 'Somebody', title: 'A call', published: '2025-01-02', language: 'en' })
  })
  it('overwrites nothing', () => {
    const entry = { ...blank, kind: 'official', publisher: 'a', title: 'b', author: 'c', published: '2024-01-01', language: 'de' }
    const before = { ...entry }
    expect(lend(entry, known)).toBe(false)
    expect(entry).toEqual(before)
  })
})
