import type { Schemas } from '../api'

type Described = Schemas['SourceDescription']

/** What a page is called: its title, else its publisher, else its address. */
export function pageName(described: Described, address: string): string {
  return described.title || described.publisher || address
}

/** The Admiralty pair, "B2"; a letter or digit that was not judged is left out. Never averaged. */
export function pairOf(reliability: string | null | undefined, credibility: string | null | undefined): string {
  return `${reliability ?? ''}${credibility ?? ''}`
}

/** The position as people count, from the first character on: [120, 188) is 121–188. */
export function positionOf(citation: Pick<Schemas['Citation'], 'start' | 'end'>): { from: number; to: number } | null {
  const { start, end } = citation
  return start == null || end == null ? null : { from: start + 1, to: end }
}

/** The members that another record can lend an entry, where that is still empty. */
export const lendable = ['kind', 'publisher', 'title', 'author', 'published', 'language', 'archive_url'] as const

/** Fills what is empty in `entry` from `known`, and tells whether there was anything to fill. */
export function lend(entry: Record<(typeof lendable)[number], string | null>, known: Described): boolean {
  let filled = false
  for (const name of lendable) {
    if (entry[name] || !known[name]) continue
    entry[name] = known[name]
    filled = true
  }
  return filled
}
