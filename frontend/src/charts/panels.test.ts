import { describe, expect, test } from 'vitest'
import { coverageGrid, coverageState } from './coverage'
import { boundsText } from './drawings'
import { buildFlow } from './flow'
import { pictureOf } from './picture'
import { rangePanels, rangeSpan, rangeText } from './ranges'
import { answersOf, cooperation, hostDeeds } from './responses'
import { slug } from './save'

describe('buildFlow', () => {
  const cell = (origin_country: string, host_country: string, count: number) => ({ origin_country, host_country, count })
  test('draws only the most frequent pairs, bands as thick as their counts', () => {
    const flow = buildFlow([cell('CHN', 'THA', 30), cell('CHN', 'USA', 10), cell('TUR', 'DEU', 20), cell('IRN', 'FRA', 1)], 3, (code) => code)
    expect(flow.links.map((link) => `${link.origin}>${link.host} ${link.count}`)).toEqual(['CHN>THA 30', 'CHN>USA 10', 'TUR>DEU 20'])
    expect(flow.drawn).toBe(60)
    expect(flow.origins.map((node) => [node.code, node.count])).toEqual([['CHN', 40], ['TUR', 20]])
    expect(flow.links[0]!.size / flow.links[1]!.size).toBeCloseTo(3)
  })
})

describe('money as stated', () => {
  const stated = (currency: string, period: string, min: number | null, max: number | null, text: string) => ({ currency, period, min, max, text, count: 1 })
  test('never shares an axis between currency words or periods', () => {
    const panels = rangePanels([stated('dollars', 'month', 7000, 8000, '7 to 8 thousand'), stated('dollars', 'once', 50000, null, 'at least 50,000'), stated('pounds', 'month', null, null, 'thousands')], (code) => code)
    expect(panels.map((panel) => [panel.title, panel.highest])).toEqual([['dollars, month', 8000], ['dollars, once', 50000], ['pounds, month', 0]])
    expect(rangeSpan(panels[0]!.items[0]!, 8000)).toEqual({ from: 0.875, to: 1, open: false })
    expect(rangeSpan(panels[2]!.items[0]!, 0)).toBeNull()
    expect(panels.map((panel) => rangeText(panel.items[0]!))).toEqual(['7,000–8,000', 'from 50,000', 'no figure'])
  })
})

describe('answers', () => {
  const breakdown = (items: { code: string; count: number }[], denominator: number, unknown = 0) => ({ unit: 'incidents' as const, denominator, multi_valued: true, unknown, items })
  test('general statements stand apart from what a host did', () => {
    const { deeds, general } = hostDeeds(breakdown([{ code: 'conviction', count: 2 }, { code: 'general_statement', count: 9 }], 20), (code) => code === 'conviction')
    expect(deeds.items).toEqual([{ code: 'conviction', count: 2 }])
    expect(general).toEqual([{ code: 'general_statement', count: 9 }])
  })
  test('the accused is divided by who was asked; never asked stands beside', () => {
    const answers = answersOf(breakdown([{ code: 'denial_blanket', count: 3 }, { code: 'not_asked', count: 8 }], 20), breakdown([{ code: 'asked', count: 5 }, { code: 'not_asked', count: 7 }], 20, 8), (code) => code === 'denial_blanket')
    expect(answers.breakdown.denominator).toBe(5)
    expect(answers.breakdown.items).toEqual([{ code: 'denial_blanket', count: 3 }])
    expect([answers.notAsked, answers.notRecorded]).toEqual([7, 8])
  })
  test('a host is divided by its own incidents', () => {
    const figure = { max: null, without_max: 0 }
    const helped = cooperation({
      as_of: '', rows_field: 'host_country', columns_field: 'host_responses', measure: 'incidents', include_implied: false, incidents: 50, total: { count: 50, ...figure },
      rows: [{ code: 'THA', count: 12, ...figure }], columns: [], cells: [{ row: 'THA', column: 'cooperated_with_perpetrator', count: 5, ...figure }, { row: 'THA', column: 'sanctions', count: 1, ...figure }],
      omitted_rows: 0, omitted_columns: 0,
    })
    expect(helped.breakdown.items).toEqual([{ code: 'THA', count: 5 }])
    expect(helped.whole('THA')).toBe(12)
  })
})

