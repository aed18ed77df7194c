import { t } from '../i18n'
import { filterFields } from './fields'
import { valueLabel } from './labels'
import { parseWhere, type Where } from './where'

/** A condition in words: "(Accused state: China or Community: Uyghur) and not Method: spyware". */
export function whereSentence(text: string): string {
  const where = parseWhere(text)
  return where ? say(where) : text
}

function say(where: Where): string {
  if (!('op' in where)) {
    const field = filterFields.find((item) => item.name === where.field)
    if (!field) return `${where.field}: ${where.values.join(', ')}`
    return t('list.filter.chip', { field: t(field.label), value: where.values.map((value) => valueLabel(field, value)).join(', ') })
  }
  const parts = where.parts.map((part) => ('op' in part && part.op !== 'not' ? t('finding.where.brackets', { part: say(part) }) : say(part)))
  if (where.op === 'not') return t('finding.where.not', { part: parts[0] ?? '' })
  return parts.reduce((left, right) => t(where.op === 'and' ? 'finding.where.and' : 'finding.where.or', { left, right }))
}
