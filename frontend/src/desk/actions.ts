// What a save did, in words.
import { vocabulary, type Schemas } from '../api'
import { lookup, t } from '../i18n'

type Revision = Schemas['Revision']

/** "Submitted for review", "Verification: corroborated", "Edited". */
export function actionWords(revision: Revision): string {
  switch (revision.action) {
    case 'transition':
      return lookup(`desk.action.to.${revision.workflow_status}`) ?? vocabulary.label('workflow_status', revision.workflow_status)
    case 'verification':
      return t('desk.action.verification', { status: verification(revision.verification_status) })
    default:
      return lookup(`desk.action.${revision.action}`) ?? revision.action
  }
}

function verification(code: string): string {
  return lookup(`list.short.verification_status.${code}`) ?? vocabulary.label('verification_status', code)
}
