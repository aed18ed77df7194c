/** Width of every picture in its own units; a picture grows downwards only. */
export const pictureWidth = 960

/** Space around the drawing. */
export const margin = 32

/** Room for the drawing between the margins. */
export const drawingWidth = pictureWidth - 2 * margin

/** The colours of paper; the screen's light scheme. */
export const ink = { text: '#191d20', soft: '#454d53', line: '#dedbd2', rest: '#767b7f', mark: '#176672', mark2: '#7fb6bd', warn: '#b4582a', paper: '#ffffff' }

/** From few to many; step 0 is nothing. charts.css holds the same colours. */
export const heat = ['#eeece6', '#cfe2e4', '#9ecad0', '#63a6af', '#1d6b77', '#083f48'] as const
const heatInk = ['#191d20', '#191d20', '#191d20', '#191d20', '#ffffff', '#ffffff'] as const

/** Fill of a tone as the charts name them: `heat-1` to `heat-5`, `rest`, `hollow`, `warn`. */
export function toneFill(tone: string): string {
  if (tone.startsWith('heat-')) return heatOf(Number(tone.slice(5))).fill
  if (tone === 'rest') return ink.rest
  if (tone === 'warn') return ink.warn
  if (tone === 'report') return ink.mark2
  return tone === 'hollow' ? 'none' : ink.mark
}

/** Fill and ink of one step of the scale. */
export function heatOf(step: number): { fill: string; ink: string } {
  const at = Math.min(heat.length - 1, Math.max(0, Math.trunc(step)))
  return { fill: heat[at] ?? heat[0], ink: heatInk[at] ?? heatInk[0] }
}

/** Text as it may stand in XML; marks of direction and control characters are left out. */
export function escapeXml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u2066-\u2069\ufffe\uffff]/g, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
}

interface TextStyle {
  size?: number
  fill?: string
  bold?: boolean
  anchor?: 'start' | 'middle' | 'end'
}

/** One line of text with its baseline at y. */
export function textAt(x: number, y: number, text: string, style: TextStyle = {}): string {
  const { size = 14, fill = ink.text, bold = false, anchor = 'start' } = style
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${fill}"${bold ? ' font-weight="650"' : ''}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${escapeXml(text)}</text>`
}

/** A rectangle; a hollow one has a line only. */
export function rect(x: number, y: number, width: number, height: number, fill: string): string {
  const line = fill === 'none' ? ` stroke="${ink.rest}"` : ''
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(0, width))}" height="${round(height)}" fill="${fill}"${line}/>`
}

// Mean width of a character in the units of the font size: wide enough for the usual fonts.
const meanWidth = 0.56
const meanBold = 0.68

/** Breaks a text into lines of at most `width` units. */
export function wrap(text: string, width: number, size: number, bold = false): string[] {
  const room = Math.max(8, Math.floor(width / (size * (bold ? meanBold : meanWidth))))
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line && line.length + 1 + word.length > room) {
      lines.push(line)
      line = ''
    }
    line = line ? `${line} ${word}` : word
  }
  if (line) lines.push(line)
  return lines
}

/** Cuts a text that is longer than `width` units, with an ellipsis. */
export function clip(text: string, width: number, size: number): string {
  const room = Math.max(3, Math.floor(width / (size * meanWidth)))
  return text.length <= room ? text : `${text.slice(0, room - 1).trimEnd()}…`
}

export function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** A part of a picture: its markup, drawn from y = 0, and how high it is. */
export interface Block {
  markup: string
  height: number
}

/** What stands around a drawing, so that the picture can be quoted alone. */
export interface Frame {
  title: string
  reading: string
  facts: string[]
  /** Who says so, as of when, over which filter. */
  source?: string
}

// The name of the SVG namespace; nothing is loaded from it.
const namespace = ['http:', '', 'www.w3.org', '2000', 'svg'].join('/')

/** A whole SVG file: heading, reading, facts, drawing, notes, source line. Attributes only, no style sheet. */
export function framed(frame: Frame, block: Block): string {
  const parts: string[] = []
  let y = margin
  const lines = (text: string, size: number, fill: string, bold = false, gap = 1.35) => {
    for (const line of wrap(text, drawingWidth, size, bold)) {
      y += size * gap
      parts.push(textAt(margin, y, line, { size, fill, bold }))
    }
  }
  lines(frame.title, 14, ink.soft, true)
  lines(frame.reading, 22, ink.text, true)
  y += 4
  lines(frame.facts.join(' · '), 12, ink.soft, false, 1.5)
  y += 22
  parts.push(`<g transform="translate(${margin} ${round(y)})">${block.markup}</g>`)
  y += block.height + 8
  if (frame.source) lines(frame.source, 12, ink.soft, false, 1.5)
  const height = round(y + margin)
  return `<svg xmlns="${namespace}" viewBox="0 0 ${pictureWidth} ${height}" width="${pictureWidth}" height="${height}" role="img" font-family="system-ui, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif"><title>${escapeXml(`${frame.title}. ${frame.reading}`)}</title><rect width="${pictureWidth}" height="${height}" fill="${ink.paper}"/>${parts.join('')}</svg>\n`
}
