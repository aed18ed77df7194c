import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { contrast, countClasses, stepOf, steps } from './scale'

// Read as files: under Vitest an imported style sheet is empty.
const app = readFileSync(new URL('../app.css', import.meta.url), 'utf8')
const css = readFileSync(new URL('./charts.css', import.meta.url), 'utf8')

/** The custom properties that a rule sets, from `selector {` to the next `}`. */
function tokens(text: string, selector: string): Record<string, string> {
  const start = text.indexOf(`${selector} {`)
  expect(start, selector).toBeGreaterThanOrEqual(0)
  const rule = text.slice(start, text.indexOf('}', start))
  return Object.fromEntries([...rule.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1], match[2]]))
}

const themes = [
  { name: 'light', colours: { ...tokens(app, ':root'), ...tokens(css, ':root') } },
  { name: 'dark', colours: { ...tokens(app, ":root[data-theme='dark']"), ...tokens(css, ":root[data-theme='dark']") } },
  { name: 'print', colours: { ...tokens(css, '  .dashboard') } },
]

describe.each(themes)('the colours ($name)', ({ colours }) => {
  const colour = (name: string) => {
    const value = colours[name]
    if (!value) throw new Error(`${name} is not set`)
    return value
  }
  test('a number can be read in every cell', () => {
    for (let step = 1; step <= steps; step++) {
      expect(contrast(colour(`--heat-${step}`), colour(`--heat-ink-${step}`)), `step ${step}`).toBeGreaterThanOrEqual(4.5)
    }
  })
  test('bars stand out from the surface', () => {
    for (const name of ['--mark', '--mark-picked', '--mark-rest']) {
      expect(contrast(colour(name), colour('--surface')), name).toBeGreaterThanOrEqual(3)
    }
  })
  test('steps grow away from the surface', () => {
    for (let step = 1; step <= steps; step++) {
      const before = contrast(colour(`--heat-${step - 1}`), colour('--surface'))
      expect(contrast(colour(`--heat-${step}`), colour('--surface')), `step ${step}`).toBeGreaterThan(before)
    }
  })
})

describe('contrast', () => {
  test('is 21 between black and white, in any order', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
    expect(contrast('#ffffff', '#000000')).toBeCloseTo(21, 5)
  })
  test('is 1 between a colour and itself', () => {
    expect(contrast('#176672', '#176672')).toBe(1)
  })
  test('knows the grey that just passes on white', () => {
    expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2)
  })
})

describe('countClasses', () => {
  test('part skewed counts at round numbers', () => {
    expect(countClasses(272)).toEqual([
      { from: 1, to: 4 },
      { from: 5, to: 19 },
      { from: 20, to: 49 },
      { from: 50, to: 199 },
      { from: 200, to: 272 },
    ])
  })
  test('are fewer for few records', () => {
    expect(countClasses(3)).toEqual([
      { from: 1, to: 1 },
      { from: 2, to: 3 },
    ])
  })
  test('are none without records', () => {
    expect(countClasses(0)).toEqual([])
  })
})

describe('stepOf', () => {
  const classes = countClasses(272)
  test('takes both ends of a class', () => {
    expect([1, 4, 5, 19, 272].map((count) => stepOf(count, classes))).toEqual([1, 1, 2, 2, 5])
  })
  test('is 0 for no record', () => {
    expect(stepOf(0, classes)).toBe(0)
  })
  test('gives the highest of few classes the strongest step', () => {
    const few = countClasses(3)
    expect([1, 2, 3].map((count) => stepOf(count, few))).toEqual([4, 5, 5])
  })
})
