/** Where the saving of the draft stands. */
export type SaveState = 'clean' | 'waiting' | 'saving' | 'saved' | 'offline' | 'refused'

interface Options {
  /** Sends one version; rejects when it was not saved. */
  send: (form: string) => Promise<{ updatedAt: string }>
  /** May a failure pass by itself, such as a lost connection? */
  passing: (error: unknown) => boolean
  /** Milliseconds of rest after the last change. */
  delay?: number
}

const defaultDelay = 1_500
const firstPause = 2_000
const longestPause = 60_000

/**
 * Saves a form as it changes: a little after the last change, one request at a time, again and
 * again with growing pauses while the server cannot be reached. The newest version always wins.
 */
export class Autosave {
  state = $state<SaveState>('clean')
  savedAt = $state<string | null>(null)
  failure = $state.raw<unknown>(null)
  #kept: string
  #wanted: string
  #timer: ReturnType<typeof setTimeout> | undefined
  #running: Promise<void> | null = null
  #pause = firstPause
  #stopped = false

  constructor(
    start: string,
    private readonly options: Options,
  ) {
    this.#kept = start
    this.#wanted = start
  }

  /** Is there something that the server does not have? */
  get unsaved(): boolean {
    return this.state === 'waiting' || this.state === 'saving' || this.state === 'offline' || this.state === 'refused'
  }

  /** Takes note of the form as it now stands. */
  change(form: string): void {
    if (form === this.#wanted) return
    this.#wanted = form
    if (this.#stopped) return
    if (form === this.#kept && !this.#running) {
      clearTimeout(this.#timer)
      this.state = this.savedAt ? 'saved' : 'clean'
      return
    }
    if (this.state !== 'offline') this.state = 'waiting'
    this.#later(this.options.delay ?? defaultDelay)
  }

  /** Saves at once what waits. Resolves to true when the server has everything. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer)
    await this.#running
    if (!this.#stopped && this.#wanted !== this.#kept) await this.#save()
    return this.#wanted === this.#kept
  }

  /** No more saving, as while the record itself is sent; waits for a request under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  /** The form is done with: nothing is left to save. */
  finish(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#kept = this.#wanted
    this.state = 'clean'
  }

  /** Goes on after stop(). */
  resume(): void {
    this.#stopped = false
    if (this.#wanted === this.#kept) return
    this.state = 'waiting'
    this.#later(this.options.delay ?? defaultDelay)
  }

  #later(pause: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#save(), pause)
  }

  #save(): Promise<void> {
    this.#running ??= this.#send().finally(() => (this.#running = null))
    return this.#running
  }

  async #send(): Promise<void> {
    const form = this.#wanted
    const retry = this.state === 'offline'
    if (!retry) this.state = 'saving'
    try {
      const { updatedAt } = await this.options.send(form)
      this.#kept = form
      this.savedAt = updatedAt
      this.failure = null
      this.#pause = firstPause
      this.state = this.#wanted === form ? 'saved' : 'waiting'
      if (this.#wanted !== form && !this.#stopped) this.#later(this.options.delay ?? defaultDelay)
    } catch (error) {
      this.failure = error
      if (!this.options.passing(error)) {
        this.state = 'refused'
        return
      }
      this.state = 'offline'
      if (!this.#stopped) this.#later(this.#pause)
      this.#pause = Math.min(this.#pause * 2, longestPause)
    }
  }
}
