// What a person may do with a record next, in words and in order.
import type { Schemas } from '../api'
import { lookup, t, type MessageKey } from '../i18n'

export type Move = Schemas['Move']
export type Gap = Schemas['FieldProblem']

/** The step that the work is meant to take from each status. */
const next: Partial<Record<string, string>> = {
  draft: 'in_review', in_review: 'approved', approved: 'published', embargoed: 'published', closed: 'in_review', withdrawn: 'in_review',
}

// Further steps, in the order in which a menu offers them.
const order = ['in_review', 'approved', 'published', 'embargoed', 'draft', 'closed', 'withdrawn']

/** Stations on the way of a record, as they are shown. */
export const stations = ['draft', 'in_review', 'approved', 'published'] as const

export interface Choices {
  /** The step that comes next, allowed or not; null when there is none. */
  primary: Move | null
  others: Move[]
}

/** Merging needs a second record and has a place of its own. */
export function choicesOf(status: string, moves: Move[]): Choices {
  const known = moves.filter((move) => move.to !== 'merged')
  const primary = known.find((move) => move.to === next[status]) ?? null
  const others = known
    .filter((move) => move !== primary && move.allowed)
    .sort((a, b) => order.indexOf(a.to) - order.indexOf(b.to))
  return { primary, others }
}

/** How far along a record is, as a position among `stations`; -1 when it has left the way. */
export function stationOf(status: string): number {
  const at = status === 'embargoed' ? 'approved' : status
  return stations.findIndex((station) => station === at)
}

/** The name of a step: "Approve", "Return to review". */
export function moveName(from: string, to: string): string {
  return lookup(`desk.move.${from}.${to}`) ?? lookup(`desk.move.${to}`) ?? to
}

/** Why a step is not open to this person; undefined when it only waits for the record. */
export function refusalOf(from: string, move: Move): string | undefined {
  if (move.allowed || move.gaps.length > 0) return undefined
  const code = move.refusal ?? 'workflow.not_possible'
  if (code === 'workflow.not_ready') return undefined
  return lookup(`desk.refusal.${code}.${move.to}`) ?? lookup(`desk.refusal.${code}`) ?? lookup(`problem.${code}`) ?? t('desk.refusal.next', { step: moveName(from, move.to) })
}

/** Steps that others see or that are hard to take back are asked about even when they need nothing more. */
export function needsDialog(move: Move): boolean {
  return move.needs.length > 0 || move.to === 'published' || move.to === 'withdrawn'
}

export function gapText(gap: Gap): string {
  const params = Object.fromEntries(Object.entries(gap.params ?? {}).filter((pair): pair is [string, string | number] => ['string', 'number'].includes(typeof pair[1])))
  return lookup(`problem.field.${gap.code}`, params) ?? t('problem.field.invalid')
}

// Where in the form a gap is closed.
const anchors: Partial<Record<string, string>> = {
  missing_act: 'step-acts', missing_target: 'step-whom', missing_source: 'step-sources', missing_consent: 'step-check', consent_forbids: 'step-check',
  not_in_scope: 'step-check', not_open: 'step-check',
}

/** Where to go to close a gap, and what the link says; null when another step of the desk does it. */
export function gapLink(ref: string, gap: Gap): { href: string; label: MessageKey } | null {
  if (gap.code === 'not_verified') return { href: `/incidents/${ref}#verification`, label: 'desk.gap.to_verification' }
  const anchor = anchors[gap.code]
  return anchor ? { href: `/incidents/${ref}/edit#${anchor}`, label: 'desk.gap.to_form' } : null
}
