import type { Schemas } from '../api'

export type Coverage = Schemas['Coverage']

/** What the records of one community in one host country rest on. */
export type CoverageState = 'both' | 'partner' | 'language' | 'neither'

export function coverageState(pair: Coverage): CoverageState {
  const partner = pair.partner > 0
  const language = pair.own_language === true
  if (partner && language) return 'both'
  return partner ? 'partner' : language ? 'language' : 'neither'
}

export interface CoverageGrid {
  communities: string[]
  hosts: string[]
  /** Pairs by "community host"; a missing one has no record at all. */
  pairs: Map<string, Coverage>
  /** Over all pairs, not only those of the grid. */
  states: Record<CoverageState, number>
}

/** The communities and hosts with most records; "no record" stays empty, it is no proof of quiet. */
export function coverageGrid(list: Coverage[], rowLimit: number, columnLimit: number): CoverageGrid {
  const states = { both: 0, partner: 0, language: 0, neither: 0 }
  for (const pair of list) states[coverageState(pair)]++
  return {
    communities: most(list, (pair) => pair.community, rowLimit),
    hosts: most(list, (pair) => pair.host_country, columnLimit),
    pairs: new Map(list.map((pair) => [`${pair.community} ${pair.host_country}`, pair])),
    states,
  }
}

function most(list: Coverage[], code: (pair: Coverage) => string, limit: number): string[] {
  const sums = new Map<string, number>()
  for (const pair of list) sums.set(code(pair), (sums.get(code(pair)) ?? 0) + pair.count)
  return [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, limit).map(([name]) => name)
}
