import { locale } from './format'

export { describeOccurred, describeOccurredShort, type OccurredDates } from './dates'
export * from './format'
export { isolate, lookup, t, type MessageKey, type Params } from './messages'

/**
 * Writes `lang` and `dir` on the document. `?dir=rtl` mirrors the layout, so that tests and
 * designers see a right-to-left screen before the first right-to-left catalogue exists.
 */
export function applyLocale(): void {
  const rtl = new URLSearchParams(location.search).get('dir') === 'rtl'
  document.documentElement.lang = locale
  document.documentElement.dir = rtl ? 'rtl' : 'ltr'
}
