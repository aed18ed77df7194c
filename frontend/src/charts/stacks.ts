import type { CrossModel } from './cross'
import type { Drawing } from './picture'

/** One part of every stack. */
export interface StackTone {
  code: string
  label: string
  tone: string
}

export interface Stack {
  label: string
  code: string
  total: number
  parts: { code: string; count: number; tone: string }[]
}

/** One stack for each row, parts in the given order; a field of years has every year between. */
export function buildStacks(model: CrossModel, tones: StackTone[], label: (code: string) => string): Stack[] {
  const at = new Map(model.columns.map((axis, index) => [axis.codes[0] ?? '', index]))
  const stacks = model.rows.map((axis, r): Stack => {
    const code = axis.codes[0] ?? ''
    const parts = tones.map((tone) => ({ code: tone.code, tone: tone.tone, count: model.counts[r]?.[at.get(tone.code) ?? -1] ?? 0 }))
    return { code, label: label(code), total: axis.total, parts }
  })
  const years = stacks.map((stack) => Number(stack.code)).filter((year) => Number.isInteger(year))
  if (years.length < 2) return stacks
  const filled: Stack[] = []
  for (let year = Math.min(...years); year <= Math.max(...years); year++) {
    const code = String(year)
    filled.push(stacks.find((stack) => stack.code === code) ?? { code, label: code, total: 0, parts: tones.map((tone) => ({ code: tone.code, tone: tone.tone, count: 0 })) })
  }
  return [...filled, ...stacks.filter((stack) => !Number.isInteger(Number(stack.code)))]
}

export function stacksDrawing(stacks: Stack[], tones: StackTone[]): Drawing {
  return {
    kind: 'columns',
    stacked: true,
    groups: stacks.map((stack) => ({ label: stack.label, values: stack.parts.map(({ count, tone }) => ({ count, tone })) })),
    legend: tones.map(({ label, tone }) => ({ label, tone })),
  }
}
