import { api, ApiProblem, describe, type Schemas } from '../api'
import type { Reply } from '../api/client'
import { lookup, t } from '../i18n'
import { toast } from '../ui'

type Incident = Schemas['Incident']
type Tombstone = Schemas['Tombstone']

// A save elsewhere in the program, such as an undo from a note at the foot of the screen.
let latest = $state.raw<{ record: Incident; etag: string } | null>(null)

/** Says that a record has a new version; the page that shows it takes it over. */
function tell(record: Incident, etag: string): void {
  latest = { record, etag }
}

/** The last version that was saved from this program, wherever it was. Reactive. */
export const lastSaved = {
  get value() {
    return latest
  },
}

/** A note that something was done, with the way back where there is one. */
export function toastDone(text: string, record: Incident, etag: string): void {
  const action = record.undoable ? { label: t('desk.undo'), run: () => void undo(record.ref, etag) } : undefined
  toast(text, { tone: 'ok', action })
}

async function undo(ref: string, etag: string): Promise<void> {
  try {
    const reply = await api.post('/api/v1/incidents/{ref}/undo', { path: { ref }, ifMatch: etag })
    tell(reply.data, tagOf(reply))
    toast(t('desk.undone'), { tone: 'ok' })
  } catch (error) {
    toast(describe(error), { tone: 'danger' })
  }
}

/** One record on the desk: as it stands, and the actions that make its next version. */
export class Desk {
  record = $state.raw<Incident | null>(null)
  /** Withdrawn or merged: this is all there is to see. */
  tombstone = $state.raw<Tombstone | null>(null)
  etag = $state('')
  failure = $state.raw<unknown>(null)
  busy = $state(false)

  /** grant: by way of which another organisation's record is read. */
  constructor(readonly ref: string, readonly grant: string | null = null) {}

  async load(): Promise<void> {
    this.failure = null
    try {
      const query = this.grant ? { grant: this.grant } : undefined
      const reply = await api.get('/api/v1/incidents/{ref}', { path: { ref: this.ref }, query })
      this.show(reply.data, tagOf(reply))
    } catch (error) {
      if (!this.#bury(error)) this.failure = error
    }
  }

  /** Takes over a version that was saved elsewhere; one that is gone is read anew, as its tombstone. */
  show(record: Incident, etag: string): void {
    this.etag = etag
    if (isGone(record)) void this.load()
    else {
      this.record = record
      this.tombstone = null
    }
  }

  move(body: Schemas['Transition'], said: string): Promise<void> {
    return this.#act(said, (path, ifMatch) => api.post('/api/v1/incidents/{ref}/transitions', { path, ifMatch, body }))
  }

  /** A step that asks for nothing; what goes wrong is said at the foot of the screen. */
  async step(to: string): Promise<void> {
    try {
      await this.move({ to }, lookup(`desk.moved.${to}`) ?? '')
    } catch (error) {
      toast(describe(error), { tone: 'danger' })
    }
  }

  verify(body: Schemas['Verification'], said: string): Promise<void> {
    return this.#act(said, (path, ifMatch) => api.post('/api/v1/incidents/{ref}/verification', { path, ifMatch, body }))
  }

  decide(body: Schemas['PendingDecision'], said: string): Promise<void> {
    return this.#act(said, (path, ifMatch) => api.post('/api/v1/incidents/{ref}/pending', { path, ifMatch, body }))
  }

  restore(body: Schemas['Restore'], said: string): Promise<void> {
    return this.#act(said, (path, ifMatch) => api.post('/api/v1/incidents/{ref}/restore', { path, ifMatch, body }))
  }

  /** Merges this record into another one; answers the ref of the survivor, unless somebody else was faster. */
  async merge(body: Schemas['Merge']): Promise<string | undefined> {
    let survivor: string | undefined
    await this.#act(t('desk.merge.done'), async (path, ifMatch) => {
      const reply = await api.post('/api/v1/incidents/{ref}/merge', { path, ifMatch, body })
      survivor = reply.data.ref
      return reply
    })
    return survivor
  }

  async unmerge(): Promise<void> {
    await this.#act(t('desk.merge.undone'), (path, ifMatch) => api.post('/api/v1/incidents/{ref}/unmerge', { path, ifMatch, body: { reason: t('desk.merge.undone_reason') } }))
  }

  /** Does it and takes over the new version. When somebody else was faster, the record is read again instead. */
  async #act(said: string, call: (path: { ref: string }, ifMatch: string) => Promise<Reply<Incident>>): Promise<void> {
    if (this.busy) return
    this.busy = true
    try {
      const reply = await call({ ref: this.record?.ref ?? this.tombstone?.ref ?? this.ref }, this.etag)
      this.show(reply.data, tagOf(reply))
      toastDone(said, reply.data, tagOf(reply))
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 412) throw error
      await this.load()
      toast(t('desk.stale'), { tone: 'danger' })
    } finally {
      this.busy = false
    }
  }

  #bury(error: unknown): boolean {
    if (!(error instanceof ApiProblem) || !error.tombstone) return false
    this.tombstone = error.tombstone
    this.record = null
    this.etag = error.tombstone.etag ?? ''
    return true
  }
}

function tagOf(reply: Reply<Incident>): string {
  return reply.etag ?? `"${reply.data.version}"`
}

function isGone(record: Incident): boolean {
  return record.workflow_status === 'withdrawn' || record.workflow_status === 'merged'
}
