let asking = $state(false)
let waiting: ((proved: boolean) => void)[] = []

/** The one question for a fresh proof (S19). However many requests need it at once, the reader is asked once. */
export const stepUp = {
  /** The dialog is to be shown. Reactive. */
  get asking(): boolean {
    return asking
  },
  /** Resolves when the reader has given the proof, or has not. */
  ask(): Promise<boolean> {
    asking = true
    return new Promise((resolve) => waiting.push(resolve))
  },
  /** The dialog's answer. */
  answer(proved: boolean): void {
    asking = false
    const all = waiting
    waiting = []
    for (const resolve of all) resolve(proved)
  },
}
