import { en } from './en'

type Catalogue = typeof en
type CatalogueKey = keyof Catalogue

/** `list.count#one` and `list.count#other` are the plural forms of the key `list.count`. */
type PluralBase<K> = K extends `${infer Base}#other` ? Base : never
type Simple<K> = K extends `${string}#${string}` ? never : K

/** A key that `t` accepts; anything else fails the type check. */
export type MessageKey = Simple<CatalogueKey> | PluralBase<CatalogueKey>

/** Values for the `{names}` of a message. `count` picks the plural form. */
export type Params = Record<string, string | number>

const texts: Record<string, string> = en
const plurals = new Intl.PluralRules('en')
const numbers = new Intl.NumberFormat('en')

/** Unicode first-strong isolate: keeps foreign-script text from reordering its neighbours. */
export function isolate(text: string): string {
  return `\u2068${text}\u2069`
}

/** The text of `key`; numbers among `params` are written by the locale's rules. */
export function t(key: MessageKey, params: Params = {}): string {
  return lookup(key, params) ?? key
}

/** The text of a key known only at run time, or undefined when there is none. */
export function lookup(key: string, params: Params = {}): string | undefined {
  const pattern = pick(key, params)
  if (pattern === undefined) return undefined
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name]
    if (value === undefined) return whole
    return typeof value === 'number' ? numbers.format(value) : value
  })
}

function pick(key: string, params: Params): string | undefined {
  if (typeof params.count !== 'number') return texts[key] ?? texts[`${key}#other`]
  return texts[`${key}#${plurals.select(params.count)}`] ?? texts[`${key}#other`] ?? texts[key]
}
