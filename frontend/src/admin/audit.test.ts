import { describe, expect, it } from 'vitest'
import { actionText, auditQuery, fieldsText, objectText, type Entry, type Filter } from './audit'

const none: Filter = { record: '', person: '', action: '', from: '', to: '' }

function entry(part: Partial<Entry>): Entry {
  return { at: '2026-11-25T10:00:00Z', action: 'user.roles', organisation: 'example_ngo', user_name: 'elif', object: '', object_name: '', record: '', record_visible: false, fields: [], ...part }
}

describe('auditQuery', () => {
  it('asks for the days of the reader, both included', () => {
    const query = auditQuery({ ...none, from: '2026-11-24', to: '2026-11-25' }, 'organisation', null)
    expect(query.get('from')).toBe(new Date(2026, 10, 24).toISOString())
    expect(query.get('to')).toBe(new Date(2026, 10, 26).toISOString())
  })

  it('asks no circle for what it does not take', () => {
    const filter = { record: ' FW-4F7K-Q2ME ', person: 'Elif', action: 'user.roles', from: '', to: '' }
    expect(auditQuery(filter, 'organisation', null).toString()).toBe('limit=50&record=FW-4F7K-Q2ME&user_name=elif&action=user.roles')
    expect(auditQuery(filter, 'own', '1.2').toString()).toBe('limit=50&record=FW-4F7K-Q2ME&action=user.roles&cursor=1.2')
    expect(auditQuery(filter, 'instance', null).toString()).toBe('limit=50&action=user.roles')
  })

  it('leaves out a day that is none', () => {
    expect(auditQuery({ ...none, from: 'yesterday' }, 'own', null).toString()).toBe('limit=50')
  })
})

describe('entries', () => {
  it('tell given roles from taken ones', () => {
    expect(fieldsText(entry({ action: 'session.start', fields: ['recovery_code', 'new_device'] }))).toBe('recovery code and new device')
    expect(fieldsText(entry({ fields: ['-analyst', '+reviewer'] }))).toBe('Given: Reviewer · Taken: Analyst')
  })

  it('name the mode of a lock, and no id of the machine', () => {
    expect(objectText(entry({ action: 'instance.mode', object: 'read_only' }))).toBe('Read-only')
    expect(objectText(entry({ action: 'session.end', object: '0b8f4a52-7c1b-4f5e-9a54-3d1b2c3d4e5f' }))).toBe('')
    expect(objectText(entry({ action: 'permission.denied', object: 'listAudit' }))).toBe('listAudit')
    expect(objectText(entry({ action: 'incident.create', object: 'FW-4F7K-Q2ME', record: 'FW-4F7K-Q2ME' }))).toBe('')
  })

  it('stand for themselves where no text is known', () => {
    expect(actionText('incident.create')).toBe('Logged a record')
    expect(actionText('something.new')).toBe('something.new')
  })
})
