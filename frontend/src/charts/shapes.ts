import { geoNaturalEarth1, geoPath } from 'd3-geo'
import { feature, type Feature } from 'topojson-client'
import atlas from 'world-atlas/countries-50m.json?url'
import { mapBox } from './box'

/** The outline of one area inside `mapBox`. */
export interface Shape {
  /** Country code, or null for an area that the vocabulary does not hold. */
  code: string | null
  path: string
}

// Nobody lives there; without it the other continents are larger.
const antarctica = '010'

let loading: Promise<Shape[]> | null = null

/**
 * Loads and projects the outlines once; a failed load may be retried. `codeOf` turns a UN M49
 * number into a country code.
 */
export function loadShapes(codeOf: (numeric: string) => string | undefined): Promise<Shape[]> {
  loading ??= fetchShapes(codeOf).catch((error: unknown) => {
    loading = null
    throw error
  })
  return loading
}

/** The country of an outline. Kosovo has no UN number and is known by its name. */
export function shapeCode(area: Pick<Feature, 'id' | 'properties'>, codeOf: (numeric: string) => string | undefined): string | null {
  if (area.properties.name === 'Kosovo') return 'XKX'
  return area.id === undefined ? null : (codeOf(area.id) ?? null)
}

async function fetchShapes(codeOf: (numeric: string) => string | undefined): Promise<Shape[]> {
  const response = await fetch(atlas)
  if (!response.ok) throw new Error(`load map shapes: status ${response.status}`)
  const topology = (await response.json()) as { objects: { countries: object } }
  const areas = feature(topology, topology.objects.countries).features.filter((area) => area.id !== antarctica)
  const projection = geoNaturalEarth1().fitSize([mapBox.width, mapBox.height], { type: 'FeatureCollection', features: areas })
  const draw = geoPath(projection).digits(1)
  return mergeShapes(areas.map((area) => ({ code: shapeCode(area, codeOf), path: draw(area) ?? '' })))
}

/** One outline for each country: some are drawn in parts, such as islands under another name. */
export function mergeShapes(shapes: Shape[]): Shape[] {
  const merged = new Map<string, Shape>()
  const nameless: Shape[] = []
  for (const shape of shapes) {
    if (shape.code === null) {
      nameless.push(shape)
      continue
    }
    const before = merged.get(shape.code)?.path ?? ''
    merged.set(shape.code, { code: shape.code, path: before + shape.path })
  }
  return [...nameless, ...merged.values()]
}
