import type { Schemas } from '../api'

type Years = Schemas['Years']

export interface YearRow {
  year: number
  event: number
  report: number
}

export interface YearSeries {
  /** Every year from the first to the last, empty ones included. */
  rows: YearRow[]
  /** Records that no single year holds. */
  undated: { event: number; report: number }
  /** The longest bar, the undated ones included. */
  longest: number
}

/** Two series on one axis. A year without records is a row of zeros, not a missing row. */
export function yearSeries(event: Years, report: Years): YearSeries {
  const events = new Map(event.items.map((item) => [item.year, item.count]))
  const reports = new Map(report.items.map((item) => [item.year, item.count]))
  const known = [...events.keys(), ...reports.keys()]
  const rows: YearRow[] = []
  if (known.length > 0) {
    for (let year = Math.min(...known); year <= Math.max(...known); year++) {
      rows.push({ year, event: events.get(year) ?? 0, report: reports.get(year) ?? 0 })
    }
  }
  const undated = { event: event.undated, report: report.undated }
  const counts = rows.flatMap((row) => [row.event, row.report])
  return { rows, undated, longest: Math.max(0, undated.event, undated.report, ...counts) }
}

/** Years with the most records of the event, earliest first. */
export function peakYears(series: YearSeries): YearRow[] {
  const most = Math.max(0, ...series.rows.map((row) => row.event))
  return most === 0 ? [] : series.rows.filter((row) => row.event === most)
}

/** Round values for the gridlines of an axis from 0 to `highest`: at most five, the last at or above it. */
export function ticks(highest: number): number[] {
  if (highest <= 0) return [0]
  const step = niceStep(highest / 4)
  const list: number[] = []
  for (let value = 0; value < highest + step; value += step) list.push(value)
  return list
}

function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw))
  const factor = [1, 2, 5, 10].find((nice) => nice * power >= raw) ?? 10
  return Math.max(1, factor * power)
}
