import { api, session } from '../api'

// How often the counts are read while the page is looked at.
const every = 60_000

let unread = $state(0)
let waiting = $state(0)
let timer: ReturnType<typeof setInterval> | undefined

/** How much there is to look at: shown in the navigation. Reactive. */
export const attention = {
  get unread() {
    return unread
  },
  get waiting() {
    return waiting
  },
  /** Reads the counts now. */
  async read(): Promise<void> {
    if (session.status !== 'signed_in' || !session.may('incidents:edit')) return
    try {
      const { data } = await api.get('/api/v1/attention')
      unread = data.unread
      waiting = data.waiting
    } catch {
      // The counts stay as they are; the next reading puts them right.
    }
  },
  /** Reads once a minute while the page is visible. Returns how to stop. */
  watch(): () => void {
    const look = () => {
      if (document.visibilityState === 'visible') void attention.read()
    }
    timer = setInterval(look, every)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
      unread = 0
      waiting = 0
    }
  },
}
