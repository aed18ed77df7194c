import { vocabulary, type Vocabulary } from '../api'
import { formatShortDay, t } from '../i18n'
import { foldText } from '../ui/fold'
import type { Option } from '../ui'
import { filterFields, type FilterField } from './fields'

/** The reader's word for one value of a field. */
export function valueLabel(field: FilterField, value: string): string {
  if (field.kind === 'flag') return value === 'true' ? t('common.yes') : t('common.no')
  if (field.kind === 'day') return formatShortDay(value)
  if (field.name === 'stage') return t('list.filter.stage_value', { stage: value })
  return field.list ? vocabulary.label(field.list, value) : value
}

/** "Accused state: China" */
export function chipLabel(field: FilterField, value: string): string {
  return t('list.filter.chip', { field: t(field.label), value: valueLabel(field, value) })
}

// What the one search box offers before anything is typed.
const idleFields = new Set(['workflow_status', 'verification_status', 'families'])

let builtFor: Vocabulary | null = null
let built: { all: Option[]; idle: Option[] } = { all: [], idle: [] }

/**
 * Options of the one search box over all coded fields: "China" once as accused state, once as host
 * country… Values are `field:code`. Built once per vocabulary.
 */
export function everyOption(): { all: Option[]; idle: Option[] } {
  const data = vocabulary.data
  if (!data || data === builtFor) return built
  builtFor = data
  const groups = filterFields.filter((field) => field.kind === 'codes').map((field) => ({ field, options: optionsOf(field) }))
  const all = groups.flatMap((group) => group.options)
  const idle = groups.filter((group) => idleFields.has(group.field.name)).flatMap((group) => group.options)
  return (built = { all, idle })
}

function optionsOf(field: FilterField): Option[] {
  const name = t(field.label)
  return vocabulary.options(field.list ?? '').map((option) => ({
    value: `${field.name}:${option.value}`,
    label: option.label,
    hint: name,
    group: name,
    chip: chipLabel(field, option.value),
    search: `${option.search ?? foldText(option.label)} ${foldText(name)}`,
  }))
}
