import { mapBox } from '../box'
import { drawingWidth, heatOf, ink, rect, round, textAt, type Block } from './svg'

/** A whole country and its step on the scale. */
export interface MapArea {
  path: string
  step: number
}

/** Countries as areas, shaded. */
export function mapBlock(areas: MapArea[], legend: { label: string; step: number }[]): Block {
  const scale = drawingWidth / mapBox.width
  const shapes = areas.map((area) => `<path d="${area.path}" fill="${heatOf(area.step).fill}" stroke="${ink.paper}" stroke-width="0.6"/>`)
  const height = mapBox.height * scale
  let x = 0
  const keys = legend.map((entry) => {
    const at = x
    x += 44 + entry.label.length * 7.4
    return rect(at, height + 14, 20, 13, heatOf(entry.step).fill) + textAt(at + 26, height + 25, entry.label, { size: 13 })
  })
  return { markup: `<g transform="scale(${round(scale * 1000) / 1000})">${shapes.join('')}</g>${keys.join('')}`, height: height + 36 }
}
