/** The parameters of `path` under `pattern` (`/incidents/:ref`), or null when it does not fit. */
export function matchPath(pattern: string, path: string): Record<string, string> | null {
  const want = split(pattern)
  const have = split(path)
  if (want.length !== have.length) return null
  const params: Record<string, string> = {}
  for (const [index, part] of want.entries()) {
    const actual = have[index] ?? ''
    if (part.startsWith(':')) {
      const value = decode(actual)
      if (value === null) return null
      params[part.slice(1)] = value
    } else if (part !== actual) return null
  }
  return params
}

function split(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}
