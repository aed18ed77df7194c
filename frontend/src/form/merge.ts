// Two people changed one record: what both left alone or changed alike is settled, the rest is for a person to decide.
import { lists, type IncidentInput } from './draft'
import { canonical } from './model'

export type Side = 'mine' | 'theirs'

/** A field that both changed, to different values. `null` for an entry says that this side took it out. */
export interface Clash {
  /** By the marks of entries: /acts/A1/method. */
  path: string
  base: unknown
  mine: unknown
  theirs: unknown
}

export interface Merged {
  input: IncidentInput
  clashes: Clash[]
  /** Paths that only the other one changed. */
  taken: string[]
}

type Entry = Record<string, unknown> & { id: string }

const entryLists: ReadonlySet<string> = new Set([...Object.values(lists), 'amounts'])
// The bounds and the precision of a date belong together.
const wholes = new Set(['occurred'])
const references = new Set(['target', 'perpetrator', 'source', 'derived_from', 'entity'])

/** Joins both versions over the one that both started from; where they clash, by the choices, else mine. */
export function threeWay(base: IncidentInput, mine: IncidentInput, theirs: IncidentInput, choices: Record<string, Side> = {}): Merged {
  const join = new Join(choices)
  const input = join.value('', base, renumbered(base, mine, theirs), theirs) as IncidentInput
  return { input, clashes: join.clashes, taken: join.taken }
}

class Join {
  readonly clashes: Clash[] = []
  readonly taken: string[] = []

  constructor(private readonly choices: Record<string, Side>) {}

  value(path: string, base: unknown, mine: unknown, theirs: unknown): unknown {
    if (alike(mine, theirs)) return theirs
    if (alike(base, theirs)) return mine
    const name = path.slice(path.lastIndexOf('/') + 1)
    // Mine is as it was: the other's change is taken as a whole, however deep it is.
    if (alike(base, mine)) return this.#take(path, theirs)
    if (entryLists.has(name)) return this.#entries(path, entriesOf(base), entriesOf(mine), entriesOf(theirs))
    if (isObject(mine) && isObject(theirs) && !wholes.has(name)) return this.#members(path, isObject(base) ? base : {}, mine, theirs)
    return this.#decide(path, base, mine, theirs)
  }

  #members(path: string, base: Record<string, unknown>, mine: Record<string, unknown>, theirs: Record<string, unknown>) {
    const names = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])]
    return Object.fromEntries(names.map((name) => [name, this.value(`${path}/${name}`, base[name], mine[name], theirs[name])]))
  }

  /** The other's order, then what only I have. */
  #entries(path: string, base: Map<string, Entry>, mine: Map<string, Entry>, theirs: Map<string, Entry>): unknown[] {
    const ids = [...new Set([...theirs.keys(), ...mine.keys()])]
    return ids.map((id) => this.#entry(`${path}/${id}`, base.get(id), mine.get(id), theirs.get(id))).filter((entry) => entry !== null)
  }

  #entry(path: string, base: Entry | undefined, mine: Entry | undefined, theirs: Entry | undefined): unknown {
    return this.value(path, base ?? null, mine ?? null, theirs ?? null)
  }

  #take(path: string, theirs: unknown): unknown {
    this.taken.push(path)
    return theirs
  }

  #decide(path: string, base: unknown, mine: unknown, theirs: unknown): unknown {
    this.clashes.push({ path, base: base ?? null, mine: mine ?? null, theirs: theirs ?? null })
    return this.choices[path] === 'theirs' ? theirs : mine
  }
}

/** Both may have given one mark to two different new entries: mine takes the next free one, and so does what speaks of it. */
function renumbered(base: IncidentInput, mine: IncidentInput, theirs: IncidentInput): IncidentInput {
  const known = allEntries(base)
  const others = allEntries(theirs)
  const own = allEntries(mine)
  const marks = new Map<string, string>()
  const used = new Set([...known.keys(), ...others.keys(), ...own.keys()])
  for (const [id, entry] of own) {
    const other = others.get(id)
    if (!other || known.has(id) || alike(entry, other)) continue
    const next = freeMark(id.charAt(0), used)
    used.add(next)
    marks.set(id, next)
  }
  return marks.size === 0 ? mine : (rename(mine, marks) as IncidentInput)
}

function rename(value: unknown, marks: Map<string, string>, name = ''): unknown {
  if (typeof value === 'string') return name === 'id' || references.has(name) ? (marks.get(value) ?? value) : value
  if (Array.isArray(value)) return value.map((item) => rename(item, marks))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rename(part, marks, key)]))
}

function freeMark(letter: string, used: Set<string>): string {
  const numbers = [...used].filter((id) => id.startsWith(letter)).map((id) => Number(id.slice(1)))
  return letter + (Math.max(0, ...numbers) + 1)
}

function allEntries(input: IncidentInput): Map<string, Entry> {
  const found = new Map<string, Entry>()
  for (const name of Object.values(lists)) {
    for (const [id, entry] of entriesOf(input[name])) {
      found.set(id, entry)
      for (const [inner, amount] of entriesOf(entry.amounts)) found.set(inner, amount)
    }
  }
  return found
}

function entriesOf(value: unknown): Map<string, Entry> {
  return new Map(Array.isArray(value) ? (value as Entry[]).map((entry) => [entry.id, entry]) : [])
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function alike(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b)
}
