// What columns may be, in the reader's words.
import { vocabulary, type Schemas } from '../api'
import { lookup, t } from '../i18n'
import type { Option } from '../ui'
import { foldText } from '../ui/fold'

export type Import = Schemas['Import']
export type ImportMap = Schemas['ImportMap']
export type ImportField = Schemas['ImportField']

export function fieldName(name: string): string {
  return lookup(`imports.field.${name}`) ?? name
}

/** Fields to choose from, each found by its name in the file format too. */
export function fieldOptions(fields: ImportField[]): Option[] {
  return fields.map((field) => {
    const label = fieldName(field.name)
    return { value: field.name, label, search: foldText(`${label} ${field.name}`), hint: field.name }
  })
}

/** The codes that a field takes; null for one that takes none. */
export function codeOptions(field: ImportField | undefined): Option[] | null {
  if (!field) return null
  if (field.shape === 'country') return vocabulary.options('countries')
  return field.list ? vocabulary.options(field.list, { restricted: field.list === 'evidence_kind' }) : null
}

const working = new Set(['checking', 'running', 'undoing'])

/** Is the program at work on it? */
export function works(state: string): boolean {
  return working.has(state)
}

/** May the map still be changed? */
export function mayMap(state: string): boolean {
  return state === 'mapping' || state === 'checked' || state === 'cancelled'
}

/** One fault of a row in words: what is wrong with which cell. */
export function faultWords(fault: Schemas['ImportFault']): string {
  const text = lookup(`problem.field.${fault.code}`) ?? t('problem.field.invalid')
  const place = fault.column || (fault.field ? fieldName(fault.field) : '')
  return place ? `${place}: ${text}` : text
}

/** Fields that every row needs and that no column and no constant fills. */
export function missingFields(map: ImportMap): string[] {
  const has = (name: string) => map.columns.some((column) => column.field === name) || !!map.constants[name]
  const missing = ['origin_country', 'host_country'].filter((name) => !has(name))
  if (!has('title') && !has('summary')) missing.push('summary')
  return missing
}
