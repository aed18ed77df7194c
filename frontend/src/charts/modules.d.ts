// The few functions of these packages that the map uses; they bring no types of their own.
declare module 'd3-geo' {
  export interface Projection {
    (point: [number, number]): [number, number] | null
    fitSize(size: [number, number], object: object): Projection
  }
  export interface PathMaker {
    (object: object): string | null
    digits(digits: number): PathMaker
  }
  export function geoNaturalEarth1(): Projection
  export function geoPath(projection: Projection): PathMaker
}

declare module 'topojson-client' {
  export interface Feature {
    type: 'Feature'
    /** UN M49, three digits; missing for areas without one. */
    id?: string
    properties: { name: string }
    geometry: object
  }
  export function feature(topology: object, object: object): { type: 'FeatureCollection'; features: Feature[] }
}

// A test reads the style sheets from disk; nothing else touches files.
declare module 'node:fs' {
  export function readFileSync(path: URL, encoding: 'utf8'): string
}
