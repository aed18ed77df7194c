import { api, type Schemas } from '../api'

type Item = Schemas['IncidentSummary']

const pageSize = 50
const largestPage = 200

interface Place {
  query: string
  items: Item[]
  total: number | null
  cursor: string | null
  ref: string | null
}

// Where the reader left the list, to come back to it by the back button. Gone with the page.
let place: Place | null = null

/** The pages of one filter and sort as they are read, one after the other. Reactive. */
export class Pager {
  items = $state.raw<Item[]>([])
  total = $state<number | null>(null)
  /** The first page is on its way. */
  loading = $state(true)
  /** A further page is on its way. */
  loadingMore = $state(false)
  failure = $state.raw<unknown>(null)
  #cursor = $state<string | null>(null)
  #query = new URLSearchParams()
  #abort: AbortController | null = null

  get hasMore(): boolean {
    return this.#cursor !== null
  }

  /** Starts anew with these parameters; what was asked before is dropped. */
  async start(query: URLSearchParams): Promise<void> {
    this.#abort?.abort()
    this.#query = query
    this.loading = true
    this.loadingMore = false
    this.failure = null
    const page = await this.#read(null)
    if (!page) return
    this.items = page.items
    this.total = page.total
    this.#cursor = page.next_cursor
    this.loading = false
  }

  /** Reads the next page. Returns how many records came, 0 after a failure. */
  async more(): Promise<number> {
    if (!this.#cursor || this.loadingMore || this.loading) return 0
    this.loadingMore = true
    this.failure = null
    const page = await this.#read(this.#cursor)
    this.loadingMore = false
    if (!page) return 0
    // A record that changed meanwhile may come again at another place.
    const known = new Set(this.items.map((item) => item.ref))
    const fresh = page.items.filter((item) => !known.has(item.ref))
    this.items = [...this.items, ...fresh]
    this.total = page.total
    this.#cursor = page.next_cursor
    return fresh.length
  }

  /** Reads from the start again, after a failure. */
  retry(): Promise<void> {
    return this.start(this.#query)
  }

  stop(): void {
    this.#abort?.abort()
  }

  /** Keeps what is shown and the record that was opened from it. */
  remember(ref: string | null): void {
    if (this.loading || this.failure) return
    place = { query: this.#query.toString(), items: this.items, total: this.total, cursor: this.#cursor, ref }
  }

  /**
   * Shows what was remembered for these parameters at once, then reads it again quietly.
   * Returns the record that was opened, or null when there is nothing to come back to.
   */
  restore(query: URLSearchParams): string | null {
    const kept = place
    if (!kept || kept.query !== query.toString()) return null
    this.#query = query
    this.items = kept.items
    this.total = kept.total
    this.#cursor = kept.cursor
    this.loading = false
    if (kept.items.length <= largestPage) void this.#readAgain(Math.max(kept.items.length, 1))
    return kept.ref
  }

  async #readAgain(count: number): Promise<void> {
    const page = await this.#read(null, count)
    if (!page) return
    this.items = page.items
    this.total = page.total
    this.#cursor = page.next_cursor
  }

  async #read(cursor: string | null, limit = pageSize): Promise<Schemas['IncidentPage'] | null> {
    const abort = (this.#abort = new AbortController())
    const query = new URLSearchParams(this.#query)
    query.set('limit', String(limit))
    if (cursor) query.set('cursor', cursor)
    try {
      const { data } = await api.get('/api/v1/incidents', { query, signal: abort.signal })
      return abort.signal.aborted ? null : data
    } catch (error) {
      if (!abort.signal.aborted) {
        this.failure = error
        this.loading = false
      }
      return null
    }
  }
}

