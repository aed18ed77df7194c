import { describe, expect, it } from 'vitest'
import { blocks } from './markdown'

describe('blocks', () => {
  it('tells headings, lists and paragraphs, without their marks', () => {
    expect(blocks('# Title\n\nOne\nline `<10`.\n\n## Part\n\n- a\n  b\n- c\n\n1. **First.** d\n')).toEqual([
      { kind: 'h2', lines: ['Title'] },
      { kind: 'p', lines: ['One line <10.'] },
      { kind: 'h3', lines: ['Part'] },
      { kind: 'list', lines: ['a b', 'c'] },
      { kind: 'list', lines: ['First. d'] },
    ])
  })

  it('makes nothing of nothing', () => {
    expect(blocks(' \n\n ')).toEqual([])
  })
})
