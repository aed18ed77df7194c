import { getContext, setContext } from 'svelte'
import { lookup, t } from '../i18n'
import { toast } from '../ui'
import { check } from './check'
import { removeEntry } from './coding'
import { blankDraft, type Draft } from './draft'
import { domId, enclosing } from './places'
import { restingOn } from './quotes'
import { sectionOf, type SectionName } from './sections'
import { entryWords } from './words'

const key = Symbol('form')

/** The form on the screen: the draft and what is wrong with it. */
export class FormState {
  /** The ref of the record that is edited; null for a new one. */
  saved: string | null = null
  draft = $state<Draft>(blankDraft())
  /** The reader has tried to save: from now on faults show as they arise. */
  attempted = $state(false)
  /** What the server found, by place; a value that changes loses its fault. */
  refused = $state<Record<string, string>>({})
  readonly errors: Record<string, string> = $derived({ ...this.refused, ...(this.attempted ? this.#found() : {}) })

  /** The fault of a place, for its Field. */
  error(place: string): string | undefined {
    return this.errors[place]
  }

  /** The first fault of a place or of anything inside it. */
  errorWithin(place: string): string | undefined {
    const inside = Object.keys(this.errors).find((name) => name === place || name.startsWith(`${place}.`))
    return inside && this.errors[inside]
  }

  hasFault(section: SectionName): boolean {
    return Object.keys(this.errors).some((place) => sectionOf(place) === section)
  }

  touch(place: string): void {
    if (place in this.refused) delete this.refused[place]
  }

  /** Takes an entry out; a note offers the way back. A source that something rests on stays. */
  remove(id: string): void {
    const name = entryWords(this.draft, id)
    const [first, ...others] = restingOn(this.draft, id)
    if (first) {
      const text = t('sources.still_cited', { name, count: others.length + 1 })
      toast(text, { tone: 'danger', action: { label: t('sources.show_citing'), run: () => goTo(first) } })
      return
    }
    const undo = removeEntry(this.draft, id)
    toast(t('form.removed', { name }), { action: { label: t('form.undo'), run: undo } })
  }

  #found(): Record<string, string> {
    const faults = Object.entries(check(this.draft))
    return Object.fromEntries(faults.map(([place, fault]) => [place, lookup(`form.fault.${fault}`) ?? fault]))
  }
}

export function provideForm(form: FormState): void {
  setContext(key, form)
}

export function useForm(): FormState {
  return getContext<FormState>(key)
}

/** Moves the focus to a place, opening what is folded over it; to what holds it when it has no element. */
export function goTo(place: string): void {
  for (const name of enclosing(place)) {
    const element = document.getElementById(domId(name))
    if (!element) continue
    for (let fold = element.closest('details'); fold; fold = fold.parentElement?.closest('details') ?? null) fold.open = true
    element.scrollIntoView({ block: 'center' })
    element.focus({ preventScroll: true })
    return
  }
  document.getElementById(`step-${sectionOf(place)}`)?.focus()
}
