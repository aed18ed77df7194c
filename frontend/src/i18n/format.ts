/** The one locale of this release. */
export const locale = 'en'

// English in the order that most readers of reports expect: 20 February 2023.
const dateLocale = 'en-GB'

const number = new Intl.NumberFormat(locale)
const percent = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const day = new Intl.DateTimeFormat(dateLocale, { dateStyle: 'long', timeZone: 'UTC' })
const shortDay = new Intl.DateTimeFormat(dateLocale, { dateStyle: 'medium', timeZone: 'UTC' })
const month = new Intl.DateTimeFormat(dateLocale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
const instant = new Intl.DateTimeFormat(dateLocale, { dateStyle: 'medium', timeStyle: 'short' })
const ago = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
const spans: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600], ['month', 2_629_800], ['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1],
]
const list = new Intl.ListFormat(locale, { type: 'conjunction' })
const regions = new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' })
const languages = new Intl.DisplayNames(locale, { type: 'language', fallback: 'code' })

/** 1219 → "1,219" */
export function formatNumber(value: number): string {
  return number.format(value)
}

/** A share in percent with one decimal, half up: (272, 1219) → "22.3 %". Empty without a denominator. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return ''
  return `${percent.format(Math.round((part * 1000) / whole) / 10)} %`
}

/** "2023-02-20" → "20 February 2023" */
export function formatDay(iso: string): string {
  return day.format(utc(iso))
}

/** "2023-02-20" → "20 Feb 2023" */
export function formatShortDay(iso: string): string {
  return shortDay.format(utc(iso))
}

/** "2023-02-20" → "February 2023" */
export function formatMonth(iso: string): string {
  return month.format(utc(iso))
}

/** An RFC 3339 instant in the reader's own time zone. */
export function formatInstant(iso: string): string {
  return instant.format(new Date(iso))
}

/** How long ago an instant was, in its largest whole unit: "3 hours ago", "yesterday". */
export function formatAgo(iso: string, now: Date = new Date()): string {
  const seconds = (Date.parse(iso) - now.getTime()) / 1000
  const [unit, size] = spans.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  return ago.format(Math.trunc(seconds / size), unit)
}

/** ["a","b","c"] → "a, b, and c" */
export function formatList(items: string[]): string {
  return list.format(items)
}

/** The name of an alpha-2 country in the reader's language, or undefined. */
export function regionName(alpha2: string): string | undefined {
  try {
    return regions.of(alpha2)
  } catch {
    return undefined
  }
}

/** "uk" → "Ukrainian"; an unknown tag comes back as it is. */
export function languageName(tag: string): string {
  try {
    return languages.of(tag) ?? tag
  } catch {
    return tag
  }
}

function utc(iso: string): Date {
  return new Date(`${iso}T00:00:00Z`)
}
