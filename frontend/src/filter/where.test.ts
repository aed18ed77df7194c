import { describe, expect, it } from 'vitest'
import { conditionOf, formatWhere, groupsOf, groupText, parseWhere, type Where } from './where'

const texts = [
  'origin_country:CHN',
  '(origin_country:CHN,RUS or communities:uyghur) and not methods:spyware',
  'scope:in_scope or stage:1 and stage:2',
  'not (stage:1 or stage:2)',
  'not (stage:1 and stage:2)',
  'not not stage:1',
  '(stage:1 or not (scope:in_scope and stage:2)) and not (methods:a or not families:b)',
]

describe('combined conditions', () => {
  it('keep their canonical text', () => {
    for (const text of texts) expect(formatWhere(parseWhere(text)!)).toBe(text)
    expect(formatWhere(parseWhere('((stage:1)and (stage:2 , 2 and stage:3))')!)).toBe('stage:1 and stage:2 and stage:3')
  })

  it('are refused when they are none', () => {
    for (const text of ['', 'stage', 'stage:', '(stage:1', 'stage:1)', 'stage:1 stage:2', 'stage:1 and', "stage:'1'"]) {
      expect(parseWhere(text)).toBeNull()
    }
  })

  it('come back from their groups', () => {
    for (const text of texts.filter((item) => item !== 'not (stage:1 and stage:2)')) expect(groupText(groupsOf(parseWhere(text)))).toBe(text)
    expect(groupText(groupsOf(parseWhere('not (stage:1 and stage:2)')))).toBe('not (stage:1 and stage:2)')
  })

  it('leave out rows that are not filled in', () => {
    const group = { kind: 'any' as const, rows: [{ field: '', values: [] }, { field: 'stage', values: [] }, { kind: 'none' as const, rows: [] }] }
    expect(conditionOf(group)).toBeNull()
    expect(groupText({ ...group, rows: [...group.rows, { field: 'stage', values: ['1'] }] })).toBe('stage:1')
  })

  it('come back whatever was built', () => {
    // A small generator of its own, so that a failure repeats.
    let seed = 7
    const dice = (n: number) => (seed = (seed * 48271) % 2147483647) % n
    const build = (depth: number): Where => {
      if (depth === 0 || dice(3) === 0) return { field: ['stage', 'scope', 'methods'][dice(3)]!, values: ['a', 'b'].slice(0, 1 + dice(2)) }
      const op = (['and', 'or', 'not'] as const)[dice(3)]!
      return { op, parts: Array.from({ length: op === 'not' ? 1 : 2 + dice(2) }, () => build(depth - 1)) }
    }
    for (let i = 0; i < 500; i++) {
      const text = formatWhere(parseWhere(formatWhere(build(4)))!)
      expect(groupText(groupsOf(parseWhere(text)))).toBe(text)
    }
  })
})
