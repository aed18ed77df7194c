import { formatNumber, t } from '../i18n'
import type { Drawing } from './picture'
import { leaders } from './rank'
import { classStep, countClasses, stepOf } from './scale'
import type { Breakdown } from './types'

/** The map as a picture; the shapes are fetched when it is made. */
export function mapDrawing(breakdown: Breakdown, codeOf: (numeric: string) => string | undefined): Drawing {
  const classes = countClasses(leaders(breakdown)[0]?.count ?? 0)
  const counts = new Map(breakdown.items.map((item) => [item.code, item.count]))
  return {
    kind: 'map',
    areas: async () => {
      const { loadShapes } = await import('./shapes')
      const shapes = await loadShapes(codeOf)
      return shapes.map((shape) => ({ path: shape.path, step: shape.code === null ? 0 : stepOf(counts.get(shape.code) ?? 0, classes) }))
    },
    legend: [
      { label: t('dashboard.map.none'), step: 0 },
      ...classes.map((item, index) => ({
        label: item.from === item.to ? formatNumber(item.from) : t('dashboard.range', { low: item.from, high: item.to }),
        step: classStep(index, classes),
      })),
    ],
  }
}
