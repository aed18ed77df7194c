export type Theme = 'auto' | 'light' | 'dark'

// Display preferences; the only thing that this program keeps in the browser (S48).
const key = 'farwatch.theme'
const shortcutsKey = 'farwatch.shortcuts'

let theme = $state<Theme>(readTheme())
let shortcuts = $state(read(shortcutsKey) !== 'off')

/** How the reader wants the screen. Reactive. */
export const appearance = {
  get theme(): Theme {
    return theme
  },
  /** May single letters act, such as j and k in the list? Some input methods press them unasked (WCAG 2.1.4). */
  get shortcuts(): boolean {
    return shortcuts
  },
}

/** Keeps the choice and shows it. */
export function setTheme(next: Theme): void {
  theme = next
  keep(key, next === 'auto' ? null : next)
  applyTheme()
}

/** Keeps whether single letters act. */
export function setShortcuts(on: boolean): void {
  shortcuts = on
  keep(shortcutsKey, on ? null : 'off')
}

/** Writes `data-theme` on the document; `auto` follows the system, also when it changes. */
export function applyTheme(): void {
  const shown = theme === 'auto' ? (system().matches ? 'dark' : 'light') : theme
  document.documentElement.dataset.theme = shown
}

/** Follows the system for as long as the page lives; to be called once at start. */
export function watchSystemTheme(): void {
  system().addEventListener('change', applyTheme)
}

function system(): MediaQueryList {
  return window.matchMedia('(prefers-color-scheme: dark)')
}

function readTheme(): Theme {
  const stored = read(key)
  return stored === 'light' || stored === 'dark' ? stored : 'auto'
}

// Storage may be switched off; then a choice lasts as long as the page.
function read(name: string): string | null {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}

function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name)
    else localStorage.setItem(name, value)
  } catch {
    return
  }
}
