import { describe, expect, it } from 'vitest'
import { openSections } from './sections'

const hrefs = (...held: string[]) => openSections((permission) => held.includes(permission)).map((section) => section.href)

describe('openSections', () => {
  it('shows an administrator of the organisation all but the other organisations', () => {
    expect(hrefs('members:read', 'members:write', 'organisation:write', 'audit:read', 'audit:verify', 'instance:lock')).toEqual([
      '/admin/people', '/admin/invitations', '/admin/sessions', '/admin/organisation', '/admin/audit',
    ])
  })

  it('shows an administrator of the server no people', () => {
    expect(hrefs('organisations:write', 'audit:instance', 'audit:verify', 'instance:lock')).toEqual(['/admin/organisations', '/admin/audit'])
  })

  it('shows everybody else nothing', () => {
    expect(hrefs('incidents:read', 'incidents:create', 'incidents:review')).toEqual([])
  })
})
