// Coding rules of the domain that the form applies or offers. Pure: no screen, no network.
import {
  blankAct, blankAmount, blankConsent, blankDemand, blankEvidence, blankHarm, blankInducement, blankResponse,
  blankTarget, confidentialKinds, lists, nextId, type Act, type Draft, type Letter, type ScopePart, type Source,
  type Target,
} from './draft'

/** Methods that consist of words: how plainly they were said matters. Every other method is a deed. */
const spokenMethods = new Set([
  'threat_of_death', 'threat_general', 'warning_contact', 'threat_to_family', 'persuasion_to_return',
  'informant_recruitment', 'infiltration_tasking', 'influence_recruitment',
])

const moneyKinds = new Set(['money_recurring', 'money_one_off', 'expenses_paid'])

/** Promises that name relatives as the stake. */
const hostageKinds = new Set(['family_release', 'family_safety'])

/** Units that no single person can consent for. */
const unpeopledUnits = new Set(['organisation', 'community'])

/** `explicit` for a method of words, null (a deed) for any other; people may change it. */
export function defaultExplicitness(method: string): string | null {
  return spokenMethods.has(method) ? 'explicit' : null
}

export function takesAmounts(kind: string): boolean {
  return moneyKinds.has(kind)
}

/** Adds one act, against the first target and by the first perpetrator. */
export function addAct(draft: Draft, method: string, explicitness = defaultExplicitness(method)): string {
  const act = blankAct(nextId(draft, 'A'), method)
  act.target = draft.targets[0]?.id ?? ''
  act.explicitness = explicitness
  act.channels = [...draft.usual_channels]
  const first = draft.perpetrators[0]
  if (first) act.perpetrators = [{ perpetrator: first.id, involvement: 'carried_out' }]
  draft.acts.push(act)
  return act.id
}

export function addInducement(draft: Draft, kind: string): string {
  const item = blankInducement(nextId(draft, 'I'), kind)
  item.target = draft.targets[0]?.id ?? ''
  if (takesAmounts(kind)) item.amounts = [{ ...blankAmount(nextId(draft, 'M')), period: kind === 'money_one_off' ? 'once' : 'not_stated' }]
  draft.inducements.push(item)
  return item.id
}

export function addDemand(draft: Draft, kind: string): string {
  const item = blankDemand(nextId(draft, 'D'), kind)
  item.target = draft.targets[0]?.id ?? ''
  draft.demands.push(item)
  return item.id
}

export function addTarget(draft: Draft): string {
  const target = blankTarget(nextId(draft, 'T'))
  draft.targets.push(target)
  draft.consents.push(blankConsent(nextId(draft, 'N'), target.id))
  return target.id
}

export function addHarm(draft: Draft, target: string, kind: string): string {
  const harm = blankHarm(nextId(draft, 'H'), target, kind)
  draft.harms.push(harm)
  return harm.id
}

export function addEvidence(draft: Draft, kind: string): string {
  const item = blankEvidence(nextId(draft, 'E'), kind)
  item.source = onlySource(draft)
  draft.evidence.push(item)
  return item.id
}

export function addResponse(draft: Draft, party: string, kind: string): string {
  const item = blankResponse(nextId(draft, 'R'), party, kind)
  item.source = onlySource(draft)
  draft.responses.push(item)
  return item.id
}

function onlySource(draft: Draft): string | null {
  const filled = draft.sources.filter((source) => !isBlankSource(source))
  return filled.length === 1 ? (filled[0]?.id ?? null) : null
}

/** Nothing has been entered: such a source is left out. */
export function isBlankSource(source: Source): boolean {
  return Object.entries(source).every(([name, value]) => name === 'id' || value === null || String(value).trim() === '')
}

/**
 * What consent to assume while nobody has chosen: a target that is no person needs none; when
 * every source is a published one the person was not contacted; else it is not known.
 */
export function defaultConsent(target: Target | undefined, sources: Source[]): string {
  if (target && unpeopledUnits.has(target.counting_unit)) return 'not_applicable'
  const filled = sources.filter((source) => source.kind !== '')
  if (filled.length > 0 && filled.every((source) => !confidentialKinds.has(source.kind))) return 'public_source_only'
  return 'unknown'
}

/** Moves the usual channels to another set; acts that had the old set follow. */
export function changeChannels(draft: Draft, channels: string[]): void {
  const before = draft.usual_channels.join(' ')
  for (const act of draft.acts) {
    if (act.channels.join(' ') === before) act.channels = [...channels]
  }
  draft.usual_channels = channels
}

export type Scope = 'in_scope' | 'out_of_scope' | 'unclear' | 'open'

/** What the five answers amount to; `open` while one is missing and none is no. */
export function scopeOf(test: Record<ScopePart, string>): Scope {
  const answers = Object.values(test)
  if (answers.includes('no')) return 'out_of_scope'
  if (answers.includes('')) return 'open'
  return answers.every((answer) => answer === 'yes') ? 'in_scope' : 'unclear'
}

