// The obvious faults, found before anything is sent. The server checks everything again.
import { isBlankSource } from './coding'
import { confidentialKinds, scopeParts, type Draft } from './draft'
import { isBlankAmount, isBlankPerpetrator } from './model'
import { isDay, todayHere, whenFault, type When } from './when'

/** A fault by its place; the text is form.fault.<fault>. */
export type Faults = Record<string, string>

export function check(draft: Draft, today = todayHere()): Faults {
  const faults: Faults = {}
  const need = (place: string, value: unknown) => {
    if (typeof value === 'string' ? value.trim() === '' : value === null || value === undefined) faults[place] = 'needed'
  }
  const past = (place: string, day: string | null) => {
    if (!day) return
    if (!isDay(day)) faults[place] = 'impossible_date'
    else if (day > tomorrow(today)) faults[place] = 'in_future'
  }
  const date = (owner: string, when: When) => {
    const fault = whenFault(when, draft.first_reported, today)
    if (fault === 'report_missing') faults['incident.first_reported'] = fault
    else if (fault) faults[`${owner}.occurred`] = fault
  }
  const atLeast = (place: string, min: number | null, max: number | null) => {
    if (min !== null && max !== null && max < min) faults[place] = 'below_minimum'
  }
  const web = (place: string, url: string | null) => {
    if (url?.trim() && !isWebAddress(url.trim())) faults[place] = 'not_web'
  }

  need('incident.origin_country', draft.origin_country)
  need('incident.host_country', draft.host_country)
  past('incident.first_reported', draft.first_reported)
  date('incident', draft.when)
  for (const item of draft.targets) {
    need(`${item.id}.count_min`, item.count_min)
    atLeast(`${item.id}.count_max`, item.count_min, item.count_max)
    if (item.identity) past(`${item.id}.identity.birth_date`, item.identity.birth_date)
  }
  for (const item of draft.perpetrators) if (!isBlankPerpetrator(item)) need(`${item.id}.type`, item.type)
  for (const act of draft.acts) {
    need(`${act.id}.target`, act.target)
    if (act.when) date(act.id, act.when)
  }
  for (const item of draft.inducements) {
    for (const amount of item.amounts.filter((entry) => !isBlankAmount(entry))) {
      need(`${amount.id}.amount_text`, amount.amount_text)
      need(`${amount.id}.currency_as_stated`, amount.currency_as_stated)
      atLeast(`${amount.id}.amount_max`, amount.amount_min, amount.amount_max)
    }
  }
  for (const source of draft.sources.filter((item) => !isBlankSource(item))) {
    need(`${source.id}.kind`, source.kind)
    web(`${source.id}.url`, source.url)
    web(`${source.id}.archive_url`, source.archive_url)
    past(`${source.id}.published`, source.published)
    past(`${source.id}.accessed`, source.accessed)
    if (!confidentialKinds.has(source.kind) && source.language && !/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(source.language)) {
      faults[`${source.id}.language`] = 'not_language'
    }
  }
  for (const item of draft.citations) {
    if (item.entity === '' && (item.quote || item.note)) faults[`${item.id}.entity`] = 'needed'
    if ((item.start === null) !== (item.end === null)) faults[`${item.id}.end`] = 'half_position'
  }
  for (const item of draft.responses) past(`${item.id}.date`, item.date)
  for (const item of draft.relations) {
    if (item.kind === '' && item.to.trim() === '' && !item.note) continue
    need(`${item.id}.kind`, item.kind)
    need(`${item.id}.to`, item.to)
  }
  for (const item of draft.consents) past(`${item.id}.date`, item.date)
  need('incident.title', draft.title)
  need('incident.summary', draft.summary)
  for (const part of scopeParts) need(`incident.scope_test.${part}`, draft.scope_test[part])
  return faults
}

export function isWebAddress(text: string): boolean {
  try {
    const url = new URL(text)
    return (url.protocol === 'https:' || url.protocol === 'http:') && !url.username && !url.password
  } catch {
    return false
  }
}

function tomorrow(today: string): string {
  return new Date(Date.parse(`${today}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