describe('coverage', () => {
  const pair = (community: string, host_country: string, count: number, partner: number, own_language: boolean | null) => ({ community, host_country, count, partner, own_language })
  test('not known is no proof of a language', () => {
    expect([pair('a', 'X', 1, 1, true), pair('a', 'X', 1, 1, null), pair('a', 'X', 1, 0, true), pair('a', 'X', 1, 0, null)].map(coverageState)).toEqual(['both', 'partner', 'language', 'neither'])
  })
  test('counts states over all pairs, draws the largest', () => {
    const grid = coverageGrid([pair('a', 'X', 5, 0, false), pair('b', 'Y', 9, 2, true), pair('c', 'X', 1, 0, false)], 2, 1)
    expect(grid.communities).toEqual(['b', 'a'])
    expect(grid.hosts).toEqual(['Y'])
    expect(grid.states).toEqual({ both: 1, partner: 0, language: 0, neither: 2 })
  })
})

describe('boundsText', () => {
  test('closes a range only when every target has an upper bound', () => {
    expect([boundsText(4, 6, 0), boundsText(4, 4, 0), boundsText(12, 6, 2), boundsText(1300, null, 0)]).toEqual(['4–6', '4', '12 or more', '1,300'])
  })
})

describe('pictureOf', () => {
  const frame = { title: 'Accused <states>', reading: 'China & others.', facts: ['Unit: incidents'], source: 'Farwatch, as of 1 Mar 2026' }
  test('is an XML file of its own with title, reading, facts and source', async () => {
    const svg = await pictureOf(frame, { kind: 'bars', items: [{ label: '"Türkiye" & co', count: 3, value: '3 of 9 (33.3 %)' }] })
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    for (const text of ['Accused &lt;states&gt;', 'China &amp; others.', 'Unit: incidents', 'Farwatch, as of 1 Mar 2026', '&quot;Türkiye&quot; &amp; co', '3 of 9 (33.3 %)']) expect(svg).toContain(text)
    expect(svg).not.toMatch(/style=|<script|href=/)
  })
  test('draws every kind', async () => {
    const svgs = await Promise.all([
      pictureOf(frame, { kind: 'stacked', items: [{ label: 'Yes', count: 1, value: '1', tone: 'heat-5' }] }),
      pictureOf(frame, { kind: 'columns', groups: [{ label: '2022', values: [{ count: 2, tone: 'event' }] }], legend: [] }),
      pictureOf(frame, { kind: 'grid', corner: 'Rows', columns: ['A'], rows: [{ label: 'B', cells: [{ text: '7', step: 3 }] }] }),
      pictureOf(frame, { kind: 'flow', flow: buildFlow([{ origin_country: 'CHN', host_country: 'THA', count: 3 }], 10, (code) => code) }),
      pictureOf(frame, { kind: 'ranges', panels: [{ title: 'dollars, month', highest: 9, items: [{ label: 'nine', min: 9, max: 9, count: 1 }] }] }),
      pictureOf(frame, { kind: 'map', areas: async () => [{ path: 'M0 0Z', step: 2 }], legend: [] }),
    ])
    expect(svgs.map((svg) => /Yes|2022|>B<|CHN 3|nine|M0 0Z/.exec(svg)?.[0])).toEqual(['Yes', '2022', '>B<', 'CHN 3', 'nine', 'M0 0Z'])
  })
})

describe('slug', () => {
  test('makes a file name of any title', () => {
    expect([slug('Were the police told?'), slug('Türkiye – Ö'), slug('？')]).toEqual(['were-the-police-told', 'turkiye-o', 'chart'])
  })
})
