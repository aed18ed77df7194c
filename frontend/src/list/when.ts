import type { Schemas } from '../api'
import { describeOccurredShort, t } from '../i18n'

/** The date of the event in few words. */
export function whenOf(item: Pick<Schemas['IncidentSummary'], 'occurred'>): string {
  return describeOccurredShort(item.occurred) || t('list.undated')
}
