/** How many steps the sequential scale has; charts.css holds a colour and an ink for each. */
export const steps = 5

/** One class of counts; both ends belong to it. */
export interface CountClass {
  from: number
  to: number
}

/**
 * Parts the counts from 1 to `highest` into at most five classes with round lower ends
 * (1, 2, 5, 10, 20 …). Counts by country are skewed: equal steps would paint almost
 * every country alike.
 */
export function countClasses(highest: number): CountClass[] {
  if (highest < 1) return []
  const round: number[] = []
  for (let power = 1; power <= highest; power *= 10) {
    round.push(...[power, 2 * power, 5 * power].filter((value) => value <= highest))
  }
  const starts = round.length <= steps ? round : spread(round, steps)
  return starts.map((from, index) => ({ from, to: (starts[index + 1] ?? highest + 1) - 1 }))
}

/**
 * The step of the scale, 1 (palest) to 5, or 0 for no record. With fewer than five
 * classes the pale end is left out, so that the highest class is always the strongest.
 */
export function stepOf(count: number, classes: CountClass[]): number {
  if (count < 1) return 0
  let index = 0
  while (index + 1 < classes.length && count >= (classes[index + 1]?.from ?? Infinity)) index++
  return classStep(index, classes)
}

/** The step of the class at `index`. */
export function classStep(index: number, classes: CountClass[]): number {
  return steps - classes.length + index + 1
}

/** WCAG 2.2 contrast ratio of two `#rrggbb` colours, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => linear(parseInt(hex.slice(at, at + 2), 16) / 255)) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
}

function spread(values: number[], count: number): number[] {
  const last = values.length - 1
  return Array.from({ length: count }, (_, index) => values[Math.round((index * last) / (count - 1))] ?? 1)
}
