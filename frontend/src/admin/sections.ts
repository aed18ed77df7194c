import { session } from '../api'
import type { MessageKey } from '../i18n'
import type { IconName } from '../ui'

export interface Section {
  href: string
  label: MessageKey
  lead: MessageKey
  icon: IconName
  /** One of these permissions opens it. */
  needs: string[]
}

/** The screens of an administrator, in the order of the menu. */
export const sections: Section[] = [
  { href: '/admin/people', label: 'admin.people.title', lead: 'admin.people.short', icon: 'person', needs: ['members:read'] },
  { href: '/admin/invitations', label: 'account.invitations.title', lead: 'admin.invitations.short', icon: 'link', needs: ['members:write'] },
  { href: '/admin/sessions', label: 'admin.sessions.title', lead: 'admin.sessions.short', icon: 'system', needs: ['members:read'] },
  { href: '/admin/organisation', label: 'admin.organisation.title', lead: 'admin.organisation.short', icon: 'edit', needs: ['organisation:write'] },
  { href: '/admin/organisations', label: 'admin.organisations.title', lead: 'admin.organisations.short', icon: 'globe', needs: ['organisations:write'] },
  { href: '/releases', label: 'releases.title', lead: 'releases.short', icon: 'chart', needs: ['releases:publish'] },
  { href: '/admin/audit', label: 'admin.audit.title', lead: 'admin.audit.short', icon: 'list', needs: ['audit:read', 'audit:instance'] },
]

/** Those that the account may open. */
export function openSections(may: (permission: string) => boolean): Section[] {
  return sections.filter((section) => section.needs.some(may))
}

/** May the account open any of the screens? */
export function administers(): boolean {
  return openSections((permission) => session.may(permission)).length > 0
}
