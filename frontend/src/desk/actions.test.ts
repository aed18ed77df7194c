import { describe, expect, it } from 'vitest'
import type { Schemas } from '../api'
import { actionWords } from './actions'

function revision(action: string, changes: Partial<Schemas['Revision']> = {}): Schemas['Revision'] {
  return {
    version: 2, base_version: 1, action, author: 'amina', at: '2026-01-01T00:00:00Z', reason: null, workflow_status: 'draft',
    verification_status: 'unreviewed', pending: false, readable: true, restorable: true, ...changes,
  }
}

describe('actionWords', () => {
  it('says every action of the contract', () => {
    const actions = ['create', 'edit', 'pending_edit', 'approve_pending', 'reject_pending', 'discard_pending', 'restore', 'undo', 'merge', 'unmerge']
    expect(actions.map((action) => actionWords(revision(action)))).toEqual([
      'Logged', 'Edited', 'Edited; waits for a second person', 'Edit approved', 'Edit rejected', 'Edit taken back', 'Earlier version restored',
      'Last action undone', 'Another record merged into it or it into another', 'Merge undone',
    ])
  })

  it('says where a step led', () => {
    const steps = ['in_review', 'draft', 'approved', 'embargoed', 'published', 'closed', 'withdrawn']
    expect(steps.map((status) => actionWords(revision('transition', { workflow_status: status })))).toEqual([
      'Sent to review', 'Sent back to draft', 'Approved', 'Put under embargo', 'Published', 'Closed', 'Withdrawn',
    ])
  })

  it('says how sure somebody was', () => {
    expect(actionWords(revision('verification', { verification_status: 'corroborated' }))).toBe('Verification: Corroborated')
  })

  it('shows an action that this screen does not know by its own name', () => {
    expect(actionWords(revision('teleport'))).toBe('teleport')
  })
})
