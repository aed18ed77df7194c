import { describe, expect, test } from 'vitest'
import { buildMatrix } from './matrix'
import {
  definitionsReading, mapReading, matrixReading, personsText, policeReading, rankedReading, verificationReading, yearsReading,
} from './sentences'
import type { Breakdown } from './types'
import { yearSeries } from './years'

const names: Record<string, string> = { CHN: 'China', TUR: 'Türkiye', IRN: 'Iran', THA: 'Thailand' }
const label = (code: string) => names[code] ?? code

function breakdown(denominator: number, counts: Record<string, number>, unknown = 0): Breakdown {
  const items = Object.entries(counts).map(([code, count]) => ({ code, count }))
  return { unit: 'incidents', denominator, multi_valued: false, unknown, items }
}

describe('rankedReading', () => {
  test('names the state, the fraction and the share', () => {
    expect(rankedReading('origin', breakdown(1219, { CHN: 272, TUR: 157 }), label)).toBe(
      'China is accused in 272 of 1,219 recorded incidents (22.3 %).',
    )
  })
  test('speaks of one incident in the singular', () => {
    expect(rankedReading('origin', breakdown(1, { CHN: 1 }), label)).toBe('China is accused in 1 of 1 recorded incident (100.0 %).')
  })
  test('names all that share the first place', () => {
    expect(rankedReading('origin', breakdown(10, { CHN: 4, TUR: 4 }), label)).toBe(
      'China and Türkiye are each accused in 4 of 10 recorded incidents (40.0 %).',
    )
    expect(rankedReading('host', breakdown(10, { THA: 4, TUR: 4 }), label)).toBe(
      '4 of 10 recorded incidents (40.0 %) took place in each of Thailand and Türkiye.',
    )
  })
  test('says how many more share it when a sentence cannot carry them', () => {
    const methods = breakdown(5, { a: 2, b: 2, c: 2, d: 2, e: 2 })
    expect(rankedReading('methods', methods, (code) => code)).toBe(
      'Most frequent: a, b, c, and 2 more, each in 2 of 5 recorded incidents (40.0 %).',
    )
  })
  test('says what the denominator of offers is', () => {
    expect(rankedReading('inducements', breakdown(45, { family_contact: 12 }), () => 'Contact with relatives')).toBe(
      'Most often offered: Contact with relatives, in 12 of 45 incidents with a recruitment method (26.7 %).',
    )
  })
  test('says so when nothing is recorded', () => {
    expect(rankedReading('demands', breakdown(0, {}), label)).toBe('Nothing is recorded on this in the present selection.')
    expect(rankedReading('methods', breakdown(12, {}, 12), label)).toBe('Nothing is recorded on this in the present selection.')
  })
})

describe('matrixReading', () => {
  test('names the most frequent pair', () => {
    const matrix = buildMatrix([{ origin_country: 'CHN', host_country: 'THA', count: 34 }], 10, 12)
    expect(matrixReading(matrix, 1219, label)).toBe(
      'The most frequent pair is China in Thailand: 34 of 1,219 recorded incidents (2.8 %).',
    )
  })
})

describe('mapReading', () => {
  test('counts the countries', () => {
    expect(mapReading('accused', breakdown(1219, { CHN: 272, TUR: 157 }), label)).toBe(
      '2 states are accused; most often China: 272 of 1,219 (22.3 %).',
    )
    expect(mapReading('host', breakdown(5, { THA: 5 }), label)).toBe(
      'Incidents are recorded in 1 host country; most in Thailand: 5 of 5 (100.0 %).',
    )
  })
})

describe('yearsReading', () => {
  const report = { denominator: 20, undated: 20, items: [] }
  test('writes a year without a separator', () => {
    const event = { denominator: 1219, undated: 31, items: [{ year: 2021, count: 214 }, { year: 2022, count: 3 }] }
    expect(yearsReading(yearSeries(event, report), 1219)).toBe('Most events fall in 2021: 214 of 1,219 recorded incidents (17.6 %).')
  })
  test('names years that are equal', () => {
    const event = { denominator: 20, undated: 0, items: [{ year: 2021, count: 10 }, { year: 2022, count: 10 }] }
    expect(yearsReading(yearSeries(event, report), 20)).toBe(
      'Most events fall in 2021 and 2022, 10 of 20 recorded incidents (50.0 %) in each.',
    )
  })
  test('says so when all are undated', () => {
    expect(yearsReading(yearSeries(report, report), 20)).toBe('No record in this selection lies in a single year.')
  })
})

describe('policeReading', () => {
  test('divides by the known ones only', () => {
    expect(policeReading(breakdown(1219, { yes: 120, no: 180 }, 919))).toBe(
      'Where this is known, the police were told in 120 of 300 recorded incidents (40.0 %); for 919 it is not known.',
    )
  })
  test('never counts unknown as no', () => {
    expect(policeReading(breakdown(7, {}, 7))).toBe('For all 7 recorded incidents it is not known whether the police were told.')
    expect(policeReading(breakdown(3, { yes: 1 }, 2))).toBe(
      'Where this is known, the police were told in 1 of 1 recorded incident (100.0 %); for 2 it is not known.',
    )
    expect(policeReading(breakdown(1, {}, 1))).toBe('For the 1 recorded incident it is not known whether the police were told.')
  })
})

describe('verificationReading', () => {
  test('adds up what rests on more than one word', () => {
    const verification = breakdown(100, { single_source: 30, corroborated: 40, evidence_examined: 8, officially_confirmed: 2, disputed: 20 })
    expect(verificationReading(verification)).toBe(
      'Corroborated, resting on examined evidence or officially confirmed: 50 of 100 recorded incidents (50.0 %).',
    )
  })
})

describe('definitionsReading', () => {
  test('stands the three side by side', () => {
    const stats = {
      incidents: 1219,
      in_fh_scope: breakdown(1219, { yes: 900, no: 319 }),
      in_uk_scope: breakdown(1219, { yes: 88 }),
      in_ohchr_scope: breakdown(1219, { unclear: 1219 }),
    }
    expect(definitionsReading(stats)).toBe(
      "Freedom House's definition covers 900 of 1,219 recorded incidents, the UK's 88, OHCHR's 0.",
    )
  })
})

describe('personsText', () => {
  test('is a range when every record states an upper bound', () => {
    expect(personsText({ min: 1300, max: 2300, without_max: 0 }, 1219)).toEqual({
      figure: '1,300–2,300',
      unit: 'persons targeted',
      notes: ['Lower to upper bound; every record states both.'],
    })
  })
  test('is open when a record states none, and says over how many the upper bound adds up', () => {
    // The sum over the others may even lie below the lower bound over all.
    expect(personsText({ min: 1300, max: 1250, without_max: 34 }, 1219)).toEqual({
      figure: '1,300',
      unit: 'persons targeted, or more',
      notes: ['34 records state no upper bound.', 'Upper bound of the other 1,185 records: 1,250.'],
    })
  })
  test('has no upper bound when no record states one', () => {
    expect(personsText({ min: 1, max: null, without_max: 1 }, 1)).toEqual({
      figure: '1',
      unit: 'person targeted, or more',
      notes: ['1 record states no upper bound.'],
    })
  })
  test('is one number when both bounds agree', () => {
    expect(personsText({ min: 3, max: 3, without_max: 0 }, 3).figure).toBe('3')
  })
})
