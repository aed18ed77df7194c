import { formatDay, formatMonth, formatShortDay } from './format'
import { t } from './messages'

/** Dates as the API gives them: inclusive days, null is open. */
export interface OccurredDates {
  earliest?: string | null
  latest?: string | null
  precision: string
  approximate?: boolean
  uncertain?: boolean
}

/** An imprecise date in words: "Some time before it was reported on 20 February 2023". Never a day that nobody stated. */
export function describeOccurred(occurred: OccurredDates): string {
  const date = bare(occurred)
  if (occurred.approximate && occurred.uncertain) return t('common.date.both', { date })
  if (occurred.approximate) return t('common.date.approximate', { date })
  if (occurred.uncertain) return t('common.date.uncertain', { date })
  return date
}

/** The same in few words for tables: "before 20 Feb 2023", "about May 2024", "Q2 2023"; empty when nothing is known. */
export function describeOccurredShort(occurred: OccurredDates): string {
  const date = bareShort(occurred)
  if (date === '') return ''
  if (occurred.uncertain) return t('common.date_short.uncertain', { date })
  if (occurred.approximate) return t('common.date_short.approximate', { date })
  return date
}

function bareShort({ earliest, latest, precision }: OccurredDates): string {
  if (earliest && latest) {
    const year = earliest.slice(0, 4)
    if (precision === 'day') return formatShortDay(earliest)
    if (precision === 'month') return formatMonth(earliest)
    if (precision === 'quarter') return t('common.date_short.quarter', { quarter: quarterOf(earliest), year })
    if (precision === 'year') return year
    return t('common.date_short.between', { from: formatShortDay(earliest), to: formatShortDay(latest) })
  }
  if (latest && precision === 'before_report') return t('common.date_short.before_report', { to: formatShortDay(latest) })
  if (latest) return t('common.date_short.until', { to: formatShortDay(latest) })
  return earliest ? t('common.date_short.since', { from: formatShortDay(earliest) }) : ''
}

function bare({ earliest, latest, precision }: OccurredDates): string {
  if (earliest && latest) return closed(earliest, latest, precision)
  if (latest && precision === 'before_report') return t('common.date.before_report', { to: formatDay(latest) })
  if (latest) return t('common.date.until', { to: formatDay(latest) })
  if (earliest) return t('common.date.since', { from: formatDay(earliest) })
  return t('common.date.unknown')
}

function closed(earliest: string, latest: string, precision: string): string {
  // Years stay plain text: a number would be written with a thousands separator.
  const year = earliest.slice(0, 4)
  switch (precision) {
    case 'day':
      return t('common.date.on', { day: formatDay(earliest) })
    case 'week':
      return t('common.date.week', { from: formatDay(earliest), to: formatDay(latest) })
    case 'month':
      return t('common.date.month', { month: formatMonth(earliest) })
    case 'quarter':
      return t('common.date.quarter', { quarter: quarterOf(earliest), year })
    case 'year':
      return t('common.date.year', { year })
    default:
      return t('common.date.between', { from: formatDay(earliest), to: formatDay(latest) })
  }
}

function quarterOf(day: string): string {
  return String(Math.ceil(Number(day.slice(5, 7)) / 3))
}
