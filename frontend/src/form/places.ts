// A place is where a value stands, in terms that survive reordering: `A1.method`, `incident.title`.
import type { IncidentInput } from './draft'

/**
 * The place behind a JSON pointer into a sent input: `/acts/0/method` → `A1.method`,
 * `/inducements/0/amounts/1/period` → `M2.period`, `/host_place/site` → `incident.host_place.site`.
 * Positions inside a plain list fall away: they stand in one box.
 */
export function placeOf(pointer: string, input: Partial<IncidentInput>): string {
  const parts = pointer.replace(/^#?\/?/, '').split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  let value: unknown = input
  let owner = 'incident'
  let names: string[] = []
  for (const part of parts) {
    value = member(value, part)
    const id = member(value, 'id')
    if (/^\d+$/.test(part)) {
      if (typeof id === 'string') {
        owner = id
        names = []
      }
    } else if (part !== '') names.push(part)
  }
  // The links of an act to its perpetrators are one control.
  if (owner.startsWith('A') && names[0] === 'perpetrators') names = ['perpetrators']
  return [owner, ...names].join('.')
}

/** The id of the element of a place. */
export function domId(place: string): string {
  return `at-${place.replaceAll('.', '-')}`
}

/** The place itself, then what holds it: `T1.identity.names`, `T1.identity`, `T1`. */
export function enclosing(place: string): string[] {
  const parts = place.split('.')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('.'))
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
