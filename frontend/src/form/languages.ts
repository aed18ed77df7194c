import { languageName } from '../i18n'
import { foldText } from '../ui/fold'
import type { Option } from '../ui'

// ISO 639-1, and tags that tell scripts apart where readers need to know.
const tags = (
  'aa ab af ak am ar as av ay az ba be bg bm bn bo br bs ca ce ckb co cs cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr ' +
  'fy ga gd gl gn gu ha he hi hr ht hu hy id ig is it ja jv ka kk km kmr kn ko ks ku ky la lb ln lo lt lv mg mi mk ml mn mr ms mt my ' +
  'nb ne nl nn no nso ny om or os pa pl prs ps pt qu rm rn ro ru rw sa sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti ' +
  'tk tl tn to tr ts tt tw ug uk ur uz ve vi wo xh yi yo yue zh zh-Hans zh-Hant zu'
).split(' ')

let options: Option[] | null = null

/** Languages to choose from, by name; a tag that is not among them is added as it is. */
export function languageOptions(present: string | null): Option[] {
  options ??= tags.map(optionOf).sort((a, b) => a.label.localeCompare(b.label))
  return !present || options.some((option) => option.value === present) ? options : [...options, optionOf(present)]
}

function optionOf(tag: string): Option {
  const label = languageName(tag)
  const own = ownName(tag)
  return { value: tag, label, hint: own === label ? tag : own, search: foldText(`${label} ${own} ${tag}`) }
}

function ownName(tag: string): string {
  try {
    return new Intl.DisplayNames(tag, { type: 'language' }).of(tag) ?? tag
  } catch {
    return tag
  }
}
