import { api, ApiProblem, describe, NetworkFailure, type Schemas } from '../api'

export type UploadState = 'hashing' | 'sending' | 'waiting' | 'paused' | 'judging' | 'failed' | 'done' | 'cancelled'

// A part small enough for a bad line, large enough for a good one.
const partSize = 1 << 20
const firstWait = 2_000
const longestWait = 30_000

/** One file on its way to the server: in parts, and on from where it stood after a lost line. Reactive. */
export class Upload {
  state = $state<UploadState>('hashing')
  sent = $state(0)
  why = $state('')
  file: Schemas['File'] | null = null
  #id: string | null = null
  #abort = new AbortController()
  #wait = firstWait
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    readonly source: File,
    readonly ref: string,
    readonly graphic: boolean,
    readonly done: (upload: Upload) => void,
    /** Of an unfinished upload of the same file: it goes on there. */
    earlier: string | null = null,
  ) {
    this.#id = earlier
  }

  get percent(): number {
    return this.source.size === 0 ? 0 : this.sent / this.source.size
  }

  get running(): boolean {
    return this.state === 'hashing' || this.state === 'sending' || this.state === 'waiting' || this.state === 'judging'
  }

  /** Begins, or goes on. */
  async start(): Promise<void> {
    clearTimeout(this.#timer)
    this.#abort = new AbortController()
    this.why = ''
    try {
      if (!this.#id) await this.#begin()
      else this.sent = (await api.get('/api/v1/uploads/{upload_id}', { path: { upload_id: this.#id }, signal: this.#abort.signal })).data.offset
      await this.#send()
      await this.#complete()
    } catch (error) {
      this.#stumble(error)
    }
  }

  pause(): void {
    if (this.state !== 'sending' && this.state !== 'waiting') return
    this.state = 'paused'
    clearTimeout(this.#timer)
    this.#abort.abort()
  }

  cancel(): void {
    this.state = 'cancelled'
    clearTimeout(this.#timer)
    this.#abort.abort()
    if (this.#id) void api.delete('/api/v1/uploads/{upload_id}', { path: { upload_id: this.#id } }).catch(() => undefined)
  }

  async #begin() {
    this.state = 'sending'
    const { data } = await api.post('/api/v1/incidents/{ref}/files', {
      path: { ref: this.ref }, body: { name: this.source.name, bytes: this.source.size, graphic: this.graphic }, signal: this.#abort.signal,
    })
    this.#id = data.upload_id
    this.sent = data.offset
  }

  async #send() {
    this.state = 'sending'
    while (this.sent < this.source.size) {
      const { data } = await api.put('/api/v1/uploads/{upload_id}', {
        path: { upload_id: this.#id ?? '' }, query: { offset: this.sent }, bytes: this.source.slice(this.sent, this.sent + partSize), signal: this.#abort.signal,
      })
      this.sent = data.offset
      this.#wait = firstWait
    }
  }

  async #complete() {
    this.state = 'judging'
    const digest = await crypto.subtle.digest('SHA-256', await this.source.arrayBuffer())
    const sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    const { data } = await api.post('/api/v1/uploads/{upload_id}/complete', { path: { upload_id: this.#id ?? '' }, body: { sha256 }, signal: this.#abort.signal })
    this.file = data
    this.state = 'done'
    this.done(this)
  }

  #stumble(error: unknown) {
    if (this.state === 'paused' || this.state === 'cancelled') return
    const passing = error instanceof NetworkFailure || (error instanceof ApiProblem && (error.status >= 500 || error.status === 429))
    if (passing) {
      this.state = 'waiting'
      this.#timer = setTimeout(() => void this.start(), this.#wait)
      this.#wait = Math.min(this.#wait * 2, longestWait)
      return
    }
    this.state = 'failed'
    this.why = describe(error)
  }
}
