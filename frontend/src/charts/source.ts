import { getContext, setContext } from 'svelte'

/** What the charts of a page need to be quoted alone. */
export interface ChartSource {
  /** The source line under a picture: who says so, as of when, over which filter. */
  line: string
  /** The day of the numbers, YYYY-MM-DD. */
  asOf: string
  /** The filter in words. */
  selection: string
}

const key = Symbol('chart source')

/** Names the source of every chart below the calling component. */
export function provideSource(source: () => ChartSource | null): void {
  setContext(key, source)
}

/** The source that a page has named, or null. */
export function chartSource(): () => ChartSource | null {
  return getContext<(() => ChartSource | null) | undefined>(key) ?? (() => null)
}
