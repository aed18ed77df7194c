import { untrack } from 'svelte'

/**
 * Numbers that follow the address: what was loaded stays on the screen while others load, and an answer that
 * comes too late is dropped. To be made while a component is set up.
 */
export class Loading<T> {
  shown = $state.raw<T | null>(null)
  failure = $state.raw<unknown>(null)
  busy = $state(true)
  #attempt = $state(0)

  /** `ask` reads the address and answers what to load, or null for nothing now. */
  constructor(ask: () => ((signal: AbortSignal) => Promise<T>) | null) {
    $effect(() => {
      void this.#attempt
      const run = ask()
      if (!run) return
      const leaving = new AbortController()
      // Loading looks at more state than should start it again.
      untrack(() => void this.#load(run, leaving.signal))
      return () => leaving.abort()
    })
  }

  retry = () => {
    this.#attempt++
  }

  async #load(run: (signal: AbortSignal) => Promise<T>, signal: AbortSignal) {
    this.busy = true
    this.failure = null
    try {
      const found = await run(signal)
      if (signal.aborted) return
      this.shown = found
    } catch (error) {
      if (signal.aborted) return
      this.failure = error
    }
    this.busy = false
  }
}
