/** Pure helpers for state that lives in the address: `?origin_country=CHN,RUS&sort=title`. */

export type QueryValue = string | number | boolean | string[] | null | undefined
export type QueryPatch = Record<string, QueryValue>

/** The comma-separated values of one parameter; absent and empty are both []. */
export function readList(query: URLSearchParams, name: string): string[] {
  const raw = query.get(name)
  return raw ? raw.split(',').filter((item) => item !== '') : []
}

/** A parameter's text, or null when absent or empty. */
export function readText(query: URLSearchParams, name: string): string | null {
  return query.get(name) || null
}

/** true or false when the parameter says so, else null. */
export function readFlag(query: URLSearchParams, name: string): boolean | null {
  const raw = query.get(name)
  if (raw === 'true') return true
  if (raw === 'false') return false
  return null
}

/** A copy of `query` with the patch applied. null, undefined, '' and [] remove a parameter. */
export function patchQuery(query: URLSearchParams, patch: QueryPatch): URLSearchParams {
  const next = new URLSearchParams(query)
  for (const [name, value] of Object.entries(patch)) {
    const text = Array.isArray(value) ? value.join(',') : (value ?? '').toString()
    if (text === '') next.delete(name)
    else next.set(name, text)
  }
  return next
}

/** The query as it stands in the address, commas and colons readable; '' or '?…'. */
export function formatQuery(query: URLSearchParams): string {
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':')
  return text === '' ? '' : `?${text}`
}
