import { api, ApiProblem, NetworkFailure, newIdempotencyKey, type Schemas } from '../api'

const partSize = 4 * 1024 * 1024
const firstWait = 1_000
const longestWait = 30_000

/** A table on its way to the server, part by part; a lost line is waited for. */
export class TableUpload {
  sent = $state(0)
  waiting = $state(false)
  #stopped = false

  constructor(private readonly source: File) {}

  get share(): number {
    return this.source.size === 0 ? 0 : this.sent / this.source.size
  }

  stop(): void {
    this.#stopped = true
  }

  /** Sends the whole file; resolves to the import as it was read, or null when it was stopped. */
  async run(): Promise<Schemas['Import'] | null> {
    let { data } = await api.post('/api/v1/imports', { body: { name: this.source.name, bytes: this.source.size }, idempotencyKey: newIdempotencyKey() })
    let wait = firstWait
    while (data.received < this.source.size && !this.#stopped) {
      try {
        const offset = data.received
        ;({ data } = await api.put('/api/v1/imports/{import_id}/parts', {
          path: { import_id: data.import_id }, query: { offset }, bytes: this.source.slice(offset, offset + partSize),
        }))
        this.sent = data.received
        this.waiting = false
        wait = firstWait
      } catch (error) {
        const passing = error instanceof NetworkFailure || (error instanceof ApiProblem && error.status >= 500)
        if (!passing) throw error
        this.waiting = true
        await new Promise((resolve) => setTimeout(resolve, wait))
        wait = Math.min(wait * 2, longestWait)
      }
    }
    if (!this.#stopped) return data
    await api.delete('/api/v1/imports/{import_id}', { path: { import_id: data.import_id } }).catch(() => undefined)
    return null
  }
}
