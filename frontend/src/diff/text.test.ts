import { describe, expect, it } from 'vitest'
import { diffText, words } from './text'

const show = (before: string, after: string) =>
  diffText(before, after)
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'added' ? `[+${text}]` : `[-${text}]`))
    .join('')

describe('diffText', () => {
  it('marks the word that changed and leaves the rest', () => {
    expect(show('The caller rang twice.', 'The caller rang three times.')).toBe('The caller rang [-twice][+three times].')
  })

  it('joins words that changed side by side', () => {
    expect(show('a red old house', 'a blue new house')).toBe('a [-red old][+blue new] house')
  })

  it('keeps paragraphs apart', () => {
    expect(show('one\ntwo', 'uno\ndos')).toBe('[-one][+uno]\n[-two][+dos]')
  })

  it('knows the words of Chinese, which has no spaces', () => {
    expect(show('他们威胁我的家人', '他们威胁我的朋友')).toBe('他们威胁我的[-家人][+朋友]')
  })

  it('keeps Arabic words whole', () => {
    expect(show('اتصلوا بي مرتين في الليل', 'اتصلوا بي مرة في الليل')).toBe('اتصلوا بي [-مرتين][+مرة] في الليل')
  })

  it('keeps Uyghur words whole', () => {
    expect(show('ئۇلار ئانامغا تېلېفون قىلدى', 'ئۇلار دادامغا تېلېفون قىلدى')).toBe('ئۇلار [-ئانامغا][+دادامغا] تېلېفون قىلدى')
  })

  it('keeps a letter and its marks together', () => {
    expect(show('cafe\u0301', 'cafe')).toBe('[-cafe\u0301][+cafe]')
  })

  it('says that all of it is new, gone or the same', () => {
    expect(diffText('', 'new text')).toEqual([{ kind: 'added', text: 'new text' }])
    expect(diffText('old text', '')).toEqual([{ kind: 'removed', text: 'old text' }])
    expect(diffText('same', 'same')).toEqual([{ kind: 'same', text: 'same' }])
    expect(diffText('', '')).toEqual([])
  })

  it('loses nothing of either text', () => {
    const before = 'ئۇلار said “no”, 然后 left.\n\nTwice.'
    const after = 'ئۇلار said “yes”, 然后 stayed here.\nOnce.'
    const pieces = diffText(before, after)
    expect(pieces.filter((piece) => piece.kind !== 'added').map((piece) => piece.text).join('')).toBe(before)
    expect(pieces.filter((piece) => piece.kind !== 'removed').map((piece) => piece.text).join('')).toBe(after)
  })
})

describe('words', () => {
  it('joined again are the text', () => {
    for (const text of ['བོད་སྐད་ཡིག', 'a  b\tc\n', '维吾尔人 و ئۇيغۇر']) expect(words(text).join('')).toBe(text)
  })
})
