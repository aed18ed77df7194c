import type { Schemas } from '../api'
import { formatList, lookup, t } from '../i18n'

export type Entry = Schemas['AuditEntry']

/** Whose actions a list shows. */
export type Circle = 'organisation' | 'own' | 'instance'

export const auditPaths = {
  organisation: '/api/v1/audit',
  own: '/api/v1/me/audit',
  instance: '/api/v1/instance/audit',
} as const

/** The filter as it stands in the address; days are the reader's own. */
export interface Filter {
  record: string
  person: string
  action: string
  from: string
  to: string
}

/** The query of the API: a day begins and ends at the reader's midnight. */
export function auditQuery(filter: Filter, circle: Circle, cursor: string | null): URLSearchParams {
  const query = new URLSearchParams({ limit: '50' })
  if (circle !== 'instance' && filter.record.trim()) query.set('record', filter.record.trim())
  if (circle === 'organisation' && filter.person.trim()) query.set('user_name', filter.person.trim().toLowerCase())
  if (filter.action) query.set('action', filter.action)
  const from = midnight(filter.from, 0)
  const to = midnight(filter.to, 1)
  if (from) query.set('from', from)
  if (to) query.set('to', to)
  if (cursor) query.set('cursor', cursor)
  return query
}

function midnight(day: string, later: number): string | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  if (!parts) return null
  const at = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + later)
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}

export function isFiltered(filter: Filter): boolean {
  return Object.values(filter).some((value) => value !== '')
}

/** What was done, in words; a code that this screen does not know stands for itself. */
export function actionText(action: string): string {
  return lookup(`admin.action.${action}`) ?? action
}

const machineId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/

/** To what, where it is neither a record nor a person: codes are shown, ids of the machine are not. */
export function objectText(entry: Entry): string {
  if (entry.record || entry.object_name || machineId.test(entry.object)) return ''
  if (entry.action === 'instance.mode') return lookup(`admin.lock.mode.${entry.object}`) ?? entry.object
  return entry.object
}

/** The fields of a change; roles are told apart by what was given and what was taken. */
export function fieldsText(entry: Entry): string {
  if (entry.fields.length === 0) return ''
  const role = (code: string) => lookup(`account.role.${code.replace(/^[+-]/, '')}`) ?? code
  if (entry.action === 'user.roles') {
    const given = entry.fields.filter((field) => field.startsWith('+')).map(role)
    const taken = entry.fields.filter((field) => field.startsWith('-')).map(role)
    const parts = []
    if (given.length > 0) parts.push(t('admin.audit.given', { roles: formatList(given) }))
    if (taken.length > 0) parts.push(t('admin.audit.taken', { roles: formatList(taken) }))
    return parts.join(' · ')
  }
  if (['user.create', 'invitation.create', 'setup'].includes(entry.action)) return formatList(entry.fields.map(role))
  if (/^(session|factor)[.]/.test(entry.action)) return formatList(entry.fields.map((field) => lookup(`admin.audit.proof.${field}`) ?? field))
  return formatList(entry.fields)
}
