import type { Breakdown } from './types'

export interface Rank {
  code: string
  count: number
}

export interface Ranking {
  /** Most first, equal counts by code. */
  top: Rank[]
  /** What `top` leaves out. */
  tail: Rank[]
  /**
   * Records in `tail` together. null for multi-valued fields: a record may stand in
   * several rows, so their sum counts no records.
   */
  rest: number | null
  /** Records without a known value. */
  unknown: number
  /**
   * The count of a bar of full length. A rest or unknown above it is drawn as a cut bar:
   * a hundred small others would make the ranking itself unreadable.
   */
  longest: number
}

/**
 * Ranks a breakdown and cuts it after `limit` rows. A single row beyond the limit is
 * shown as itself, because a rest of one would only hide its name.
 */
export function rank(breakdown: Pick<Breakdown, 'items' | 'multi_valued' | 'unknown'>, limit: number): Ranking {
  const sorted = breakdown.items.filter((item) => item.count > 0 && item.code !== 'unknown')
  sorted.sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1))
  const cut = sorted.length === limit + 1 ? limit + 1 : limit
  const top = sorted.slice(0, cut)
  const tail = sorted.slice(cut)
  const rest = breakdown.multi_valued ? null : tail.reduce((sum, item) => sum + item.count, 0)
  const longest = top[0]?.count ?? breakdown.unknown
  return { top, tail, rest, unknown: breakdown.unknown, longest }
}

/** The rows that share the first place; none when nothing was counted. */
export function leaders(breakdown: Pick<Breakdown, 'items'>): Rank[] {
  const known = breakdown.items.filter((item) => item.count > 0 && item.code !== 'unknown')
  const most = Math.max(0, ...known.map((item) => item.count))
  return known.filter((item) => item.count === most)
}

/** The count of one code, 0 when it does not occur. */
export function countOf(breakdown: Pick<Breakdown, 'items'>, code: string): number {
  return breakdown.items.find((item) => item.code === code)?.count ?? 0
}
