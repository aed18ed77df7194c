import { describe, expect, it } from 'vitest'
import { lookup } from '../i18n'

// The server's sources, as text: every code that it can send must have an English text here.
const sources = import.meta.glob(['../../../{api,handlers,models,store}/*.go', '../../../internal/*/*.go', '!**/*_test.go'], {
  query: '?raw', import: 'default', eager: true,
}) as Record<string, string>
const go = Object.values(sources).join('\n')

function codes(...patterns: RegExp[]): string[] {
  return [...new Set(patterns.flatMap((pattern) => [...go.matchAll(pattern)].map((match) => match[1] ?? '')))].sort()
}

describe('English texts', () => {
  it('exist for every problem code of the server', () => {
    const found = codes(
      /Fail\((?:models\.)?Kind\w+,\s*"([a-z_]+(?:\.[a-z_]+)?)"/g,
      /Code:\s*"([a-z_]+\.[a-z_]+)"/g,
    )
    const absent = codes(/NotFound\("([a-z_]+)"\)/g).map((noun) => `${noun}.not_found`)
    expect(found.length).toBeGreaterThan(10)
    expect([...found, ...absent].filter((code) => lookup(`problem.${code}`) === undefined)).toEqual([])
  })

  it('exist for every field code of the server', () => {
    const found = codes(
      /\bfail(?:With)?\([^\n]*?, "([a-z_]+)"/g,
      /Code:\s*"([a-z_]+)"[,}]/g,
      /malformedJSON\([^\n]*?, "([a-z_]+)"\)/g,
      /shapeField\([^\n]*?, "#", "([a-z_]+)"/g,
    )
    expect(found.length).toBeGreaterThan(15)
    expect(found.filter((code) => lookup(`problem.field.${code}`) === undefined)).toEqual([])
  })
})
