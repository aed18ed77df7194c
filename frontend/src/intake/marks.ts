// A text cut into pieces along places in it, which count code points and may overlap.

export interface Span {
  id: string
  start: number
  /** Exclusive */
  end: number
}

export interface Piece {
  text: string
  /** The spans that cover it, in the order given. */
  ids: string[]
}

/** The text in pieces; joined they are the text. Places outside of it are cut to it. */
export function pieces(text: string, spans: Span[]): Piece[] {
  const points = [...text]
  const edges = new Set([0, points.length])
  for (const span of spans) {
    if (span.start < span.end && span.start < points.length) edges.add(Math.max(0, span.start)).add(Math.min(points.length, span.end))
  }
  const cuts = [...edges].sort((a, b) => a - b)
  return cuts.slice(0, -1).map((from, index) => {
    const to = cuts[index + 1] ?? points.length
    return {
      text: points.slice(from, to).join(''),
      ids: spans.filter((span) => span.start <= from && span.end >= to && span.start < span.end).map((span) => span.id),
    }
  })
}

/** Code points from start to end. */
export function between(text: string, start: number, end: number): string {
  return [...text].slice(start, end).join('')
}
