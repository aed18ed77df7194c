import { foldText } from './fold'

/** One choice of a Select, of Radios or of a combobox. */
export interface Option {
  value: string
  label: string
  /** A second, quieter line. */
  hint?: string
  /** How many it would find, as text at the end of its line. */
  count?: string
  /** Heading under which it stands; options of one group must follow each other. */
  group?: string
  /** Text of its chip; default: the label. */
  chip?: string
  /** Folded text that a search looks in; default: label and value. */
  search?: string
}

/**
 * The options that hold every word of the query, best first: label begins with the query,
 * then a word of the label does, then the rest in their own order.
 */
export function filterOptions(options: Option[], query: string): Option[] {
  const wanted = foldText(query)
  if (wanted === '') return options
  const words = wanted.split(' ')
  const ranked: { option: Option; rank: number; index: number }[] = []
  for (const [index, option] of options.entries()) {
    const text = option.search ?? foldText(`${option.label} ${option.value}`)
    if (words.every((word) => text.includes(word))) ranked.push({ option, rank: rankOf(option, wanted), index })
  }
  ranked.sort((a, b) => a.rank - b.rank || a.index - b.index)
  return ranked.map((item) => item.option)
}

function rankOf(option: Option, wanted: string): number {
  const label = foldText(option.label)
  if (label.startsWith(wanted) || foldText(option.value) === wanted) return 0
  if (label.includes(` ${wanted}`)) return 1
  return 2
}
