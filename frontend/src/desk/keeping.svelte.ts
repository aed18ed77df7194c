import { api, session, type Schemas } from '../api'

/** What keeps a record, and its end: the legal hold, and deleting. Only reviewers are told. */
export class Keeping {
  hold = $state.raw<Schemas['Hold'] | null>(null)
  ready = $state(false)

  constructor(readonly ref: string) {
    if (session.may('incidents:review')) void this.load()
  }

  async load(): Promise<void> {
    // Without an answer there is neither banner nor button; the record itself tells of the fault.
    await api.get('/api/v1/incidents/{ref}/hold', { path: { ref: this.ref } }).then((reply) => this.#show(reply.data), () => undefined)
  }

  async place(reason: string): Promise<void> {
    this.#show((await api.post('/api/v1/incidents/{ref}/hold', { path: { ref: this.ref }, body: { reason } })).data)
  }

  async askRelease(reason: string): Promise<void> {
    this.#show((await api.post('/api/v1/incidents/{ref}/hold/release', { path: { ref: this.ref }, body: { reason } })).data)
  }

  async decide(decision: 'release' | 'keep'): Promise<void> {
    this.#show((await api.post('/api/v1/incidents/{ref}/hold/decision', { path: { ref: this.ref }, body: { decision } })).data)
  }

  async remove(reason: string, ifMatch: string): Promise<void> {
    await api.post('/api/v1/incidents/{ref}/deletion', { path: { ref: this.ref }, ifMatch, body: { reason } })
  }

  #show(state: Schemas['HoldState']): void {
    this.hold = state.hold
    this.ready = true
  }
}
