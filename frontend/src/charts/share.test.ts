import { describe, expect, test } from 'vitest'
import { extent, fraction } from './share'

describe('fraction', () => {
  test('prints the fraction beside one decimal', () => {
    expect(fraction(272, 1219)).toBe('272 of 1,219 (22.3 %)')
  })
  test('rounds a half up', () => {
    // 12.25 and 0.05 percent lie exactly between two tenths.
    expect(fraction(49, 400)).toBe('49 of 400 (12.3 %)')
    expect(fraction(1, 2000)).toBe('1 of 2,000 (0.1 %)')
  })
  test('rounds what is below a half down', () => {
    expect(fraction(1, 2001)).toBe('1 of 2,001 (0.0 %)')
    expect(fraction(157, 1219)).toBe('157 of 1,219 (12.9 %)')
  })
  test('passes 100 % when there is more than one value to a record', () => {
    expect(fraction(3, 2)).toBe('3 of 2 (150.0 %)')
  })
  test('has no share without a denominator', () => {
    expect(fraction(0, 0)).toBe('0')
  })
})

describe('extent', () => {
  test('is relative to the longest bar', () => {
    expect(extent(68, 272)).toBe(0.25)
  })
  test('is nothing where nothing was counted', () => {
    expect(extent(0, 0)).toBe(0)
  })
  test('never passes the end of the axis', () => {
    expect(extent(9, 5)).toBe(1)
  })
})
