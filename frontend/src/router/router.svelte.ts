import { untrack } from 'svelte'
import { matchPath } from './match'
import { formatQuery, patchQuery, type QueryPatch } from './query'
import { notFound, routes, type Route } from './routes'

interface Location {
  path: string
  query: URLSearchParams
  hash: string
}

export interface NavigateOptions {
  /** Replace the entry in the history instead of adding one. */
  replace?: boolean
  /** Leave without asking, as after saving. */
  force?: boolean
}

/** Returns true while the screen holds work that leaving would lose. */
export type LeaveGuard = () => boolean

const inBrowser = typeof window !== 'undefined'

let current = $state.raw<Location>(inBrowser ? read() : { path: '/', query: new URLSearchParams(), hash: '' })
let question = $state.raw<{ answer: (leave: boolean) => void } | null>(null)
let title = $state<string | null>(null)
let guard: LeaveGuard | null = null
let position = 0
let ignorePop = false
let popped = false

/** The present address. Reactive. */
export const router = {
  get path(): string {
    return current.path
  },
  get query(): URLSearchParams {
    return current.query
  },
  get hash(): string {
    return current.hash
  },
  /** Did the reader come here by the browser's back or forward button? */
  get popped(): boolean {
    return popped
  },
  /** Set while the reader is asked whether unsaved work may be lost. */
  get leaveQuestion() {
    return question
  },
  /** The title that the page gave itself, else null. */
  get pageTitle(): string | null {
    return title
  },
}

/** Finds the route of a path; `/incidents/new` stands before `/incidents/:ref` in the table. */
export function resolve(path: string): { route: Route; params: Record<string, string> } {
  for (const route of routes) {
    const params = matchPath(route.path, path)
    if (params) return { route, params }
  }
  return { route: notFound, params: {} }
}

/** Goes to a path of this program, with query and hash. Asks first when a leave guard objects. */
export function navigate(to: string, options: NavigateOptions = {}): Promise<void> {
  // Untracked: an effect that navigates must not run again because of its own navigation.
  return untrack(() => go(to, options))
}

async function go(to: string, options: NavigateOptions): Promise<void> {
  const url = new URL(to, location.origin)
  if (!options.force && url.pathname !== current.path && !(await mayLeave())) return
  if (url.pathname !== current.path) guard = null
  const target = url.pathname + url.search + url.hash
  if (options.replace) history.replaceState({ position }, '', target)
  else history.pushState({ position: ++position }, '', target)
  popped = false
  apply(url)
}

/** Changes parameters of the present address and stays on the page; focus does not move. */
export function setQuery(patch: QueryPatch, options: { replace?: boolean } = { replace: true }): void {
  const { path, query: before } = untrack(() => current)
  const query = formatQuery(patchQuery(before, patch))
  if (query === formatQuery(before)) return
  void navigate(path + query, { replace: options.replace ?? true, force: true })
}

/** Takes the fragment out of the address, so that a one-time token does not stay in the history. */
export function dropHash(): void {
  history.replaceState({ position }, '', current.path + formatQuery(current.query))
  current = { ...current, hash: '' }
}

/** Names the document after what it shows, such as the title of a record. */
export function setTitle(text: string): void {
  title = text
}

/**
 * Registers the guard of the present page; call it in an $effect and return its result:
 * `$effect(() => leaveGuard(() => dirty))`. It also covers closing the tab.
 */
export function leaveGuard(check: LeaveGuard): () => void {
  guard = check
  const warn = (event: BeforeUnloadEvent) => {
    if (check()) event.preventDefault()
  }
  window.addEventListener('beforeunload', warn)
  return () => {
    window.removeEventListener('beforeunload', warn)
    if (guard === check) guard = null
  }
}

/** Starts listening to links and to the browser's own buttons. Returns the way to stop. */
export function startRouter(): () => void {
  const state = history.state as { position?: number } | null
  position = state?.position ?? 0
  history.replaceState({ position }, '')
  document.addEventListener('click', followLink)
  window.addEventListener('popstate', pop)
  return () => {
    document.removeEventListener('click', followLink)
    window.removeEventListener('popstate', pop)
  }
}

function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = (event.target as Element | null)?.closest('a')
  if (!link || link.target || link.hasAttribute('download')) return
  const url = new URL(link.href, location.href)
  if (url.origin !== location.origin || /^\/(?:api|public)(?:\/|$)/.test(url.pathname)) return
  // A jump inside the page is the browser's own work.
  if (url.pathname === current.path && url.search === location.search && url.hash !== '') return
  event.preventDefault()
  void navigate(url.pathname + url.search + url.hash)
}

async function pop(event: PopStateEvent): Promise<void> {
  const state = event.state as { position?: number } | null
  const next = state?.position ?? position
  if (ignorePop) {
    ignorePop = false
    return
  }
  const url = new URL(location.href)
  if (url.pathname !== current.path && guard?.()) {
    const delta = next - position
    ignorePop = true
    history.go(-delta)
    if (await mayLeave()) {
      guard = null
      history.go(delta)
    }
    return
  }
  position = next
  popped = true
  apply(url)
}

function apply(url: URL): void {
  if (url.pathname !== current.path) title = null
  current = { path: url.pathname, query: url.searchParams, hash: url.hash }
}

async function mayLeave(): Promise<boolean> {
  if (!guard?.()) return true
  return new Promise((settle) => {
    question = {
      answer: (leave) => {
        question = null
        settle(leave)
      },
    }
  })
}

function read(): Location {
  const url = new URL(location.href)
  return { path: url.pathname, query: url.searchParams, hash: url.hash }
}
