// Quotes and their places in the text of a source, counted in code points of its normal form, as the server does.
import { locate } from './coding'
import type { Citation, Draft } from './draft'

const longestQuote = 5000

/** The words between two places of a text box, without white space around them; null when there are none. */
export function quoteAt(text: string, from: number, to: number): { quote: string; start: number; end: number } | null {
  const selected = text.slice(from, to)
  const inner = selected.trim()
  if (inner === '') return null
  const before = text.slice(0, from + selected.indexOf(inner)).normalize('NFC')
  const quote = inner.normalize('NFC')
  const start = [...before].length
  const length = [...quote].length
  return length > longestQuote ? null : { quote, start, end: start + length }
}

/** Finds the quotes of a source anew after its text changed; a quote that is gone or not unique loses its place. */
export function relocate(text: string | null, citations: Citation[]): void {
  const points = [...(text ?? '').normalize('NFC')]
  for (const citation of citations) {
    if (!citation.quote || citation.start == null || citation.end == null) continue
    if (points.slice(citation.start, citation.end).join('') === citation.quote) continue
    const place = locate(points.join(''), citation.quote)
    citation.start = place?.start ?? null
    citation.end = place?.end ?? null
  }
}

/** The entries that rest on a source: citations, evidence, answers of states, copies of it. While there is one, it stays. */
export function restingOn(draft: Draft, source: string): string[] {
  return [
    ...draft.citations.filter((item) => item.source === source),
    ...draft.evidence.filter((item) => item.source === source),
    ...draft.responses.filter((item) => item.source === source),
    ...draft.sources.filter((item) => item.derived_from === source),
  ].map((item) => item.id)
}
