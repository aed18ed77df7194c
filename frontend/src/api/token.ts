/** A short-lived access token, kept in memory only (S14, S48). */
export interface AccessToken {
  value: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

/** Runs `work` while no other tab of this browser does: the Web Locks API in the browser. */
export type Lock = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Holds the access token and renews it. However many requests ask at once, one refresh runs;
 * the lock keeps tabs from presenting the same refresh cookie twice, which would look like theft (S17).
 */
export class TokenKeeper {
  #token: AccessToken | null = null
  #running: Promise<AccessToken | null> | null = null

  constructor(
    private readonly fetchToken: () => Promise<AccessToken | null>,
    private readonly lock: Lock,
  ) {}

  get token(): AccessToken | null {
    return this.#token
  }

  set(token: AccessToken | null): void {
    this.#token = token
  }

  /** The next token, or null when the session is over. `stale` is the value that was refused. */
  refresh(stale: string | null = this.#token?.value ?? null): Promise<AccessToken | null> {
    // Somebody else renewed it between this request's sending and its refusal.
    if (this.#token && this.#token.value !== stale) return Promise.resolve(this.#token)
    this.#running ??= this.lock(this.fetchToken)
      .then((token) => (this.#token = token))
      .finally(() => (this.#running = null))
    return this.#running
  }
}

/** The browser's lock across tabs; without the API (old browsers, tests) within this tab only. */
export const tabLock: Lock = (work) => {
  if (typeof navigator === 'undefined' || !navigator.locks) return work()
  return navigator.locks.request('farwatch-refresh', () => work()) as ReturnType<typeof work>
}
