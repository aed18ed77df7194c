import { describe, fieldTexts } from './problem'

/** A form on its way to the server: one sending at a time, and what was wrong with the last. */
export class Sending {
  busy = $state(false)
  /** Texts by JSON pointer, for the fields. */
  errors = $state<Record<string, string>>({})
  failure = $state<string | null>(null)

  async run(send: () => Promise<void>): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.clear()
    try {
      await send()
    } catch (error) {
      this.errors = fieldTexts(error)
      this.failure = describe(error)
    } finally {
      this.busy = false
    }
  }

  clear(): void {
    this.errors = {}
    this.failure = null
  }
}
