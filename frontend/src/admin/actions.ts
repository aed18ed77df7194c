/** What the audit names, grouped as the filter shows it. A test holds it against the server's sources. */
export const actions: Record<string, string[]> = {
  records: [
    'incident.create', 'incident.edit', 'incident.pending_edit', 'incident.approve_pending', 'incident.reject_pending', 'incident.discard_pending',
    'incident.transition', 'incident.verification', 'incident.restore', 'incident.undo', 'incident.merge', 'incident.unmerge', 'incident.erase',
    'incident.erase_again', 'incident.delete', 'incident.undelete', 'incident.erase_held',
    'protected.read', 'protected.many', 'export.create', 'campaign.create', 'campaign.update', 'duplicate.dismiss', 'duplicate.restore',
    'export.request', 'export.approve', 'export.refuse', 'export.download', 'export.cancel', 'export.delete', 'snapshot.create', 'hold.place',
    'hold.ask_release', 'hold.keep', 'hold.release',
    'grant.request', 'grant.approve', 'grant.decline', 'grant.revoke', 'grant.withdraw', 'grant.read', 'release.propose', 'release.approve', 'release.publish',
    'release.discard',
  ],
  together: ['team.assign', 'team.unassign', 'review.ask', 'review.unask', 'comment.create', 'comment.edit', 'comment.delete', 'comment.resolve'],
  files: ['upload.begin', 'upload.cancel', 'file.received', 'file.viewed', 'file.downloaded', 'file.marked', 'file.deleted', 'file.erased', 'intake.fetch'],
  imports: [
    'import.begin', 'import.mapping', 'import.checking', 'import.checked', 'import.running', 'import.rows', 'import.done', 'import.cancelled',
    'import.undoing', 'import.undo', 'import.undone', 'import.failed', 'import.forget', 'import_map.save', 'import_map.delete',
  ],
  people: [
    'session.start', 'session.end', 'session.reuse', 'session.step_up', 'token.create', 'token.use', 'token.revoke', 'user.create', 'user.password', 'user.roles', 'user.disable', 'user.enable',
    'user.reset', 'user.reset_factor', 'user.sign_out', 'reset.create', 'reset.confirm', 'reset.revoke', 'reset.use', 'invitation.create', 'invitation.revoke', 'invitation.accept',
    'factor.add', 'factor.remove', 'factor.codes', 'factor.refused', 'permission.denied',
  ],
  server: [
    'setup', 'instance.mode', 'organisation.create', 'organisation.change', 'organisation.sign_out', 'keys.alone', 'keys.approve', 'keys.approved', 'keys.lock', 'keys.offer', 'keys.refused', 'keys.renew', 'keys.rewrap',
  ],
}

export const allActions = Object.values(actions).flat()
