import { describe, expect, it } from 'vitest'
import { en } from './en'
import { describeOccurred, describeOccurredShort, formatAgo, formatShare, isolate, lookup, t } from './index'

describe('t', () => {
  it('picks the plural form and writes numbers by the locale', () => {
    expect(t('list.count', { count: 1 })).toBe('1 recorded incident')
    expect(t('list.count', { count: 1219 })).toBe('1,219 recorded incidents')
    expect(t('list.count', { count: 0 })).toBe('0 recorded incidents')
  })

  it('leaves a placeholder without a value visible', () => {
    expect(t('common.title')).toBe('{page} – Farwatch')
  })

  it('does not read user text as a placeholder', () => {
    expect(t('common.remove_item', { name: '{count} $& $1' })).toBe('Remove {count} $& $1')
  })
})

describe('lookup', () => {
  it('answers undefined for an unknown key', () => {
    expect(lookup('problem.session.expired')).toBe('Your session has ended. Sign in again.')
    expect(lookup('problem.no.such.code')).toBeUndefined()
  })
})

describe('catalogue', () => {
  it('has every plural in both English forms', () => {
    const keys = Object.keys(en).filter((key) => key.includes('#'))
    const bases = new Set(keys.map((key) => key.split('#')[0]))
    expect(keys.length).toBe(bases.size * 2)
  })

  it('keeps the placeholders of plural twins alike', () => {
    const texts: Record<string, string> = en
    const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()
    for (const key of Object.keys(texts).filter((name) => name.endsWith('#other'))) {
      expect(names(texts[key.replace('#other', '#one')] ?? ''), key).toEqual(names(texts[key] ?? ''))
    }
  })
})

describe('describeOccurred', () => {
  const bounds = (earliest: string | null, latest: string | null, precision: string) => ({ earliest, latest, precision })

  it('says what is known and no more', () => {
    expect(describeOccurred(bounds(null, '2023-02-20', 'before_report'))).toBe('Some time before it was reported on 20 February 2023')
    expect(describeOccurred(bounds('2024-05-01', '2024-05-31', 'month'))).toBe('May 2024')
    expect(describeOccurred(bounds('2024-04-01', '2024-06-30', 'quarter'))).toBe('Quarter 2 of 2024')
    expect(describeOccurred(bounds('2024-01-01', '2024-12-31', 'year'))).toBe('In 2024')
    expect(describeOccurred(bounds(null, '2024-12-31', 'range'))).toBe('On or before 31 December 2024')
    expect(describeOccurred(bounds(null, null, 'unknown'))).toBe('Date not known')
  })

  it('keeps doubt beside the date', () => {
    expect(describeOccurred({ ...bounds('2024-05-01', '2024-05-31', 'month'), approximate: true })).toBe('May 2024 (approximately)')
    expect(describeOccurred({ ...bounds('2024-05-03', '2024-05-03', 'day'), approximate: true, uncertain: true })).toBe('3 May 2024 (approximate and uncertain)')
  })

  it('shortens for tables', () => {
    expect(describeOccurredShort(bounds(null, '2023-02-20', 'before_report'))).toBe('before 20 Feb 2023')
    expect(describeOccurredShort({ ...bounds('2024-05-01', '2024-05-31', 'month'), approximate: true })).toBe('about May 2024')
    expect(describeOccurredShort(bounds(null, null, 'unknown'))).toBe('')
  })
})

describe('formats', () => {
  it('rounds shares half up to one decimal', () => {
    expect(formatShare(272, 1219)).toBe('22.3 %')
    expect(formatShare(1, 8)).toBe('12.5 %')
    expect(formatShare(1, 0)).toBe('')
  })

  it('says how long ago something was', () => {
    const now = new Date('2026-03-10T12:00:00Z')
    const said = ['2026-03-10T12:00:00Z', '2026-03-10T11:57:30Z', '2026-03-10T09:00:00Z', '2026-03-09T11:00:00Z', '2025-12-10T12:00:00Z', '2023-03-01T12:00:00Z']
    expect(said.map((iso) => formatAgo(iso, now))).toEqual(['now', '2 minutes ago', '3 hours ago', 'yesterday', '2 months ago', '3 years ago'])
  })

  it('isolates user text', () => {
    expect(isolate('نص')).toBe('\u2068نص\u2069')
  })
})
