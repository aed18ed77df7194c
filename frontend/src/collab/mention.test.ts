import { describe, expect, it } from 'vitest'
import { completed, mentionAt } from './mention'

describe('mentionAt', () => {
  it('sees a name that is being typed', () => {
    expect(mentionAt('Ask @ro')).toBe('ro')
    expect(mentionAt('@')).toBe('')
    expect(mentionAt('(@rosa')).toBe('rosa')
  })
  it('takes no address and nothing that is finished for one', () => {
    expect(mentionAt('me@rosa')).toBeNull()
    expect(mentionAt('@rosa ')).toBeNull()
    expect(mentionAt('rosa')).toBeNull()
  })
})

describe('completed', () => {
  it('writes the name out', () => {
    expect(completed('Ask @ro', 'rosa')).toBe('Ask @rosa ')
  })
})
