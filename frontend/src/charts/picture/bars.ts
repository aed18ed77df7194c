import { extent } from '../share'
import { clip, drawingWidth, ink, rect, textAt, toneFill, type Block } from './svg'

/** One bar, or the range from `count` to `upto` of a lower and an upper bound. */
export interface BarItem {
  label: string
  count: number
  upto?: number
  /** The figure beside the bar. */
  value: string
  tone?: string
}

const rowHeight = 26
const labelWidth = 250
const valueWidth = 190

/** Ranked bars: name, bar, figure. */
export function barsBlock(items: BarItem[]): Block {
  const longest = Math.max(0, ...items.map((item) => item.upto ?? item.count))
  const room = drawingWidth - labelWidth - valueWidth - 20
  const parts = items.map((item, index) => {
    const y = index * rowHeight
    const width = Math.max(item.count > 0 ? 2 : 0, extent(item.count, longest) * room)
    let bar = rect(labelWidth + 10, y + 4, width, 16, toneFill(item.tone ?? 'mark'))
    if (item.upto !== undefined && item.upto > item.count) {
      const end = extent(item.upto, longest) * room
      bar += rect(labelWidth + 10 + width, y + 8, end - width, 8, ink.mark2)
    }
    return textAt(0, y + 17, clip(item.label, labelWidth, 14)) + bar + textAt(drawingWidth, y + 17, item.value, { anchor: 'end', fill: ink.soft, size: 13 })
  })
  return { markup: parts.join(''), height: items.length * rowHeight + 8 }
}

/** One part of a stacked bar. */
export interface PartItem {
  label: string
  count: number
  value: string
  tone: string
}

/** One bar in parts, and its legend. */
export function stackedBlock(items: PartItem[]): Block {
  const whole = items.reduce((sum, item) => sum + item.count, 0)
  let x = 0
  const parts: string[] = []
  for (const item of items) {
    const width = extent(item.count, whole) * drawingWidth
    if (width > 0) parts.push(rect(x, 0, Math.max(1, width - 1), 34, toneFill(item.tone)))
    x += width
  }
  items.forEach((item, index) => {
    const y = 58 + index * 24
    parts.push(rect(0, y - 12, 16, 14, toneFill(item.tone)), textAt(26, y, clip(item.label, 560, 14)))
    parts.push(textAt(drawingWidth, y, item.value, { anchor: 'end', fill: ink.soft }))
  })
  return { markup: parts.join(''), height: 58 + items.length * 24 }
}

/** One group of columns side by side, or of parts on top of each other. */
export interface ColumnGroup {
  label: string
  values: { count: number; tone: string }[]
  /** Apart from the others, such as the undated. */
  apart?: boolean
}

/** Columns by year on one axis, with the legend of their tones. */
export function columnsBlock(groups: ColumnGroup[], legend: { label: string; tone: string }[], stacked: boolean): Block {
  const sums = groups.map((group) => group.values.reduce((sum, value) => sum + value.count, 0))
  const highest = Math.max(0, ...(stacked ? sums : groups.flatMap((group) => group.values.map((value) => value.count))))
  const plot = 240
  const head = 20
  const step = drawingWidth / Math.max(1, groups.length)
  const parts: string[] = []
  groups.forEach((group, index) => {
    const left = index * step + (group.apart ? 6 : 0)
    const width = Math.min(64, step - 4)
    let base = head + plot
    group.values.forEach((value, nth) => {
      const height = extent(value.count, highest) * plot
      const each = stacked ? width : width / group.values.length
      const x = stacked ? left : left + nth * each
      if (stacked) base -= height
      const top = stacked ? base : head + plot - height
      if (value.count > 0) parts.push(rect(x, top, each - 1, Math.max(2, height), toneFill(group.apart ? 'hollow' : value.tone)))
      if (!stacked && step > 44 && value.count > 0) parts.push(textAt(x + each / 2, top - 4, String(value.count), { size: 10, anchor: 'middle', fill: ink.soft }))
    })
    if (stacked && (sums[index] ?? 0) > 0 && step > 26) parts.push(textAt(left + width / 2, base - 4, String(sums[index]), { size: 10, anchor: 'middle', fill: ink.soft }))
    if (step > 26 || index % 5 === 0 || group.apart) parts.push(textAt(left + width / 2, head + plot + 16, group.label, { size: 11, anchor: 'middle', fill: ink.soft }))
  })
  parts.push(`<line x1="0" x2="${drawingWidth}" y1="${head + plot}" y2="${head + plot}" stroke="${ink.rest}"/>`)
  let x = 0
  for (const entry of legend) {
    parts.push(rect(x, head + plot + 34, 14, 12, toneFill(entry.tone)), textAt(x + 20, head + plot + 45, entry.label, { size: 13 }))
    x += 44 + entry.label.length * 7.4
  }
  return { markup: parts.join(''), height: head + plot + 56 }
}
