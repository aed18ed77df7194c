import { api, ApiProblem, fieldTexts, NetworkFailure, newIdempotencyKey, session, type Schemas } from '../api'
import { recordedAlready } from '../links/before'
import { Autosave } from './autosave.svelte'
import { blankDraft, type Draft, type IncidentInput } from './draft'
import { FormState } from './form.svelte'
import { threeWay, type Clash, type Side } from './merge'
import { changedMembers, fromInput, pick, restoreDraft, toInput } from './model'
import { placeOf } from './places'
import { draftName } from './words'

/** The saved version that is being edited. */
export interface Base {
  input: IncidentInput
  etag: string
  version: number
}

/** Somebody else saved in between. */
export interface Conflict {
  /** What both started from. */
  from: IncidentInput
  theirs: Base
  mine: IncidentInput
  /** Fields that both changed, to different values: a person decides. */
  clashes: Clash[]
  /** Paths that only the other one changed: they are taken over. */
  taken: string[]
}

/** Where the record stands in its workflow, as far as saving depends on it. */
export interface Standing {
  status: string
  pending: Schemas['PendingRevision'] | null
}

// From then on an edit waits for a second person.
const settled = new Set(['approved', 'embargoed', 'published'])

interface Kept {
  draft: unknown
  base: Base | null
}

// Larger bodies may not outlive their page.
const keepaliveLimit = 60_000

/** One form from opening to saving: its working copy, the version it started from, and the way to the server. */
export class Editor {
  readonly form = new FormState()
  readonly autosave: Autosave
  base = $state.raw<Base | null>(null)
  busy = $state(false)
  /** What kept the last try from being saved, apart from faults in fields. */
  failure = $state.raw<unknown>(null)
  conflict = $state.raw<Conflict | null>(null)
  /** Null for a new record. */
  standing = $state.raw<Standing | null>(null)
  /** Why the record is changed: needed once it has left draft. */
  reason = $state('')
  /** The version that the last save made. */
  saved = $state.raw<{ record: Schemas['Incident']; etag: string } | null>(null)
  /** A create that was sent and never answered: it may be saved already. */
  #unanswered: IncidentInput | null = null

  private constructor(
    readonly copyId: string,
    /** The record being edited; null for a new one. */
    readonly ref: string | null,
    kept: { draft: FormState['draft']; base: Base | null; savedAt: string | null },
  ) {
    this.form.draft = kept.draft
    this.form.saved = ref
    this.base = kept.base
    this.autosave = new Autosave(this.snapshot(), {
      send: (form) => this.#keep(form),
      passing: mayPass,
    })
    if (kept.savedAt) {
      this.autosave.savedAt = kept.savedAt
      this.autosave.state = 'saved'
    }
  }

  static fresh(): Editor {
    const draft = blankDraft()
    draft.sensitivity = session.account?.initial_sensitivity ?? draft.sensitivity
    return new Editor(newIdempotencyKey(), null, { draft, base: null, savedAt: null })
  }

  static ofRecord(record: Schemas['Incident'], etag: string | null): Editor {
    const draft = fromInput(record)
    const editor = new Editor(newIdempotencyKey(), record.ref, { draft, base: baseOf(record, etag), savedAt: null })
    editor.stand(record)
    return editor
  }

  /** Goes on with a working copy; null when it holds no form of ours. */
  static ofCopy(copy: Schemas['WorkingCopy']): Editor | null {
    const kept = copy.form as unknown as Kept
    const draft = restoreDraft(kept.draft)
    if (!draft || (copy.incident_ref && !kept.base)) return null
    return new Editor(copy.working_copy_id, copy.incident_ref, { draft, base: kept.base ?? null, savedAt: copy.updated_at })
  }

  /** Takes note of where the record stands. */
  stand(record: Pick<Schemas['Incident'], 'workflow_status' | 'pending'>): void {
    this.standing = { status: record.workflow_status, pending: record.pending }
  }

  /** Must the person say why before this is saved? */
  get needsReason(): boolean {
    return this.standing !== null && this.standing.status !== 'draft' && this.#changes().length > 0
  }

  /** Will what is saved wait for a second person? */
  get waits(): boolean {
    return settled.has(this.standing?.status ?? '')
  }

  /** Shows the faults of the form; true when there are none. */
  check(): boolean {
    this.form.attempted = true
    this.form.refused = {}
    this.failure = null
    return Object.keys(this.form.errors).length === 0
  }

