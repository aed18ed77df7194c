import { isBlankSource, scopeOf } from './coding'
import type { Draft } from './draft'
import { isBlankPerpetrator } from './model'

/** The steps of the form, in their order on the page. */
export const sections = ['who', 'where', 'whom', 'acts', 'offers', 'demands', 'sources', 'check'] as const
export type SectionName = (typeof sections)[number]

const byLetter: Record<string, SectionName> = {
  P: 'who', T: 'whom', H: 'whom', A: 'acts', I: 'offers', M: 'offers', D: 'demands', S: 'sources', C: 'sources', E: 'sources',
  R: 'sources', L: 'check', N: 'check',
}

const byMember: Record<string, SectionName> = {
  origin_country: 'who', origin_entity: 'who', attribution_basis: 'who', host_country: 'where', host_place: 'where', proxy_country: 'where',
  occurred: 'where', first_reported: 'where', police_reported: 'sources', discovery_route: 'sources',
}

/** The step in which a place stands. */
export function sectionOf(place: string): SectionName {
  const [owner = '', member = ''] = place.split('.')
  if (owner === 'incident') return byMember[member] ?? 'check'
  return byLetter[owner.charAt(0)] ?? 'check'
}

/** Does the step hold what a reader would expect of it? Only a sign on the rail; nothing is refused for it. */
export function isFilled(draft: Draft, section: SectionName): boolean {
  switch (section) {
    case 'who':
      return draft.origin_country !== '' && draft.perpetrators.some((item) => !isBlankPerpetrator(item))
    case 'where':
      return draft.host_country !== '' && draft.when.precision !== ''
    case 'whom':
      return draft.targets.some((item) => item.communities.length > 0 || item.roles.length > 0)
    case 'acts':
      return draft.acts.length > 0
    case 'offers':
      return draft.inducements.length > 0
    case 'demands':
      return draft.demands.length > 0
    case 'sources':
      return draft.sources.some((item) => !isBlankSource(item))
    case 'check':
      return draft.title.trim() !== '' && draft.summary.trim() !== '' && scopeOf(draft.scope_test) !== 'open'
  }
}
