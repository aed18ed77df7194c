import type { Schemas } from '../api'
import { chipLabel } from '../filter/labels'
import { filterFields, filterQuery, valuesOf } from '../filter/fields'
import { whereSentence } from '../filter/sentence'
import { t } from '../i18n'
import { readText } from '../router'

export type Wish = Required<Omit<Schemas['ExportInput'], 'snapshot'>>
export type Format = Wish['format']
export type Level = Wish['level']

/** In the order in which people need them: a workbook first. */
export const formats: Format[] = ['xlsx', 'csv', 'package', 'jsonl', 'parquet', 'geojson', 'acled']

/** What can be chosen beside a format; the server refuses the rest. */
export function choices(format: Format, long: boolean) {
  const table = format === 'xlsx' || format === 'csv'
  return {
    shape: table,
    columns: (table && !long) || format === 'parquet',
    values: table || format === 'parquet',
    bom: format === 'csv',
    hxl: table && !long,
    levels: format !== 'package',
  }
}

/** The request: what the format does not take is left at its default. */
export function wishOf(chosen: Wish): Wish {
  const may = choices(chosen.format, chosen.shape === 'long')
  const shape = may.shape ? chosen.shape : 'wide'
  return {
    ...chosen,
    level: may.levels ? chosen.level : 'de_identified',
    shape,
    columns: may.columns ? chosen.columns : [],
    values: may.values ? chosen.values : 'codes',
    bom: may.bom && chosen.bom,
    hxl: may.hxl && chosen.hxl,
  }
}

/** The wish for the package of a snapshot. */
export function snapshotWish(snapshot: string): Schemas['ExportInput'] {
  return { query: '', format: 'package', level: 'de_identified', shape: 'wide', values: 'codes', language: 'en', bom: false, hxl: false, snapshot }
}

/** The levels that somebody's roles allow, widest first without the one that waits for a second person. */
export function levelsFor(may: (permission: string) => boolean): Level[] {
  const levels: Level[] = []
  if (may('exports:package')) levels.push('de_identified')
  levels.push('public')
  if (may('incidents:create')) levels.push('full')
  return levels
}

/** The filter in words, part by part; empty where nothing is filtered. */
export function filterWords(address: URLSearchParams): string[] {
  const query = filterQuery(address)
  const parts: string[] = []
  const words = readText(query, 'q')
  if (words) parts.push(t('exports.filter.words', { text: words }))
  for (const field of filterFields) {
    const labels = valuesOf(query, field).map((value) => chipLabel(field, value))
    if (labels.length > 0) parts.push(labels.join(', '))
  }
  const where = readText(query, 'where')
  if (where) parts.push(whereSentence(where))
  const campaigns = readText(query, 'campaigns')
  if (campaigns) parts.push(t('exports.filter.campaigns', { refs: campaigns }))
  return parts
}

/** A size as people write it. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return t('exports.size.bytes', { n: bytes })
  if (bytes < 1_000_000) return t('exports.size.kb', { n: Math.round(bytes / 1000) })
  return t('exports.size.mb', { n: Math.round(bytes / 100_000) / 10 })
}
