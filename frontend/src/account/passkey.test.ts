import { describe, expect, it } from 'vitest'
import { fromBase64url, toBase64url } from './passkey'

describe('base64url', () => {
  it('writes what it reads, without padding and with the letters of addresses', () => {
    const bytes = new Uint8Array([251, 255, 0, 1, 62])
    expect(toBase64url(bytes.buffer)).toBe('-_8AAT4')
    expect([...fromBase64url('-_8AAT4')]).toEqual([...bytes])
    expect([...fromBase64url('')]).toEqual([])
  })
})
