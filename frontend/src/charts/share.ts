import { formatNumber, formatShare, t } from '../i18n'

/**
 * The fraction beside its percentage, as every chart prints it: (272, 1219) → "272 of 1,219 (22.3 %)".
 * Without a denominator only the count is left.
 */
export function fraction(part: number, whole: number): string {
  if (whole === 0) return formatNumber(part)
  return t('dashboard.fraction', { part, whole, share: formatShare(part, whole) })
}

/** Length of a mark from 0 to 1; the longest mark of a chart is 1. */
export function extent(count: number, longest: number): number {
  if (longest <= 0) return 0
  return Math.min(1, count / longest)
}
