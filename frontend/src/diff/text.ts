// The difference of two texts, word by word, in any script.
import { diffArrays } from 'diff'

export interface Piece {
  kind: 'same' | 'added' | 'removed'
  text: string
}

// Chinese, Tibetan and Thai have no spaces between words: the segmenter knows their words. Its locale decides nothing here.
const segmenter = typeof Intl.Segmenter === 'function' ? new Intl.Segmenter('en', { granularity: 'word' }) : null

// Two texts that share nothing may take long to compare; then they stand one after the other.
const patience = 400

/** Words, blanks and marks, in order; joined again they are the text. */
export function words(text: string): string[] {
  if (segmenter) return Array.from(segmenter.segment(text), (part) => part.segment)
  return text.match(/\s+|\S+/gu) ?? []
}

/** What left and what joined. Words that changed side by side make one piece, blanks between them included. */
export function diffText(before: string, after: string): Piece[] {
  const parts = diffArrays(words(before), words(after), { timeout: patience })
  if (!parts) return whole(before, after)
  return joined(
    parts.map((part) => ({ kind: part.added ? 'added' : part.removed ? 'removed' : 'same', text: part.value.join('') })),
  )
}

function whole(before: string, after: string): Piece[] {
  const both: Piece[] = [{ kind: 'removed', text: before }, { kind: 'added', text: after }]
  return both.filter((piece) => piece.text !== '')
}

/** Joins changes that only blanks keep apart: "old words" → "new text" reads better than word for word. */
function joined(pieces: Piece[]): Piece[] {
  const out: Piece[] = []
  let removed = ''
  let added = ''
  const flush = () => {
    out.push(...whole(removed, added))
    removed = added = ''
  }
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === 'removed') removed += piece.text
    else if (piece.kind === 'added') added += piece.text
    else if (removed && added && isGap(piece.text) && changes(pieces, index)) {
      removed += piece.text
      added += piece.text
    } else {
      flush()
      out.push(piece)
    }
  }
  flush()
  return out
}

/** Does a replacement, not a mere insertion or removal, follow? */
function changes(pieces: Piece[], index: number): boolean {
  const next = [pieces[index + 1]?.kind, pieces[index + 2]?.kind]
  return next.includes('removed') && next.includes('added')
}

function isGap(text: string): boolean {
  return /^[^\S\n]+$/u.test(text)
}
