import { describe, expect, it } from 'vitest'
import { blankWhen, boundsOf, changePrecision, isDay, todayHere, whenFault } from './when'

const today = '2024-06-15'

describe('boundsOf', () => {
  const bounds = (parts: object, reported: string | null = null) => boundsOf({ ...blankWhen(), ...parts }, reported)

  it('gives the inclusive days of each precision', () => {
    expect(bounds({ precision: 'day', day: '2024-02-29' })).toEqual({ earliest: '2024-02-29', latest: '2024-02-29' })
    expect(bounds({ precision: 'week', day: '2023-12-29' })).toEqual({ earliest: '2023-12-29', latest: '2024-01-04' })
    expect(bounds({ precision: 'month', month: '02', year: '2023' })).toEqual({ earliest: '2023-02-01', latest: '2023-02-28' })
    expect(bounds({ precision: 'quarter', quarter: '2', year: '2023' })).toEqual({ earliest: '2023-04-01', latest: '2023-06-30' })
    expect(bounds({ precision: 'year', year: '2023' })).toEqual({ earliest: '2023-01-01', latest: '2023-12-31' })
    expect(bounds({ precision: 'range', from: '2023-01-02' })).toEqual({ earliest: '2023-01-02', latest: null })
  })

  it('fills nothing in before the report and for an unknown date', () => {
    expect(bounds({ precision: 'before_report', day: '2023-01-01', year: '2023' }, '2023-02-20')).toEqual({ earliest: null, latest: '2023-02-20' })
    expect(bounds({ precision: 'before_report' })).toEqual({ earliest: null, latest: null })
    expect(bounds({ precision: 'unknown', day: '2023-01-01', from: '2023-01-01' }, '2023-02-20')).toEqual({ earliest: null, latest: null })
    expect(bounds({ precision: 'month', year: '2023' })).toEqual({ earliest: null, latest: null })
  })
})

describe('whenFault', () => {
  const fault = (parts: object, reported: string | null = null) => whenFault({ ...blankWhen(), ...parts }, reported, today)

  it('is null for a complete date', () => {
    expect(fault({ precision: 'day', day: '2024-06-16' })).toBeNull()
    expect(fault({ precision: 'year', year: '2024' })).toBeNull()
    expect(fault({ precision: 'range', to: '2030-01-01' })).toBeNull()
    expect(fault({ precision: 'before_report' }, '2024-01-01')).toBeNull()
    expect(fault({ precision: 'unknown' })).toBeNull()
  })

  it('names what is missing or wrong', () => {
    expect(fault({})).toBe('precision_missing')
    expect(fault({ precision: 'day' })).toBe('day_missing')
    expect(fault({ precision: 'month', year: '2024' })).toBe('month_missing')
    expect(fault({ precision: 'quarter', quarter: '1', year: '24' })).toBe('year_missing')
    expect(fault({ precision: 'range' })).toBe('range_missing')
    expect(fault({ precision: 'range', from: '2024-02-02', to: '2024-02-01' })).toBe('range_reversed')
    expect(fault({ precision: 'before_report' })).toBe('report_missing')
    expect(fault({ precision: 'day', day: '2024-06-17' })).toBe('in_future')
    expect(fault({ precision: 'day', day: '2023-02-29' })).toBe('impossible_date')
  })
})

describe('changePrecision', () => {
  it('carries a finer answer over to a coarser one', () => {
    const when = { ...blankWhen(), precision: 'day', day: '2023-08-20' }
    changePrecision(when, 'quarter')
    expect(boundsOf(when, null)).toEqual({ earliest: '2023-07-01', latest: '2023-09-30' })
    changePrecision(when, 'day')
    expect(when.day).toBe('2023-08-20')
  })
})

describe('days', () => {
  it('are days of the calendar', () => {
    expect(isDay('2024-02-29')).toBe(true)
    expect(isDay('2023-02-29')).toBe(false)
    expect(isDay('20 February')).toBe(false)
    expect(todayHere(new Date(2024, 0, 5, 23, 59))).toBe('2024-01-05')
  })
})
