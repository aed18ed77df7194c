/** Combined conditions: the text in the address, its tree, and the groups that the reader builds. */

export interface Term {
  field: string
  values: string[]
}
export interface Joined {
  op: 'and' | 'or' | 'not'
  parts: Where[]
}
export type Where = Term | Joined

/** What holds of the rows of a group: all of them, any of them, none of them. */
export type GroupKind = 'all' | 'any' | 'none'
export interface Group {
  kind: GroupKind
  rows: (Term | Group)[]
}

const token = /\s*([A-Za-z0-9_-]+|\S)/y
const word = /^[A-Za-z0-9_-]+$/

/** Reads a condition by the grammar of the API; null when the text is none. */
export function parseWhere(text: string): Where | null {
  const tokens: string[] = []
  token.lastIndex = 0
  for (let match = token.exec(text); match; match = token.exec(text)) tokens.push(match[1]!)
  let at = 0

  const joined = (op: 'and' | 'or', part: () => Where): Where => {
    const parts: Where[] = []
    do {
      const one = part()
      if ('op' in one && one.op === op) parts.push(...one.parts)
      else parts.push(one)
    } while (tokens[at] === op && ++at)
    return parts.length === 1 ? parts[0]! : { op, parts }
  }
  const any = (): Where => joined('or', all)
  const all = (): Where => joined('and', one)
  const one = (): Where => {
    if (tokens[at] === 'not') {
      at++
      return { op: 'not', parts: [one()] }
    }
    if (tokens[at] !== '(') return term()
    at++
    const inner = any()
    expect(')')
    return inner
  }
  const expect = (wanted: string) => {
    if (tokens[at++] !== wanted) throw new SyntaxError(wanted)
  }
  const nextWord = (): string => {
    const found = tokens[at++]
    if (!found || !word.test(found)) throw new SyntaxError('word')
    return found
  }
  const term = (): Where => {
    const field = nextWord()
    expect(':')
    const values = [nextWord()]
    while (tokens[at] === ',' && ++at) values.push(nextWord())
    return { field, values: [...new Set(values)] }
  }
  try {
    const tree = any()
    return at === tokens.length ? tree : null
  } catch {
    return null
  }
}

/** The canonical text, as the API writes it. */
export function formatWhere(where: Where): string {
  if (!('op' in where)) return `${where.field}:${where.values.join(',')}`
  const parts = where.parts.map((part) => (needsBrackets(part, where.op) ? `(${formatWhere(part)})` : formatWhere(part)))
  return where.op === 'not' ? `not ${parts[0]}` : parts.join(` ${where.op} `)
}

function needsBrackets(part: Where, inside: Joined['op']): boolean {
  return 'op' in part && (part.op === 'or' || (part.op === 'and' && inside !== 'or'))
}

export function isGroup(row: Term | Group): row is Group {
  return 'kind' in row
}

/** The groups that a condition reads as. */
export function groupsOf(where: Where | null): Group {
  if (!where) return { kind: 'all', rows: [] }
  const row = rowOf(where)
  return isGroup(row) ? row : { kind: 'all', rows: [row] }
}

function rowOf(where: Where): Term | Group {
  if (!('op' in where)) return { field: where.field, values: [...where.values] }
  if (where.op !== 'not') return { kind: where.op === 'and' ? 'all' : 'any', rows: where.parts.map(rowOf) }
  const inner = where.parts[0]!
  return { kind: 'none', rows: 'op' in inner && inner.op === 'or' ? inner.parts.map(rowOf) : [rowOf(inner)] }
}

/** The condition of a group; rows without a value do not count. null: nothing is asked. */
export function conditionOf(group: Group): Where | null {
  const parts = group.rows
    .map((row): Where | null => (isGroup(row) ? conditionOf(row) : row.field && row.values.length > 0 ? { field: row.field, values: row.values } : null))
    .filter((part) => part !== null)
  if (parts.length === 0) return null
  const op = group.kind === 'all' ? 'and' : 'or'
  const flat = parts.flatMap((part) => ('op' in part && part.op === op ? part.parts : [part]))
  const inner: Where = flat.length === 1 ? flat[0]! : { op, parts: flat }
  return group.kind === 'none' ? { op: 'not', parts: [inner] } : inner
}

/** The text of a group, '' when it asks nothing. */
export function groupText(group: Group): string {
  const condition = conditionOf(group)
  return condition ? formatWhere(condition) : ''
}
