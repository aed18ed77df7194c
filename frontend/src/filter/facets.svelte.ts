import { api } from '../api'
import { formatNumber } from '../i18n'
import type { Option } from '../ui'
import { filterQuery } from './fields'

// Filters whose counts are kept; beyond, all are forgotten.
const kept = 80

/** How many records of the current result have each value, read when a field is opened. Reactive. */
export class Facets {
  #counts = $state.raw<Record<string, Map<string, number>>>({})
  #running = new Set<string>()

  /** The options with their counts, as far as these are known. */
  counted(field: string, query: URLSearchParams, options: Option[]): Option[] {
    const counts = this.#counts[keyOf(field, query)]
    if (!counts) return options
    return options.map((option) => ({ ...option, count: formatNumber(counts.get(option.value) ?? 0) }))
  }

  /** Reads the counts of a field. They are a help: without them the field works the same. */
  async load(field: string, query: URLSearchParams): Promise<void> {
    const key = keyOf(field, query)
    if (this.#counts[key] || this.#running.has(key)) return
    this.#running.add(key)
    try {
      const request = filterQuery(query)
      request.set('fields', field)
      const reply = await api.get('/api/v1/incidents/facets', { query: request })
      const items = reply.data.fields[0]?.items ?? []
      const old = Object.keys(this.#counts).length < kept ? this.#counts : {}
      this.#counts = { ...old, [key]: new Map(items.map((item) => [item.code, item.count])) }
    } catch {
      return
    } finally {
      this.#running.delete(key)
    }
  }
}

/** A field is counted without its own selection, so that does not matter here. */
function keyOf(field: string, query: URLSearchParams): string {
  const rest = filterQuery(query)
  rest.delete(field)
  return `${field}?${rest}`
}
