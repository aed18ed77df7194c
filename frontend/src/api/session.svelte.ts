import { Client, tabLock, type Schemas } from './client'
import { ApiProblem } from './problem'
import { stepUp } from './step-up.svelte'

export type Account = Schemas['Account']
type Status = 'unknown' | 'signed_out' | 'signed_in' | 'expired'

let status = $state<Status>('unknown')
let account = $state.raw<Account | null>(null)
let instance = $state.raw<Schemas['Instance'] | null>(null)

/** The one client of the program. */
export const api = new Client({
  fetch: (input, init) => fetch(input, init),
  lock: tabLock,
  onSessionOver: () => {
    // The record on the screen stays: the reader signs in again in a dialog and loses nothing.
    status = status === 'signed_in' || status === 'expired' ? 'expired' : 'signed_out'
    void watchMode()
  },
  onStepUp: () => stepUp.ask(),
  onLocked: () => void watchMode(),
})

/** Reads the instance again where somebody may have locked or opened it; without an answer the old banner stands. */
export async function watchMode(): Promise<void> {
  await reloadInstance().catch(() => undefined)
}

/** Who is signed in. Reactive. */
export const session = {
  get status(): Status {
    return status
  },
  get account(): Account | null {
    return account
  },
  get instance(): Schemas['Instance'] | null {
    return instance
  },
  /** May the account do this? `noun:verb` as in the API's permissions. */
  may(permission: string): boolean {
    return account?.permissions.includes(permission) ?? false
  },
}

/** At start: what kind of instance is this, and does the refresh cookie still stand for somebody? */
export async function startSession(): Promise<void> {
  const known = api.get('/api/v1/instance').then((reply) => (instance = reply.data))
  try {
    if (await api.tokens.refresh()) await loadAccount()
  } finally {
    if (status === 'unknown') status = 'signed_out'
    await known.catch(() => undefined)
  }
}

/** Signs in, or answers what the second step needs. */
export async function signIn(userName: string, password: string): Promise<Schemas['FactorNeeded'] | null> {
  const { data } = await api.post('/api/v1/sessions', { body: { user_name: userName, password } })
  if ('ticket' in data) return data
  begin(data)
  return null
}

/** The second step of signing in. */
export async function proveFactor(ticket: string, proof: Schemas['ProofInput']): Promise<void> {
  begin((await api.post('/api/v1/sessions/factor', { body: { ticket, proof } })).data)
}

function begin(data: Schemas['SignedIn']): void {
  api.tokens.set({ value: data.access_token, expiresAt: Date.parse(data.expires_at) })
  account = data.account
  status = 'signed_in'
}

/** Ends the session on the server and forgets it here, also when the server cannot be reached. */
export async function signOut(): Promise<void> {
  try {
    await api.delete('/api/v1/sessions/current')
  } finally {
    api.tokens.set(null)
    account = null
    status = 'signed_out'
  }
}

/** Reads the instance again, as after set-up. */
export async function reloadInstance(): Promise<void> {
  instance = (await api.get('/api/v1/instance')).data
}

/** Reads the account again, as after the first second factor, or when its organisation was renamed. */
export async function reloadAccount(): Promise<void> {
  account = (await api.get('/api/v1/me')).data
}

async function loadAccount(): Promise<void> {
  try {
    account = (await api.get('/api/v1/me')).data
    status = 'signed_in'
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 401) throw error
  }
}