  /** Records that very likely tell of this case already. None while a save of it is in doubt: that would find itself. */
  async duplicates(): Promise<Schemas['Duplicate'][]> {
    if (this.busy || this.#unanswered) return []
    this.busy = true
    try {
      return await recordedAlready(toInput(this.form.draft))
    } finally {
      this.busy = false
    }
  }

  /** The form as a working copy keeps it. */
  snapshot(): string {
    return JSON.stringify({ draft: this.form.draft, base: this.base })
  }

  /** Saves the record. Returns its ref, or null when something stands in the way; then the form says what. */
  async submit(): Promise<string | null> {
    if (this.busy) return null
    if (!this.check()) return null
    this.busy = true
    await this.autosave.stop()
    const input = toInput(this.form.draft)
    try {
      const ref = this.ref ? await this.#update(this.ref, input) : await this.#create(input)
      if (ref) this.autosave.finish()
      return ref
    } catch (error) {
      this.#refuse(error, input)
      return null
    } finally {
      this.busy = false
      if (this.autosave.unsaved || this.failure || this.conflict) this.autosave.resume()
    }
  }

  /** Takes the reader's choices, by path, and saves on top of the other version. */
  async merge(choices: Record<string, Side>): Promise<string | null> {
    const conflict = this.conflict
    if (!conflict) return null
    this.form.draft = fromInput(threeWay(conflict.from, conflict.mine, conflict.theirs.input, choices).input)
    this.base = conflict.theirs
    this.conflict = null
    return this.submit()
  }

  /** Throws the working copy away. */
  async discard(): Promise<void> {
    await this.autosave.stop()
    await api.delete('/api/v1/working-copies/{working_copy_id}', { path: { working_copy_id: this.copyId } }).catch((error: unknown) => {
      if (!(error instanceof ApiProblem) || error.status !== 404) {
        this.autosave.resume()
        throw error
      }
    })
    this.autosave.finish()
  }

  async #create(input: IncidentInput): Promise<string> {
    // The same key and body answer with the record that the lost answer spoke of, or make it now.
    const lost = this.#unanswered
    const first = lost ?? input
    const reply = await this.#post(first)
    this.#unanswered = null
    if (!lost) return reply.data.ref
    const since = changedMembers(lost, input)
    if (since.length > 0) await this.#patch(reply.data.ref, pick(input, since), reply.etag ?? tagOf(reply.data.version))
    return reply.data.ref
  }

  async #post(body: IncidentInput) {
    try {
      return await api.post('/api/v1/incidents', { body, idempotencyKey: this.copyId, query: { working_copy: this.copyId } })
    } catch (error) {
      if (error instanceof NetworkFailure || (error instanceof ApiProblem && error.status >= 500)) this.#unanswered = body
      else this.#unanswered = null
      throw error
    }
  }

  async #update(ref: string, input: IncidentInput): Promise<string | null> {
    const base = this.base as Base
    const names = changedMembers(base.input, input)
    if (names.length === 0) {
      await this.discard()
      return ref
    }
    try {
      const reason = this.reason.trim()
      const body: Schemas['IncidentPatch'] = { ...pick(input, names), ...(reason ? { reason } : {}) }
      const reply = await this.#patch(ref, body, base.etag)
      this.saved = { record: reply.data, etag: reply.etag ?? tagOf(reply.data.version) }
      return ref
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 412) throw error
      return this.#compare(ref, input)
    }
  }

  #changes() {
    return this.base ? changedMembers(this.base.input, toInput(this.form.draft)) : []
  }

  #patch(ref: string, body: Schemas['IncidentPatch'], ifMatch: string) {
    return api.patch('/api/v1/incidents/{ref}', {
      path: { ref }, body, ifMatch, query: { working_copy: this.copyId },
    })
  }

  /** After 412: reads the other version and lays both side by side. */
  async #compare(ref: string, mine: IncidentInput): Promise<string | null> {
    const reply = await api.get('/api/v1/incidents/{ref}', { path: { ref }, query: { content: 'pending' } })
    this.stand(reply.data)
    const theirs = baseOf(reply.data, reply.etag)
    const from = (this.base as Base).input
    const { input, clashes, taken } = threeWay(from, mine, theirs.input)
    if (changedMembers(theirs.input, input).length === 0) {
      // It was our own save, of which the answer got lost.
      await this.discard()
      return ref
    }
    this.conflict = { from, theirs, mine, clashes, taken }
    return null
  }

  #refuse(error: unknown, sent: IncidentInput): void {
    const places: Record<string, string> = {}
    for (const [pointer, text] of Object.entries(fieldTexts(error))) places[placeOf(pointer, sent)] ??= text
    this.form.refused = places
    this.failure = error
  }

  async #keep(text: string): Promise<{ updatedAt: string }> {
    const kept = JSON.parse(text) as { draft: Draft; base: unknown }
    const { data } = await api.put('/api/v1/working-copies/{working_copy_id}', {
      path: { working_copy_id: this.copyId },
      body: {
        title: draftName(kept.draft)?.slice(0, 300) ?? null,
        incident_ref: this.ref,
        base_version: this.base?.version ?? null,
        form: kept,
      },
      keepalive: document.visibilityState === 'hidden' && text.length < keepaliveLimit,
    })
    return { updatedAt: data.updated_at }
  }
}

function baseOf(record: Schemas['Incident'], etag: string | null): Base {
  return { input: toInput(fromInput(record)), etag: etag ?? tagOf(record.version), version: record.version }
}

function tagOf(version: number): string {
  return `"${version}"`
}

/** Failures that pass by themselves: no network, a busy server, a session that is signed in again. */
function mayPass(error: unknown): boolean {
  if (error instanceof NetworkFailure) return true
  return error instanceof ApiProblem && (error.status >= 500 || error.status === 429 || error.status === 423 || error.status === 401)
}
