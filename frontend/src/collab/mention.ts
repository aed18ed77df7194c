/** The name that is being typed at the end of a text, after an at sign; null when none is. */
export function mentionAt(text: string): string | null {
  return /(?:^|[^\w@.])@([a-z0-9._-]{0,32})$/.exec(text)?.[1] ?? null
}

/** The text with the name that is being typed written out. */
export function completed(text: string, name: string): string {
  return text.replace(/@[a-z0-9._-]{0,32}$/, `@${name} `)
}