/** A hint beside an entry; its text is form.hint.<name>, its button form.hint.<name>.do. */
export interface Hint {
  name: string
  /** What the button does; without it the hint only tells. */
  run?: (draft: Draft) => void
}

/** Was it asked of the target instead of done? Then it is this demand. */
const askedInstead: Record<string, string> = {
  event_monitoring: 'report_attendees',
  physical_surveillance: 'report_on_person',
}

export function actHints(act: Act): Hint[] {
  const demand = askedInstead[act.method]
  if (demand) {
    return [{ name: act.method, run: (draft) => { removeEntry(draft, act.id); addDemand(draft, demand) } }]
  }
  if (act.method === 'community_infiltration') {
    return [{ name: act.method, run: (draft) => { removeEntry(draft, act.id); addAct(draft, 'informant_recruitment') } }]
  }
  if (act.method === 'family_detained') {
    return [{ name: act.method, run: (draft) => { removeEntry(draft, act.id); addInducement(draft, 'family_release') } }]
  }
  if (act.method === 'threat_to_family' && act.explicitness === 'explicit') return [{ name: 'threat_to_family' }]
  if (act.method === 'contact_controlled') return [{ name: 'contact_controlled' }]
  return []
}

export function offerHints(draft: Draft, kind: string): Hint[] {
  if (!hostageKinds.has(kind) || draft.acts.some((act) => act.method === 'threat_to_family')) return []
  return [{ name: 'hostage', run: (form) => void addAct(form, 'threat_to_family', 'inferred_by_source') }]
}

/**
 * Takes an entry out with what hangs on it: its citations, the amounts of an offer, harms and
 * consents of a target. Acts, offers and demands of a lost target go to the first that is left.
 * Returns the way back.
 */
export function removeEntry(draft: Draft, id: string): () => void {
  const before = JSON.stringify(draft)
  const list = draft[lists[id.charAt(0) as Letter]] as { id: string }[] | undefined
  const gone = new Set([id])
  if (id.startsWith('M')) dropAmount(draft, id)
  else if (list) {
    const entry = list.find((item) => item.id === id)
    if (entry && 'amounts' in entry) (entry.amounts as { id: string }[]).forEach((amount) => gone.add(amount.id))
    removeWhere(list, (item) => item.id === id)
  }
  if (id.startsWith('T')) forgetTarget(draft, id, gone)
  if (id.startsWith('P')) draft.acts.forEach((act) => removeWhere(act.perpetrators, (link) => link.perpetrator === id))
  if (id.startsWith('S')) forgetSource(draft, id)
  removeWhere(draft.citations, (citation) => gone.has(citation.entity) || gone.has(citation.source))
  const after = JSON.stringify(draft)
  return () => putBack(draft, before, after)
}

/** Undoes a removal. What was typed since stays: then only the lost entries come back. */
function putBack(draft: Draft, before: string, after: string): void {
  const old = JSON.parse(before) as Draft
  if (JSON.stringify(draft) === after) {
    Object.assign(draft, old)
    return
  }
  for (const name of Object.values(lists)) {
    const present = draft[name] as { id: string }[]
    old[name].forEach((entry, index) => {
      if (!present.some((item) => item.id === entry.id)) present.splice(index, 0, entry)
    })
  }
  for (const item of old.inducements) {
    const present = draft.inducements.find((entry) => entry.id === item.id)
    item.amounts.forEach((amount, index) => {
      if (present && !present.amounts.some((entry) => entry.id === amount.id)) present.amounts.splice(index, 0, amount)
    })
  }
}

function dropAmount(draft: Draft, id: string): void {
  for (const item of draft.inducements) removeWhere(item.amounts, (amount) => amount.id === id)
}

function forgetTarget(draft: Draft, id: string, gone: Set<string>): void {
  const heir = draft.targets[0]?.id ?? ''
  for (const entry of [...draft.acts, ...draft.inducements, ...draft.demands]) {
    if (entry.target === id) entry.target = heir
  }
  for (const entry of [...draft.harms, ...draft.consents]) {
    if (entry.target === id) gone.add(entry.id)
  }
  removeWhere(draft.harms, (harm) => harm.target === id)
  removeWhere(draft.consents, (consent) => consent.target === id)
}

function forgetSource(draft: Draft, id: string): void {
  for (const source of draft.sources) if (source.derived_from === id) source.derived_from = null
  for (const entry of [...draft.evidence, ...draft.responses]) if (entry.source === id) entry.source = null
}

function removeWhere<T>(list: T[], unwanted: (item: T) => boolean): void {
  for (let index = list.length - 1; index >= 0; index--) {
    if (unwanted(list[index] as T)) list.splice(index, 1)
  }
}

/**
 * Where a quote stands in the text of its source, in Unicode code points, end exclusive.
 * null when it does not stand there, or more than once.
 */
export function locate(text: string, quote: string): { start: number; end: number } | null {
  if (quote === '') return null
  const at = text.indexOf(quote)
  if (at < 0 || text.indexOf(quote, at + 1) >= 0) return null
  const start = [...text.slice(0, at)].length
  return { start, end: start + [...quote].length }
}
