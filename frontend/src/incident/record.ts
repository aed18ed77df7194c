import { getContext, setContext } from 'svelte'
import type { Schemas } from '../api'

export type Incident = Schemas['Incident']
export type Citation = Schemas['Citation']

/** What the parts that also stand on a public page read of a record. */
export type Shown = Pick<Incident, 'acts' | 'inducements' | 'demands' | 'targets' | 'sources' | 'citations'>

const key = Symbol('incident')

/** Hands the record to the parts of its page; a getter, so that they see the newest version. */
export function provideRecord(read: () => Incident): void {
  setContext(key, read)
}

/** The same for a page that has no more than this to show. */
export function provideShown(read: () => Shown): void {
  setContext(key, read)
}

export function useShown(): () => Shown {
  return getContext<() => Shown>(key)
}

/** The record whose page this part stands on. */
export function useRecord(): () => Incident {
  return getContext<() => Incident>(key)
}

/**
 * The citations of one entry: those of the named fields, or, without fields, all of the entry.
 * A field stands for its parts too: `occurred` finds `occurred.latest`.
 */
export function citationsOf(record: Shown, entity: string, fields?: string[]): Citation[] {
  return record.citations.filter((citation) => {
    if (citation.entity !== entity) return false
    if (!fields) return true
    const field = citation.field ?? ''
    return fields.some((name) => field === name || field.startsWith(`${name}.`))
  })
}

/** The Admiralty pair of a citation, "B2": reliability of the source, credibility of the claim. Empty when neither was judged. */
export function gradeOf(record: Shown, citation: Citation): string {
  const source = record.sources.find((item) => item.id === citation.source)
  return `${source?.reliability ?? ''}${citation.credibility ?? ''}`
}

/** What a source is called: title, else publisher, else its mark. */
export function sourceName(source: Schemas['Source'] | undefined): string {
  return source?.title || source?.publisher || source?.id || ''
}
