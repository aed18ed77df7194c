import { describe, expect, it } from 'vitest'
import { lookup } from '../i18n'
import { allActions } from './actions'

// The server's sources, as text: whatever it writes into the audit must have an English name here.
const sources = import.meta.glob(['../../../{store,models}/*.go', '!**/*_test.go'], { query: '?raw', import: 'default', eager: true }) as Record<string, string>
const go = Object.values(sources).join('\n')

const written = (pattern: RegExp, prefix = '') => [...go.matchAll(pattern)].map((match) => prefix + match[1])

describe('actions', () => {
  it('name everything that the store writes', () => {
    const found = [
      ...written(/\baudit(?:Read)?\(ctx, tx, "([a-z_]+(?:\.[a-z_]+)?)"/g),
      ...written(/\bAction: "([a-z_]+(?:\.[a-z_]+)?)"/g),
      ...written(/(?:staffed|changeComment)\(ctx, ref, \w+, "([a-z_.]+)"/g),
      ...written(/changeUser\(ctx, name, "([a-z_.]+)"/g),
      ...written(/\bAction[A-Z]\w*\s*= "([a-z_]+)"/g, 'incident.'),
      ...written(/\bCustody[A-Z]\w*\s*= "([a-z_]+)"/g, 'file.'),
    ]
    expect(found.length).toBeGreaterThan(50)
    expect([...new Set(found)].filter((action) => !allActions.includes(action))).toEqual([])
  })

  it('each have a text', () => {
    expect(allActions.filter((action) => lookup(`admin.action.${action}`) === undefined)).toEqual([])
  })

  it('stand once each', () => {
    expect(new Set(allActions).size).toBe(allActions.length)
  })
})
