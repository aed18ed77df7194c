import { regionName } from '../i18n'
import { foldText } from '../ui/fold'
import type { Option } from '../ui/options'
import type { Schemas } from './client'
import { api } from './session.svelte'

export type Vocabulary = Schemas['Vocabulary']
export type Term = Schemas['Term'] & Record<string, unknown>

/** Lists that stand at the top of the vocabulary; every other name is one of `lists`. */
export type ListName = 'families' | 'methods' | 'communities' | 'countries' | (string & {})

let loaded = $state.raw<Index | null>(null)
let running: Promise<void> | null = null

/** Loads the vocabulary once; later calls wait for the same answer. A failed load may be retried. */
export function loadVocabulary(): Promise<void> {
  if (loaded) return Promise.resolve()
  running ??= api
    .get('/api/v1/vocabulary')
    .then((reply) => {
      loaded = new Index(reply.data)
    })
    .finally(() => (running = null))
  return running
}

/** Labels and options by list and code. Empty until `loadVocabulary` is done. */
export const vocabulary = {
  get ready(): boolean {
    return loaded !== null
  },
  get data(): Vocabulary | null {
    return loaded?.data ?? null
  },
  get version(): string {
    return loaded?.data.version ?? ''
  },
  /** The label of a code; an unknown code is shown as it is, never hidden. */
  label(list: ListName, code: string | null | undefined): string {
    if (!code) return ''
    return loaded?.term(list, code)?.label ?? code
  },
  /** The label of a list itself. */
  listLabel(list: string): string {
    return loaded?.data.lists[list]?.label ?? list
  },
  /** The entry behind a code, with its note, definition and other attributes. */
  term(list: ListName, code: string): Term | undefined {
    return loaded?.term(list, code)
  },
  /** All entries of a list, retired ones included. */
  terms(list: ListName): Term[] {
    return loaded?.terms(list) ?? []
  },
  /**
   * Options for Select, Radios and the comboboxes: active entries, methods grouped by family,
   * communities findable by their own-script names and spellings. `restricted` codes only on request.
   */
  options(list: ListName, choice: { restricted?: boolean } = {}): Option[] {
    return loaded?.options(list, choice.restricted ?? false) ?? []
  },
  /** The country's name in the reader's language. */
  country(code: string | null | undefined): string {
    if (!code) return ''
    return loaded?.term('countries', code)?.label ?? code
  },
  /** The country of a UN M49 number, as map shapes carry it. */
  countryByNumber(numeric: string): string | undefined {
    return loaded?.numeric.get(numeric)
  },
}

/** Puts a vocabulary in place without the network; for tests. */
export function setVocabulary(data: Vocabulary): void {
  loaded = new Index(data)
}

class Index {
  readonly numeric = new Map<string, string>()
  readonly #lists = new Map<string, Map<string, Term>>()
  readonly #options = new Map<string, Option[]>()

  constructor(readonly data: Vocabulary) {
    this.#add('families', data.families)
    this.#add('methods', data.methods)
    this.#add('communities', data.communities)
    this.#add('countries', data.countries.map(countryTerm).sort((a, b) => a.label.localeCompare(b.label)))
    for (const [name, list] of Object.entries(data.lists)) this.#add(name, list.items)
    for (const country of data.countries) {
      if (country.numeric) this.numeric.set(country.numeric, country.code)
    }
  }

  terms(list: string): Term[] {
    return [...(this.#lists.get(list)?.values() ?? [])]
  }

  term(list: string, code: string): Term | undefined {
    return this.#lists.get(list)?.get(code)
  }

  options(list: string, restricted: boolean): Option[] {
    const key = restricted ? `${list}!` : list
    let options = this.#options.get(key)
    if (!options) {
      options = this.terms(list)
        .filter((term) => term.status === 'active' && (restricted || term.restricted !== true))
        .map((term) => this.#option(list, term))
      this.#options.set(key, options)
    }
    return options
  }

  #add(name: string, terms: object[]): void {
    this.#lists.set(name, new Map((terms as Term[]).map((term) => [term.code, term])))
  }

  #option(list: string, term: Term): Option {
    const option: Option = { value: term.code, label: term.label, search: foldText(`${term.label} ${term.code}`) }
    if (list === 'methods') {
      option.group = this.term('families', term.family as string)?.label
      option.hint = term.definition as string
    } else if (list === 'communities') {
      const names = (term.names as Schemas['CommunityName'][]).map((item) => item.name)
      const others = term.search_terms as string[]
      option.search = foldText([term.label, term.code, ...names, ...others].join(' '))
      option.hint = names[0]
    } else if (list === 'countries') {
      option.search = foldText(`${term.label} ${term.code} ${term.alpha2} ${term.name}`)
      option.hint = term.code
    } else if (term.note) {
      option.hint = term.note
    }
    return option
  }
}

function countryTerm(country: Schemas['Country']): Term {
  return { ...country, label: regionName(country.alpha2) ?? country.name, status: 'active' }
}
