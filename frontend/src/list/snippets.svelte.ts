import { api, type Schemas } from '../api'

type Snippet = Schemas['Snippet']

const atOnce = 50

/** Where the words of a search stand in the records that are listed. Reactive. */
class Snippets {
  #of = $state.raw<Record<string, Snippet[]>>({})
  #text = ''
  #asked = new Set<string>()

  get(ref: string): Snippet[] {
    return this.#of[ref] ?? []
  }

  /** Reads those of the records that were not asked for yet; another search begins anew. */
  async read(text: string, refs: string[]): Promise<void> {
    if (text !== this.#text) {
      this.#text = text
      this.#of = {}
      this.#asked.clear()
    }
    if (text === '') return
    const fresh = refs.filter((ref) => !this.#asked.has(ref))
    for (let i = 0; i < fresh.length; i += atOnce) await this.#more(text, fresh.slice(i, i + atOnce))
  }

  async #more(text: string, refs: string[]) {
    for (const ref of refs) this.#asked.add(ref)
    try {
      const { data } = await api.get('/api/v1/incidents/snippets', { query: { q: text, refs } })
      if (text !== this.#text) return
      this.#of = { ...this.#of, ...Object.fromEntries(data.items.map((item) => [item.ref, item.snippets])) }
    } catch {
      // The list is whole without them; the next page asks again.
      for (const ref of refs) this.#asked.delete(ref)
    }
  }
}

export const snippets = new Snippets()
