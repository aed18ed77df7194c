// The form and the API's IncidentInput, each made from the other.
import { defaultConsent, isBlankSource } from './coding'
import {
  blankAct, blankAmount, blankCitation, blankConsent, blankDemand, blankDraft, blankEvidence, blankHarm,
  blankIdentity, blankInducement, blankPerpetrator, blankRelation, blankResponse, blankSource, blankTarget,
  allIds, type Amount, type Draft, type Identity, type IncidentInput, type Perpetrator,
} from './draft'
import { fromOccurred, toOccurred } from './when'

// Their blanks count: a quote is found in its source letter by letter.
const keptAsTyped = new Set(['quote', 'text'])

/** What is sent: blanks left out, empty texts null, defaults put in where nobody chose. */
export function toInput(draft: Draft): IncidentInput {
  const sources = draft.sources.filter((source) => !isBlankSource(source))
  const perpetrators = draft.perpetrators.filter((item) => !isBlankPerpetrator(item))
  const known = new Set(perpetrators.map((item) => item.id))
  const { when, usual_channels: _channels, floor: _floor, ...rest } = draft
  return tidy({
    ...rest,
    occurred: toOccurred(when, draft.first_reported),
    targets: draft.targets.map((target) => ({ ...target, identity: isBlankIdentity(target.identity) ? null : target.identity })),
    perpetrators,
    acts: draft.acts.map(({ when: own, ...act }) => ({
      ...act,
      perpetrators: act.perpetrators.filter((link) => known.has(link.perpetrator)),
      occurred: own && toOccurred(own, draft.first_reported),
    })),
    inducements: draft.inducements.map((item) => ({ ...item, amounts: item.amounts.filter((amount) => !isBlankAmount(amount)) })),
    sources,
    citations: draft.citations.filter((item) => item.entity !== '' || item.quote || item.note),
    relations: draft.relations.filter((item) => item.kind !== '' || item.to.trim() !== '' || item.note),
    consents: draft.consents.map((consent) => ({
      ...consent,
      level: consent.level || defaultConsent(draft.targets.find((target) => target.id === consent.target), sources),
    })),
  }) as IncidentInput
}

/** The form that shows a record. Members that only the server sets are left behind. */
export function fromInput(input: IncidentInput): Draft {
  const blank = blankDraft()
  const draft: Draft = {
    ...blank,
    title: input.title,
    summary: input.summary,
    internal_note: input.internal_note ?? null,
    origin_country: input.origin_country,
    origin_entity: input.origin_entity ?? null,
    attribution_basis: [...(input.attribution_basis ?? [])],
    host_country: input.host_country,
    host_place: { ...blank.host_place, ...input.host_place },
    proxy_country: input.proxy_country ?? null,
    when: fromOccurred(input.occurred),
    first_reported: input.first_reported ?? null,
    police_reported: input.police_reported,
    scope_test: { ...input.scope_test },
    discovery_route: input.discovery_route ?? blank.discovery_route,
    sensitivity: input.sensitivity ?? blank.sensitivity,
    targets: each(input.targets, (item) => ({
      ...blankTarget(item.id), count_min: 0, count_max: null, ...item,
      identity: item.identity ? { ...blankIdentity(), ...item.identity } : null,
    })),
    perpetrators: each(input.perpetrators, (item) => ({ ...blankPerpetrator(item.id), ...item })),
    acts: each(input.acts, ({ occurred, ...item }) => ({
      ...blankAct(item.id, item.method), ...item, when: occurred ? fromOccurred(occurred) : null,
    })),
    inducements: each(input.inducements, (item) => ({
      ...blankInducement(item.id, item.kind), ...item,
      amounts: each(item.amounts, (amount) => ({ ...blankAmount(amount.id), ...amount })),
    })),
    demands: each(input.demands, (item) => ({ ...blankDemand(item.id, item.kind), ...item })),
    sources: each(input.sources, (item) => ({ ...blankSource(item.id), ...item })),
    citations: each(input.citations, (item) => ({ ...blankCitation(item.id, item.source), ...item })),
    evidence: each(input.evidence, (item) => ({ ...blankEvidence(item.id, item.kind), ...item })),
    responses: each(input.responses, (item) => ({ ...blankResponse(item.id, item.party, item.kind), ...item })),
    harms: each(input.harms, (item) => ({ ...blankHarm(item.id, item.target, item.kind), ...item })),
    relations: each(input.relations, (item) => ({ ...blankRelation(item.id), ...item })),
    campaigns: [...(input.campaigns ?? [])],
    consents: each(input.consents, (item) => ({ ...blankConsent(item.id, item.target), ...item })),
  }
  draft.usual_channels = commonChannels(draft)
  draft.floor = floorOf(draft)
  // The record's own arrays and objects stay untouched while the form changes.
  return JSON.parse(JSON.stringify(draft)) as Draft
}

/** The form kept in a working copy; null when it is not one of ours. */
export function restoreDraft(kept: unknown): Draft | null {
  if (typeof kept !== 'object' || kept === null || !('when' in kept) || !('targets' in kept)) return null
  return { ...blankDraft(), ...(JSON.parse(JSON.stringify(kept)) as Draft) }
}

/** The top-level members in which two inputs differ. */
export function changedMembers(before: IncidentInput, after: IncidentInput): (keyof IncidentInput)[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof IncidentInput>
  return [...names].filter((name) => canonical(before[name]) !== canonical(after[name]))
}

/** Some members of an input, as a PATCH sends them. */
export function pick(input: IncidentInput, names: (keyof IncidentInput)[]): Partial<IncidentInput> {
  return Object.fromEntries(names.map((name) => [name, input[name]]))
}

/** The same text for equal values, whatever the order of their members. */
export function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

export function isBlankPerpetrator(item: Perpetrator): boolean {
  return item.type === '' && ![item.body, item.person_name, item.note].some((text) => text?.trim())
}

export function isBlankAmount(amount: Amount): boolean {
  const { amount_text, currency_as_stated, amount_min, amount_max } = amount
  return amount_text.trim() === '' && currency_as_stated.trim() === '' && amount_min === null && amount_max === null
}

function isBlankIdentity(identity: Identity | null): boolean {
  if (identity === null) return true
  return Object.values(identity).every((value) => (Array.isArray(value) ? value.every((line) => !line.trim()) : !value?.trim()))
}

/** Trims texts; what is empty becomes null, in lists nothing. */
function tidy(value: unknown, name = ''): unknown {
  if (typeof value === 'string') {
    const text = keptAsTyped.has(name) ? value : value.trim()
    return text.trim() === '' ? null : text
  }
  if (Array.isArray(value)) return value.map((item) => tidy(item)).filter((item) => item !== null)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, tidy(item, key)]))
}

function each<A, B>(list: A[] | undefined, convert: (item: A) => B): B[] {
  return (list ?? []).map(convert)
}

/** The channels of most acts: what a further act starts with. */
function commonChannels(draft: Draft): string[] {
  const counts = new Map<string, number>()
  for (const act of draft.acts) {
    const key = act.channels.join(' ')
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1])
  return most?.[0] ? most[0].split(' ') : []
}

function floorOf(draft: Draft): Record<string, number> {
  const floor: Record<string, number> = {}
  for (const id of allIds(draft)) {
    const letter = id.charAt(0)
    floor[letter] = Math.max(floor[letter] ?? 0, Number(id.slice(1)))
  }
  return floor
}
