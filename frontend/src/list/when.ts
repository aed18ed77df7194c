import type { Schemas } from '../api'
import { describeOccurredShort, t } from '../i18n'

/** The date of the event in few words. */
export function whenOf(item: Pick<Schemas['IncidentSummary'], 'occurred'>): string {
  return describeOccurredShort(item.occurred) || t('list.undated')
}

/** How many people it was done to, in few words. */
export function personsOf(item: Pick<Schemas['IncidentSummary'], 'persons_min' | 'persons_max'>): string {
  const { persons_min: min, persons_max: max } = item
  if (max === null) return t('common.persons_open', { min })
  return min === max ? t('common.persons', { count: min }) : t('common.persons_range', { min, max })
}
