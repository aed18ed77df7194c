import type { Schemas } from '../api'
import { blankWhen, type When } from './when'

export type IncidentInput = Schemas['IncidentInput']
type Whole<T> = { [K in keyof T]-?: Exclude<T[K], undefined> }

export type Target = Omit<Whole<Schemas['Target']>, 'identity'> & { identity: Identity | null }
export type Identity = Whole<Schemas['Identity']>
export type Perpetrator = Whole<Schemas['Perpetrator']>
export type Act = Omit<Whole<Schemas['Act']>, 'occurred'> & {
  /** null: the incident's own date. */
  when: When | null
}
export type Amount = Whole<Schemas['Amount']>
export type Inducement = Omit<Whole<Schemas['Inducement']>, 'amounts'> & { amounts: Amount[] }
export type Demand = Whole<Schemas['Demand']>
export type Source = Whole<Schemas['Source']>
export type Citation = Whole<Schemas['Citation']>
export type Evidence = Whole<Schemas['Evidence']>
export type Response = Whole<Schemas['Response']>
export type Harm = Whole<Schemas['Harm']>
export type Relation = Whole<Schemas['Relation']>
export type Consent = Whole<Schemas['Consent']>
export type ScopePart = keyof Schemas['ScopeTest']

/**
 * The form: an IncidentInput in the making. Codes that are not chosen yet are '', texts may be
 * '' or null, and dates stand as their controls show them.
 */
export interface Draft {
  title: string
  summary: string
  internal_note: string | null
  origin_country: string
  origin_entity: string | null
  attribution_basis: string[]
  host_country: string
  host_place: Whole<Schemas['HostPlace']>
  proxy_country: string | null
  when: When
  first_reported: string | null
  police_reported: string
  scope_test: Record<ScopePart, string>
  discovery_route: string
  sensitivity: string
  targets: Target[]
  perpetrators: Perpetrator[]
  acts: Act[]
  inducements: Inducement[]
  demands: Demand[]
  sources: Source[]
  citations: Citation[]
  evidence: Evidence[]
  responses: Response[]
  harms: Harm[]
  relations: Relation[]
  campaigns: string[]
  consents: Consent[]
  /** Channels that a new act starts with: how the target was reached as a rule. */
  usual_channels: string[]
  /** Highest number that a letter has had in the saved record: marks are never used again. */
  floor: Record<string, number>
}

/** Lists of entries with a local mark, by its letter. Amounts (M) stand inside inducements. */
export const lists = {
  T: 'targets', P: 'perpetrators', A: 'acts', I: 'inducements', D: 'demands', S: 'sources', C: 'citations',
  E: 'evidence', R: 'responses', H: 'harms', L: 'relations', N: 'consents',
} as const
export type Letter = keyof typeof lists
export type ListName = (typeof lists)[Letter]

export const scopeParts: ScopePart[] = ['state_link', 'cross_border', 'reason', 'aim', 'act']

/** Source kinds of which everything but the kind is protected. */
export const confidentialKinds = new Set(['direct_interview', 'partner_submission', 'tip'])

/** A new form: one target, one perpetrator and one source wait to be filled; defaults of DOMAIN.md. */
export function blankDraft(): Draft {
  return {
    title: '', summary: '', internal_note: null,
    origin_country: '', origin_entity: null, attribution_basis: [],
    host_country: '',
    host_place: { geo_precision: 'country', public_geo_precision: 'country', admin1: null, locality: null, site: null },
    proxy_country: null,
    when: blankWhen(),
    first_reported: null,
    police_reported: 'unknown',
    scope_test: { state_link: '', cross_border: '', reason: '', aim: '', act: '' },
    discovery_route: 'unknown',
    sensitivity: 'partner',
    targets: [blankTarget('T1')], perpetrators: [blankPerpetrator('P1')],
    acts: [], inducements: [], demands: [],
    sources: [blankSource('S1')],
    citations: [], evidence: [], responses: [], harms: [], relations: [], campaigns: [],
    consents: [blankConsent('N1', 'T1')],
    usual_channels: [],
    floor: {},
  }
}

export function blankTarget(id: string): Target {
  return {
    id, counting_unit: 'person', count_min: 1, count_max: 1, communities: [], roles: [], roles_restricted: [],
    gender: 'unknown', age_band: 'unknown', response: 'undisclosed', response_restricted: null, identity: null,
  }
}

export function blankIdentity(): Identity {
  return { names: [], aliases: [], contacts: [], birth_date: null, address: null, relatives: null, note: null }
}

export function blankPerpetrator(id: string): Perpetrator {
  return { id, type: '', body: null, person_name: null, note: null }
}

export function blankAct(id: string, method: string): Act {
  return { id, method, target: '', perpetrators: [], explicitness: null, channels: [], when: null, note: null }
}

export function blankAmount(id: string): Amount {
  return {
    id, amount_min: null, amount_max: null, amount_text: '', currency_as_stated: '', currency_assumed: null,
    period: 'not_stated', standing: 'accepted',
  }
}

export function blankInducement(id: string, kind: string): Inducement {
  return { id, kind, target: '', explicitness: 'explicit', condition: null, note: null, amounts: [] }
}

export function blankDemand(id: string, kind: string): Demand {
  return { id, kind, target: '', explicitness: 'explicit', note: null }
}

export function blankSource(id: string): Source {
  return {
    id, kind: '', publisher: null, title: null, url: null, archive_url: null, author: null, language: null,
    published: null, accessed: null, derived_from: null, reliability: null, scale: null, text: null,
    text_sha256: null, submitted_by: null,
  }
}

export function blankCitation(id: string, source: string): Citation {
  return {
    id, entity: '', field: null, source, quote: null, start: null, end: null, credibility: null,
    standing: 'accepted', note: null,
  }
}

export function blankEvidence(id: string, kind: string): Evidence {
  return { id, kind, access: 'reported_only', source: null, sha256: null, captured_at: null, tool: null, note: null }
}

export function blankResponse(id: string, party: string, kind: string): Response {
  return { id, party, kind, body: null, date: null, source: null, note: null }
}

export function blankHarm(id: string, target: string, kind: string): Harm {
  return { id, kind, target, note: null }
}

export function blankRelation(id: string): Relation {
  return { id, kind: '', to: '', sensitivity: null, note: null }
}

/** A consent without a level takes the one that the sources suggest; see defaultConsent. */
export function blankConsent(id: string, target: string): Consent {
  return { id, target, level: '', given_by: null, date: null, language: null, explained_by: null, review_on: null, note: null }
}

/** Every mark in the form. */
export function allIds(draft: Draft): string[] {
  const ids = Object.values(lists).flatMap((name) => draft[name].map((entry) => entry.id))
  return [...ids, ...draft.inducements.flatMap((item) => item.amounts.map((amount) => amount.id))]
}

/** The next free mark of a letter: one more than the highest that the form or the saved record has had. */
export function nextId(draft: Draft, letter: string): string {
  const used = allIds(draft).filter((id) => id.startsWith(letter)).map((id) => Number(id.slice(1)))
  return letter + (Math.max(0, draft.floor[letter] ?? 0, ...used) + 1)
}
