import { api, ApiProblem, describe, type Schemas } from '../api'
import { describeField } from '../api/problem'
import { lookup } from '../i18n'
import type { Chosen } from '../list/selection.svelte'

export type BulkAction = 'submit' | 'return' | 'approve' | 'verify' | 'assign' | 'ask_review' | 'raise_sensitivity'

export interface BulkResult {
  ref: string
  ok: boolean
  version: number | null
  undoable: boolean
  /** Why not, for the reader. */
  why: string[]
}

// Few at a time, so that the progress moves and a lost line costs little.
const atOnce = 20

/** One step for many records, some at a time, with what became of each. Reactive. */
export class BulkRun {
  results = $state.raw<BulkResult[]>([])
  running = $state(false)
  total = $state(0)

  get failed(): BulkResult[] {
    return this.results.filter((result) => !result.ok)
  }

  get done(): BulkResult[] {
    return this.results.filter((result) => result.ok)
  }

  async run(items: Chosen[], what: Omit<Schemas['BulkInput'], 'items'>): Promise<void> {
    this.running = true
    this.total = items.length
    this.results = []
    for (let i = 0; i < items.length; i += atOnce) {
      const part = items.slice(i, i + atOnce)
      try {
        const { data } = await api.post('/api/v1/incidents/bulk', { body: { ...what, items: part } })
        this.results = [...this.results, ...data.items.map(read)]
      } catch (error) {
        // A refusal of the whole question is the same for all that are left.
        const rest = error instanceof ApiProblem && error.status === 422 ? items.slice(i) : part
        this.results = [...this.results, ...rest.map((item) => ({ ref: item.ref, ok: false, version: item.version, undoable: false, why: [describe(error)] }))]
        if (rest.length > part.length) break
      }
    }
    this.running = false
  }
}

function read(item: Schemas['BulkResult']): BulkResult {
  const why = item.ok ? [] : [lookup(`problem.${item.code}`) ?? item.code ?? '', ...item.errors.map((error) => describeField(error as Parameters<typeof describeField>[0]))]
  return { ref: item.ref, ok: item.ok, version: item.version, undoable: item.undoable, why: [...new Set(why)] }
}
