/** One chosen record, with the version that was on the screen when it was chosen. */
export interface Chosen {
  ref: string
  version: number
}

let chosen = $state.raw<Chosen[]>([])
let anchor: string | null = null

/** The records that are chosen in the list, for actions on many. Reactive. */
export const selection = {
  get selected(): Chosen[] {
    return chosen
  },
  has(ref: string): boolean {
    return chosen.some((item) => item.ref === ref)
  },
  /** Chooses a record or lets it go. With `range` all from the last one touched to this get the same. */
  toggle(ref: string, rows: Chosen[], range = false): void {
    const on = !selection.has(ref)
    const from = rows.findIndex((row) => row.ref === anchor)
    const to = rows.findIndex((row) => row.ref === ref)
    const touched = range && from >= 0 && to >= 0 ? rows.slice(Math.min(from, to), Math.max(from, to) + 1) : rows.filter((row) => row.ref === ref)
    const refs = new Set(touched.map((row) => row.ref))
    const others = chosen.filter((item) => !refs.has(item.ref))
    chosen = on ? [...others, ...touched.map(({ ref: name, version }) => ({ ref: name, version }))] : others
    anchor = ref
  },
  clear(): void {
    chosen = []
    anchor = null
  },
}
