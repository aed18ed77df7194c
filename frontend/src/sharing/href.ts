import { readText, router } from '../router'

/** The page of a record of the list that is shown: one's own, or what another organisation shares. Reactive. */
export function recordHref(ref: string): string {
  const grant = readText(router.query, 'grant')
  return `/incidents/${ref}${grant ? `?grant=${grant}` : ''}`
}
