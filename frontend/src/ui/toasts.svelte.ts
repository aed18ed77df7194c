import { untrack } from 'svelte'

export interface Toast {
  id: number
  text: string
  tone: 'neutral' | 'ok' | 'danger'
  /** A button beside the text, such as undo. */
  action?: { label: string; run: () => void }
}

interface ToastOptions {
  tone?: Toast['tone']
  action?: Toast['action']
  /** Milliseconds until it leaves by itself. Default 6 s; with an action 20 s, time enough to reach it. */
  stay?: number
}

let nextId = 1
let items = $state.raw<Toast[]>([])
let polite = $state('')
let assertive = $state('')

/** Short notes at the foot of the screen. Reactive. */
export const toasts = {
  get items(): Toast[] {
    return items
  },
}

/** Shows a note and reads it out. Returns its id for `dismissToast`. */
export function toast(text: string, options: ToastOptions = {}): number {
  const id = nextId++
  items = [...untrack(() => items).slice(-2), { id, text, tone: options.tone ?? 'neutral', action: options.action }]
  const stay = options.stay ?? (options.action ? 20_000 : 6_000)
  setTimeout(() => dismissToast(id), stay)
  return id
}

export function dismissToast(id: number): void {
  items = items.filter((item) => item.id !== id)
}

/** What the live regions say now. Reactive. */
export const announcement = {
  get polite(): string {
    return polite
  },
  get assertive(): string {
    return assertive
  },
}

/** Tells screen readers something that sighted readers see, such as "50 more records loaded". */
export function announce(text: string, urgency: 'polite' | 'assertive' = 'polite'): void {
  // Untracked: an effect that announces must not run again because of its own announcement.
  untrack(() => {
    // The trailing blank makes the same text twice in a row a change, or it would stay silent.
    if (urgency === 'assertive') assertive = assertive === text ? `${text}\u00a0` : text
    else polite = polite === text ? `${text}\u00a0` : text
  })
}
