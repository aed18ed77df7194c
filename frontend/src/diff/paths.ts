// Where a change stands, in the reader's words. Paths go by the local ids of entries: /acts/A1/method.
import { lists } from '../form/draft'
import { fieldLabel } from '../form/words'
import { lookup } from '../i18n'

const entryLists: ReadonlySet<string> = new Set(Object.values(lists))
const standing = new Set([
  'workflow_status', 'verification_status', 'embargo_until', 'closing_reason', 'withdrawal_reason', 'merged_into', 'published_at',
  'vocabulary_version',
])

// In the order of the record page.
const order = [
  'standing', 'incident', 'acts', 'inducements', 'demands', 'targets', 'harms', 'perpetrators', 'responses', 'sources', 'citations',
  'evidence', 'relations', 'consents',
]

/** `/acts/A1/method` → `A1.method`, `/inducements/I1/amounts/M1/period` → `M1.period`, `/host_place/site` → `incident.host_place.site`. */
export function placeOfPath(path: string): string {
  let owner = 'incident'
  let names: string[] = []
  for (const [index, part] of pathParts(path).entries()) {
    if (index === 0 && entryLists.has(part)) continue
    // The links of an act to its perpetrators are one value; they have no marks of their own.
    if (isMark(part) && names[0] !== 'perpetrators') {
      owner = part
      names = []
    } else if (!isMark(part)) names.push(part)
  }
  if (owner === 'incident' && names.length === 0) names = pathParts(path)
  return [owner, ...names].join('.')
}

/** The part of the record that a path belongs to: an entry list, `standing`, or `incident` for all its plain members. */
export function groupOf(path: string): string {
  const [first = ''] = pathParts(path)
  if (entryLists.has(first)) return first
  return standing.has(first) ? 'standing' : 'incident'
}

export function groupLabel(group: string): string {
  return lookup(`desk.group.${group}`) ?? fieldLabel(`incident.${group}`)
}

/** The mark of the entry of a list that a path leads into; an amount belongs to its offer. */
export function entryOf(path: string): string | null {
  const [first = '', second = ''] = pathParts(path)
  return entryLists.has(first) && isMark(second) ? second : null
}

/** The name of the field at the end of a path; empty for an entry as a whole. */
export function pathLabel(path: string): string {
  const place = placeOfPath(path)
  const [owner = '', name = ''] = place.split('.')
  if (name === '') return ''
  return (owner === 'incident' ? lookup(`desk.field.${name}`) : undefined) ?? fieldLabel(place)
}

export interface Group<T> {
  key: string
  /** By entry, in order of appearance; null for what belongs to no entry. */
  entries: { id: string | null; changes: T[] }[]
}

/** Sorts changes by part of the record, then by entry. */
export function grouped<T extends { path: string }>(changes: T[]): Group<T>[] {
  const groups = new Map<string, Map<string | null, T[]>>()
  for (const change of changes) {
    const group = groupOf(change.path)
    const entries = groups.get(group) ?? new Map<string | null, T[]>()
    const id = entryOf(change.path)
    entries.set(id, [...(entries.get(id) ?? []), change])
    groups.set(group, entries)
  }
  return [...groups]
    .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    .map(([key, entries]) => ({ key, entries: [...entries].map(([id, list]) => ({ id, changes: list })) }))
}

export function pathParts(path: string): string[] {
  return path.split('/').filter((part) => part !== '').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

export function isMark(part: string): boolean {
  return /^[A-Z][0-9]+$/.test(part)
}
