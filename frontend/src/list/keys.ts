export type ListAction = 'next' | 'previous' | 'open' | 'edit' | 'preview' | 'select' | 'search' | 'help'

/** The keys of the list and what they do. Enter opens by itself: a row is a link. */
export const shortcuts: { action: ListAction; keys: string[] }[] = [
  { action: 'next', keys: ['j'] },
  { action: 'previous', keys: ['k'] },
  { action: 'open', keys: ['Enter', 'o'] },
  { action: 'edit', keys: ['e'] },
  { action: 'preview', keys: [' ', 'p'] },
  { action: 'select', keys: ['x'] },
  { action: 'search', keys: ['/'] },
  { action: 'help', keys: ['?'] },
]

const ofRow: ListAction[] = ['open', 'edit', 'preview', 'select']

/**
 * What a key press means, or null. Nothing while the reader types or a dialog is open; what concerns a
 * row only when one has the focus, so that the space bar still scrolls and presses buttons.
 */
export function actionOf(event: KeyboardEvent): ListAction | null {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.key === 'Enter') return null
  const target = event.target as HTMLElement
  if (target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable], dialog')) return null
  const action = shortcuts.find((shortcut) => shortcut.keys.includes(event.key))?.action ?? null
  if (action === null || !ofRow.includes(action)) return action
  return target.closest('[data-row]') ? action : null
}
