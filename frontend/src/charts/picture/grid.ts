import { clip, drawingWidth, heatOf, ink, rect, textAt, wrap, type Block } from './svg'

/** One cell: what it says, and its step on the scale; without a step it is not coloured. */
export interface GridCell {
  text: string
  step?: number
}

export interface GridRow {
  label: string
  cells: GridCell[]
}

const labelWidth = 200
const rowHeight = 28

/** A heat-map, or a plain table when no cell has a step. */
export function gridBlock(corner: string, columns: string[], rows: GridRow[]): Block {
  const width = (drawingWidth - labelWidth) / Math.max(1, columns.length)
  const heads = columns.map((column) => wrap(column, width - 4, 10).slice(0, 6))
  const headHeight = 12 + 12 * Math.max(1, ...heads.map((lines) => lines.length))
  const parts = [textAt(0, headHeight - 6, clip(corner, labelWidth, 11), { size: 11, fill: ink.soft })]
  heads.forEach((lines, index) => {
    lines.forEach((line, nth) => {
      const y = headHeight - 6 - (lines.length - 1 - nth) * 12
      parts.push(textAt(labelWidth + (index + 0.5) * width, y, clip(line, width, 10), { size: 10, anchor: 'middle', fill: ink.soft }))
    })
  })
  rows.forEach((row, index) => {
    const y = headHeight + index * rowHeight
    parts.push(textAt(0, y + 18, clip(row.label, labelWidth - 8, 13), { size: 13 }))
    row.cells.forEach((cell, nth) => {
      const colours = cell.step === undefined ? { fill: ink.paper, ink: ink.soft } : heatOf(cell.step)
      const x = labelWidth + nth * width
      parts.push(rect(x + 1, y + 1, width - 2, rowHeight - 2, colours.fill))
      parts.push(textAt(x + width / 2, y + 18, clip(cell.text, width, 12), { size: 12, anchor: 'middle', fill: colours.ink }))
    })
  })
  return { markup: parts.join(''), height: headHeight + rows.length * rowHeight + 6 }
}
