import { describe, expect, it } from 'vitest'
import { matchPath } from './match'
import { formatQuery, patchQuery, readFlag, readList, readText } from './query'

describe('query state', () => {
  it('reads lists, text and flags; absent and empty are alike', () => {
    const query = new URLSearchParams('origin_country=CHN,RUS&sort=title&undated=false&host_country=')
    expect(readList(query, 'origin_country')).toEqual(['CHN', 'RUS'])
    expect(readList(query, 'host_country')).toEqual([])
    expect(readList(query, 'methods')).toEqual([])
    expect(readText(query, 'sort')).toBe('title')
    expect(readText(query, 'host_country')).toBeNull()
    expect(readFlag(query, 'undated')).toBe(false)
    expect(readFlag(query, 'sort')).toBeNull()
  })

  it('patches a copy and removes what is emptied', () => {
    const before = new URLSearchParams('a=1&b=2&c=3')
    const after = patchQuery(before, { a: null, b: ['x', 'y'], c: '', d: false, e: [] })
    expect(formatQuery(after)).toBe('?b=x,y&d=false')
    expect(before.toString()).toBe('a=1&b=2&c=3')
  })

  it('writes nothing for an empty query and escapes what could break out', () => {
    expect(formatQuery(new URLSearchParams())).toBe('')
    expect(formatQuery(new URLSearchParams({ a: 'x&b=1#' }))).toBe('?a=x%26b%3D1%23')
  })
})

describe('matchPath', () => {
  it('finds parameters, decoded', () => {
    expect(matchPath('/incidents/:ref', '/incidents/FW-4F7K-Q2ME')).toEqual({ ref: 'FW-4F7K-Q2ME' })
    expect(matchPath('/incidents/:ref/edit', '/incidents/a%20b/edit')).toEqual({ ref: 'a b' })
    expect(matchPath('/', '/')).toEqual({})
  })

  it('refuses other lengths, other words and broken escapes', () => {
    expect(matchPath('/incidents/:ref', '/incidents')).toBeNull()
    expect(matchPath('/incidents/:ref', '/incidents/a/edit')).toBeNull()
    expect(matchPath('/incidents', '/dashboard')).toBeNull()
    expect(matchPath('/incidents/:ref', '/incidents/%E0%A4%A')).toBeNull()
  })
})
