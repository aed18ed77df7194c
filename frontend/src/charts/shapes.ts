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

// West, south, east, north in degrees; islands far off are left to the world.
const regions = {
  europe: [-12, 35, 42, 71],
  middle_east: [-18, 11, 64, 43],
  africa: [-20, -36, 54, 38],
  central_asia: [44, 20, 108, 56],
  east_asia: [90, -12, 150, 55],
  americas: [-130, -56, -30, 62],
  oceania: [108, -48, 180, 2],
} as const

export type Region = 'world' | keyof typeof regions

/** Every region one can look at, the world first. */
export const regionNames = ['world', ...Object.keys(regions)] as Region[]

const boxes = new Map<Region, string>()

/** The part of `mapBox` that shows a region, as a view box; the world until the shapes are there. */
export function regionBox(region: Region): string {
  return boxes.get(region) ?? `0 0 ${mapBox.width} ${mapBox.height}`
}

/** The smallest box of the map's own proportions around a part of the earth. */
export function boxOf([west, south, east, north]: readonly [number, number, number, number], project: (point: [number, number]) => [number, number] | null): string {
  const points: [number, number][] = []
  for (let step = 0; step <= 8; step++) {
    const [lon, lat] = [west + ((east - west) * step) / 8, south + ((north - south) * step) / 8]
    for (const point of [[lon, south], [lon, north], [west, lat], [east, lat]] as [number, number][]) {
      const at = project(point)
      if (at) points.push(at)
    }
  }
  const [xs, ys] = [points.map((point) => point[0]), points.map((point) => point[1])]
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  const [wide, high] = [Math.max(...xs) - left, Math.max(...ys) - top]
  const ratio = mapBox.width / mapBox.height
  const width = Math.max(wide, high * ratio)
  const height = width / ratio
  return [left - (width - wide) / 2, top - (height - high) / 2, width, height].map((value) => Math.round(value * 10) / 10).join(' ')
}

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
  for (const [name, bounds] of Object.entries(regions)) boxes.set(name as Region, boxOf(bounds, projection))
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
