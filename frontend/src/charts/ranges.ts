import type { Schemas } from '../api'
import { formatNumber, t } from '../i18n'
import { clip, drawingWidth, ink, round, textAt, type Block } from './picture/svg'
import type { Labeller } from './types'

type Stated = Schemas['MoneyStated']

export interface RangeItem {
  /** The words of the statement. */
  label: string
  min: number | null
  max: number | null
  count: number
}

/** Statements of one currency word and one period: they alone share an axis. */
export interface RangePanel {
  title: string
  items: RangeItem[]
  highest: number
}

/** A panel for each currency word and period, most statements first; nothing is converted. */
export function rangePanels(amounts: Stated[], period: Labeller): RangePanel[] {
  const panels = new Map<string, RangePanel>()
  for (const amount of amounts) {
    const key = `${amount.currency}\u0000${amount.period}`
    let panel = panels.get(key)
    if (!panel) {
      panel = { title: t('dashboard.money.panel', { currency: amount.currency, period: period(amount.period) }), items: [], highest: 0 }
      panels.set(key, panel)
    }
    panel.items.push({ label: amount.text, min: amount.min ?? null, max: amount.max ?? null, count: amount.count })
    panel.highest = Math.max(panel.highest, amount.min ?? 0, amount.max ?? 0)
  }
  return [...panels.values()].sort((a, b) => b.items.length - a.items.length || (a.title < b.title ? -1 : 1))
}

/** Where a statement lies on its axis, 0 to 1; null when it names no figure. A missing bound is open. */
export function rangeSpan(item: RangeItem, highest: number): { from: number; to: number; open: boolean } | null {
  const low = item.min ?? item.max
  const high = item.max ?? item.min
  if (low === null || high === null || highest <= 0) return null
  return { from: low / highest, to: high / highest, open: item.min === null || item.max === null }
}

/** "7,000–8,000", "up to 8,000", "from 7,000", or that no figure was named. */
export function rangeText(item: Pick<RangeItem, 'min' | 'max'>): string {
  if (item.min !== null && item.max !== null) return item.min === item.max ? formatNumber(item.min) : t('dashboard.range', { low: item.min, high: item.max })
  if (item.max !== null) return t('dashboard.money.up_to', { high: item.max })
  return item.min === null ? t('dashboard.money.no_figure') : t('dashboard.money.from', { low: item.min })
}

const rowHeight = 24
const left = 260
const valueWidth = 150

export function rangesBlock(panels: RangePanel[]): Block {
  const parts: string[] = []
  let y = 0
  const room = drawingWidth - left - valueWidth - 20
  for (const panel of panels) {
    y += 20
    parts.push(textAt(0, y, panel.title, { bold: true }))
    y += 6
    for (const item of panel.items) {
      y += rowHeight
      parts.push(textAt(0, y, clip(item.label, left - 10, 13), { size: 13 }))
      const span = rangeSpan(item, panel.highest)
      if (span) {
        const a = left + span.from * room
        const b = left + span.to * room
        parts.push(`<line x1="${round(a)}" x2="${round(b)}" y1="${y - 5}" y2="${y - 5}" stroke="${ink.mark}" stroke-width="3"/>`)
        for (const x of a === b ? [a] : [a, b]) parts.push(`<circle cx="${round(x)}" cy="${y - 5}" r="5" fill="${span.open ? ink.paper : ink.mark}" stroke="${ink.mark}" stroke-width="2"/>`)
      }
      parts.push(textAt(drawingWidth, y, rangeText(item), { size: 13, anchor: 'end', fill: ink.soft }))
    }
    y += 14
  }
  return { markup: parts.join(''), height: y }
}
