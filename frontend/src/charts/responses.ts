import type { StatsTable } from './cross'
import { countOf, type Rank } from './rank'
import type { Breakdown } from './types'

/** What the host did about the incident, and general statements apart: they answer nothing. */
export function hostDeeds(responses: Breakdown, aboutIncident: (code: string) => boolean): { deeds: Breakdown; general: Rank[] } {
  const deeds = { ...responses, items: responses.items.filter((item) => aboutIncident(item.code)) }
  return { deeds, general: responses.items.filter((item) => !aboutIncident(item.code)) }
}

/** Incidents in which the host worked with the perpetrator, by host; the share is of that host's incidents. */
export function cooperation(table: StatsTable): { breakdown: Breakdown; whole: (code: string) => number } {
  const totals = new Map(table.rows.map((row) => [row.code, row.count]))
  const items = table.cells
    .filter((cell) => cell.column === 'cooperated_with_perpetrator' && cell.row !== 'unknown')
    .map((cell) => ({ code: cell.row, count: cell.count }))
  return {
    breakdown: { unit: 'incidents', denominator: table.incidents, multi_valued: true, unknown: 0, items },
    whole: (code) => totals.get(code) ?? table.incidents,
  }
}

/** Answers of the accused state over the incidents in which it was asked; never asked stands beside. */
export function answersOf(
  responses: Breakdown, asked: Breakdown, isAnswer: (code: string) => boolean,
): { breakdown: Breakdown; notAsked: number; notRecorded: number } {
  return {
    breakdown: { ...responses, denominator: countOf(asked, 'asked'), unknown: 0, items: responses.items.filter((item) => isAnswer(item.code)) },
    notAsked: countOf(asked, 'not_asked'),
    notRecorded: asked.unknown,
  }
}
