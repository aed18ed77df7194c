import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api, ApiProblem, NetworkFailure, type Schemas } from '../api'
import { blankDraft, type IncidentInput } from './draft'
import { Editor } from './editor.svelte'
import { toInput } from './model'

function input(): IncidentInput {
  const draft = blankDraft()
  Object.assign(draft, { title: 'Invented', summary: 'Invented.', origin_country: 'TJK', host_country: 'DEU' })
  draft.when.precision = 'unknown'
  draft.scope_test = { state_link: 'yes', cross_border: 'yes', reason: 'yes', aim: 'yes', act: 'yes' }
  return toInput(draft)
}

function record(version: number, changes: Partial<IncidentInput> = {}, standing: Partial<Schemas['Incident']> = {}): Schemas['Incident'] {
  return { ...input(), ...changes, ref: 'FW-4F7K-Q2ME', version, may_edit: true, workflow_status: 'draft', pending: null, ...standing } as unknown as Schemas['Incident']
}

function reply(data: unknown, etag: string | null = null) {
  return { data, etag, headers: new Headers(), status: 200 } as never
}

function problem(status: number, code: string, errors: Schemas['FieldProblem'][] = []) {
  return new ApiProblem({ type: '', title: '', status, code, detail: '', instance: '', errors })
}

function fill(editor: Editor, changes: object = {}) {
  const draft = editor.form.draft
  Object.assign(draft, { title: 'Invented', summary: 'Invented.', origin_country: 'TJK', host_country: 'DEU', ...changes })
  draft.when.precision = 'unknown'
  for (const part of Object.keys(draft.scope_test)) draft.scope_test[part as 'aim'] = 'yes'
}

const post = vi.spyOn(api, 'post')
const patch = vi.spyOn(api, 'patch')
const get = vi.spyOn(api, 'get')
const remove = vi.spyOn(api, 'delete')

beforeEach(() => {
  for (const spy of [post, patch, get, remove]) spy.mockReset()
  remove.mockResolvedValue(reply(undefined))
})
afterEach(() => void vi.clearAllTimers())

describe('a new incident', () => {
  it('is sent once, with the working copy as its key', async () => {
    const editor = Editor.fresh()
    fill(editor)
    post.mockResolvedValue(reply(record(1), '"1"'))
    const both = await Promise.all([editor.submit(), editor.submit()])
    expect(both).toEqual(['FW-4F7K-Q2ME', null])
    expect(post).toHaveBeenCalledTimes(1)
    expect(post.mock.calls[0]?.[1]).toMatchObject({ idempotencyKey: editor.copyId, query: { working_copy: editor.copyId } })
    expect(editor.autosave.unsaved).toBe(false)
  })

  it('is not sent while something needed is missing', async () => {
    const editor = Editor.fresh()
    fill(editor, { title: ' ' })
    expect(await editor.submit()).toBeNull()
    expect(post).not.toHaveBeenCalled()
    expect(Object.keys(editor.form.errors)).toEqual(['incident.title'])
  })

  it('whose answer was lost is asked for again as it was, then changed', async () => {
    const editor = Editor.fresh()
    fill(editor)
    post.mockRejectedValueOnce(new NetworkFailure('cut'))
    expect(await editor.submit()).toBeNull()
    editor.form.draft.title = 'Another'
    post.mockResolvedValueOnce(reply(record(1), '"1"'))
    patch.mockResolvedValueOnce(reply(record(2), '"2"'))
    expect(await editor.submit()).toBe('FW-4F7K-Q2ME')
    expect(post.mock.calls[1]?.[1]).toMatchObject({ body: { title: 'Invented' } })
    expect(patch.mock.calls[0]?.[1]).toMatchObject({ body: { title: 'Another' }, ifMatch: '"1"' })
  })

  it('that the server refuses shows the fault at its field', async () => {
    const editor = Editor.fresh()
    fill(editor)
    post.mockRejectedValueOnce(problem(422, 'validation.failed', [{ pointer: '#/targets/0/communities/0', code: 'unknown_code' }]))
    expect(await editor.submit()).toBeNull()
    expect(editor.form.error('T1.communities')).toBe('This is not in the list of choices.')
    editor.form.touch('T1.communities')
    expect(editor.form.error('T1.communities')).toBeUndefined()
  })
})

