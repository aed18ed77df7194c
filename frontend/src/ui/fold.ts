/** Text as it is compared in searches: no diacritics, no case, one blank between words. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    // Letters that Unicode does not take apart, but people type without their strokes.
    .replace(/[ıøłđßæœ’‘ʼ]/g, (letter) => folded[letter] ?? letter)
    .replace(/[\s_-]+/g, ' ')
    .trim()
}

const folded: Record<string, string> = {
  ı: 'i', ø: 'o', ł: 'l', đ: 'd', ß: 'ss', æ: 'ae', œ: 'oe', '’': "'", '‘': "'", ʼ: "'",
}
