import { vocabulary } from '../api'
import { t } from '../i18n'
import { readList } from '../router/query'

/** What a brief is about: the filters that name it, in this order. */
export const briefSubjects = ['origin_country', 'host_country', 'communities'] as const
export type BriefSubject = (typeof briefSubjects)[number]

/** "China as accused state", "in Germany", "Uyghur", joined. Empty when the address names no subject. */
export function briefTitle(query: URLSearchParams): string {
  const names = (subject: BriefSubject) =>
    readList(query, subject).map((code) => (subject === 'communities' ? vocabulary.label('communities', code) : vocabulary.country(code))).join(', ')
  const parts = briefSubjects.filter((subject) => readList(query, subject).length > 0)
  return parts.map((subject) => t(`dashboard.brief.about_${subject}`, { names: names(subject) })).join(', ')
}

/** A subject that is fixed needs no chart of its own: of the three, those that are still open. */
export function openSubjects(query: URLSearchParams): BriefSubject[] {
  return briefSubjects.filter((subject) => readList(query, subject).length !== 1)
}