describe('an edited incident', () => {
  it('sends the changed members only', async () => {
    const editor = Editor.ofRecord(record(3), '"3"')
    editor.form.draft.police_reported = 'yes'
    patch.mockResolvedValueOnce(reply(record(4), '"4"'))
    expect(await editor.submit()).toBe('FW-4F7K-Q2ME')
    expect(patch.mock.calls[0]?.[1]).toMatchObject({ body: { police_reported: 'yes' }, ifMatch: '"3"' })
    expect(Object.keys(patch.mock.calls[0]?.[1]?.body ?? {})).toEqual(['police_reported'])
  })

  it('sends nothing when nothing changed', async () => {
    const editor = Editor.ofRecord(record(3), '"3"')
    expect(await editor.submit()).toBe('FW-4F7K-Q2ME')
    expect(patch).not.toHaveBeenCalled()
  })

  it('lays two versions side by side after 412, and saves the choices on top of the other', async () => {
    const editor = Editor.ofRecord(record(3), '"3"')
    editor.form.draft.title = 'Mine'
    editor.form.draft.summary = 'My summary'
    patch.mockRejectedValueOnce(problem(412, 'incident.stale'))
    get.mockResolvedValueOnce(reply(record(4, { title: 'Theirs', police_reported: 'no' }), '"4"'))
    expect(await editor.submit()).toBeNull()
    expect(editor.conflict?.clashes.map((clash) => clash.path)).toEqual(['/title'])
    expect(editor.conflict?.taken).toEqual(['/police_reported'])
    patch.mockResolvedValueOnce(reply(record(5), '"5"'))
    expect(await editor.merge({ '/title': 'theirs' })).toBe('FW-4F7K-Q2ME')
    expect(patch.mock.calls[1]?.[1]).toMatchObject({ body: { summary: 'My summary' }, ifMatch: '"4"' })
    expect(Object.keys(patch.mock.calls[1]?.[1]?.body ?? {})).toEqual(['summary'])
    expect(editor.form.draft.title).toBe('Theirs')
  })

  it('takes its own save, of which the answer got lost, for saved', async () => {
    const editor = Editor.ofRecord(record(3), '"3"')
    editor.form.draft.title = 'Mine'
    patch.mockRejectedValueOnce(problem(412, 'incident.stale'))
    get.mockResolvedValueOnce(reply(record(4, { title: 'Mine' }), '"4"'))
    expect(await editor.submit()).toBe('FW-4F7K-Q2ME')
    expect(editor.conflict).toBeNull()
  })

  it('says why once the record has left draft', async () => {
    const editor = Editor.ofRecord(record(3, {}, { workflow_status: 'in_review' }), '"3"')
    expect(editor.needsReason).toBe(false)
    editor.form.draft.title = 'Mine'
    expect([editor.needsReason, editor.waits]).toEqual([true, false])
    editor.reason = ' A correction '
    patch.mockResolvedValueOnce(reply(record(4), '"4"'))
    await editor.submit()
    expect(patch.mock.calls[0]?.[1]).toMatchObject({ body: { title: 'Mine', reason: 'A correction' } })
    expect(editor.saved?.etag).toBe('"4"')
  })

  it('needs no reason while it is a draft', () => {
    const editor = Editor.ofRecord(record(3), '"3"')
    editor.form.draft.title = 'Mine'
    expect([editor.needsReason, editor.waits]).toEqual([false, false])
  })

  it('waits for a second person once the record is approved', () => {
    const waits = ['approved', 'embargoed', 'published'].map((status) => Editor.ofRecord(record(3, {}, { workflow_status: status }), '"3"').waits)
    expect(waits).toEqual([true, true, true])
  })

  it('compares with the edit that waits, not with the text that stands', async () => {
    const editor = Editor.ofRecord(record(3, {}, { workflow_status: 'published' }), '"3"')
    editor.form.draft.title = 'Mine'
    patch.mockRejectedValueOnce(problem(412, 'incident.stale'))
    get.mockResolvedValueOnce(reply(record(4, { title: 'Theirs' }), '"4"'))
    await editor.submit()
    expect(get.mock.calls[0]?.[1]).toMatchObject({ query: { content: 'pending' } })
  })
})
