import type { Schemas } from '../api'

export type Occurred = Schemas['Occurred']

/** How a date stands on the screen: every control keeps its own text, so that changing the precision loses nothing. */
export interface When {
  /** Code of date_precision, '' while nothing is chosen. */
  precision: string
  /** The day, or the first day of the week. */
  day: string
  /** '01' to '12' */
  month: string
  /** '1' to '4' */
  quarter: string
  year: string
  from: string
  to: string
  approximate: boolean
  uncertain: boolean
  ongoing: boolean | null
  repeated: boolean | null
}

export interface Bounds {
  earliest: string | null
  latest: string | null
}

/** What keeps a date from being complete; a key under form.fault. */
export type WhenFault =
  | 'precision_missing' | 'day_missing' | 'month_missing' | 'quarter_missing' | 'year_missing'
  | 'range_missing' | 'range_reversed' | 'report_missing' | 'in_future' | 'impossible_date'

const millisPerDay = 86_400_000

export function blankWhen(): When {
  return {
    precision: '', day: '', month: '', quarter: '', year: '', from: '', to: '',
    approximate: false, uncertain: false, ongoing: null, repeated: null,
  }
}

/**
 * The inclusive days that a date on the screen stands for. Nothing is filled in: what nobody
 * stated stays null. `firstReported` bounds "some time before it was reported".
 */
export function boundsOf(when: When, firstReported: string | null): Bounds {
  const open: Bounds = { earliest: null, latest: null }
  switch (when.precision) {
    case 'day':
      return when.day ? { earliest: when.day, latest: when.day } : open
    case 'week':
      return isDay(when.day) ? { earliest: when.day, latest: addDays(when.day, 6) } : open
    case 'month':
      return when.month && isYear(when.year) ? months(when.year, Number(when.month), 1) : open
    case 'quarter':
      return when.quarter && isYear(when.year) ? months(when.year, Number(when.quarter) * 3 - 2, 3) : open
    case 'year':
      return isYear(when.year) ? months(when.year, 1, 12) : open
    case 'range':
      return { earliest: when.from || null, latest: when.to || null }
    case 'before_report':
      return { earliest: null, latest: firstReported }
    default:
      return open
  }
}

/** The first thing wrong with a date, or null. `today` is the reader's day. */
export function whenFault(when: When, firstReported: string | null, today: string): WhenFault | null {
  const missing = missingPart(when, firstReported)
  if (missing) return missing
  const { earliest, latest } = boundsOf(when, firstReported)
  if ((earliest && !isDay(earliest)) || (latest && !isDay(latest))) return 'impossible_date'
  if (earliest && latest && earliest > latest) return 'range_reversed'
  // It is tomorrow somewhere already.
  const limit = addDays(today, 1)
  if (earliest && earliest > limit) return 'in_future'
  return null
}

function missingPart(when: When, firstReported: string | null): WhenFault | null {
  switch (when.precision) {
    case '':
      return 'precision_missing'
    case 'day':
    case 'week':
      return when.day ? null : 'day_missing'
    case 'month':
      if (!when.month) return 'month_missing'
      return isYear(when.year) ? null : 'year_missing'
    case 'quarter':
      if (!when.quarter) return 'quarter_missing'
      return isYear(when.year) ? null : 'year_missing'
    case 'year':
      return isYear(when.year) ? null : 'year_missing'
    case 'range':
      return when.from || when.to ? null : 'range_missing'
    case 'before_report':
      return firstReported ? null : 'report_missing'
    default:
      return null
  }
}

export function toOccurred(when: When, firstReported: string | null): Occurred {
  const { approximate, uncertain, ongoing, repeated, precision } = when
  return { ...boundsOf(when, firstReported), precision, approximate, uncertain, ongoing, repeated }
}

export function fromOccurred(occurred: Occurred): When {
  const when = blankWhen()
  const earliest = occurred.earliest ?? ''
  when.precision = occurred.precision
  when.approximate = occurred.approximate ?? false
  when.uncertain = occurred.uncertain ?? false
  when.ongoing = occurred.ongoing ?? null
  when.repeated = occurred.repeated ?? null
  if (occurred.precision === 'range') {
    when.from = earliest
    when.to = occurred.latest ?? ''
  } else if (earliest) {
    spread(when, earliest)
  }
  return when
}

/** Changes the precision and carries over what the finer answer already says: 20 Feb 2023 → February 2023. */
export function changePrecision(when: When, precision: string): void {
  const known = when.precision === 'range' ? when.from : when.precision === 'day' || when.precision === 'week' ? when.day : ''
  when.precision = precision
  if (isDay(known)) spread(when, known, true)
  if (when.month && !when.quarter) when.quarter = String(Math.ceil(Number(when.month) / 3))
}

function spread(when: When, day: string, keep = false): void {
  if (!keep || !when.day) when.day = day
  if (!keep || !when.year) when.year = day.slice(0, 4)
  if (!keep || !when.month) when.month = day.slice(5, 7)
  if (!keep || !when.quarter) when.quarter = String(Math.ceil(Number(day.slice(5, 7)) / 3))
}

function months(year: string, first: number, count: number): Bounds {
  const last = first + count - 1
  const days = new Date(Date.UTC(Number(year), last, 0)).getUTCDate()
  return { earliest: `${year}-${two(first)}-01`, latest: `${year}-${two(last)}-${two(days)}` }
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** Is it a day of the calendar, YYYY-MM-DD? */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

function isYear(text: string): boolean {
  return /^(1[89]|20)\d{2}$/.test(text)
}

export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * millisPerDay).toISOString().slice(0, 10)
}

/** The reader's own day, YYYY-MM-DD. */
export function todayHere(now = new Date()): string {
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}
