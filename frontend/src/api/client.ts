import { ApiProblem, NetworkFailure } from './problem'
import type { components, paths } from './schema'
import { TokenKeeper, tabLock, type AccessToken, type Lock } from './token'

export type Schemas = components['schemas']
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** Paths that offer a method. */
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never
}[keyof paths]

type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never
type Json<R> = R extends { content: { 'application/json': infer B } } ? B : undefined
type Success<O> = O extends { responses: infer R }
  ? { [S in keyof R]: S extends 200 | 201 | 202 | 204 ? Json<R[S]> : never }[keyof R]
  : never
type Body<O> = O extends { requestBody?: { content: { 'application/json': infer B } } } ? B : undefined
type Query<O> = O extends { parameters: { query?: infer Q } } ? Q : undefined

export interface Options<O = unknown> {
  /** Values for the `{names}` of the path. */
  path?: Record<string, string>
  /** Query parameters; lists are joined with commas. A ready URLSearchParams passes as it is. */
  query?: Query<O> | URLSearchParams
  body?: Body<O>
  /** Raw bytes in place of a body, as of a part of a file. */
  bytes?: Blob
  /** ETag of the version that was edited. */
  ifMatch?: string
  /** Of `newIdempotencyKey()`: the same key on a retry gives the same record. */
  idempotencyKey?: string
  signal?: AbortSignal
  /** The request outlives the page, as for the last save of a draft on leaving. */
  keepalive?: boolean
}

export interface Reply<T> {
  data: T
  /** ETag to send back as `ifMatch`, or null. */
  etag: string | null
  headers: Headers
  status: number
}

export interface Transport {
  fetch: typeof fetch
  lock: Lock
  /** Told when a refresh was refused: the session is over. */
  onSessionOver: () => void
  /** Asks the reader for a fresh proof (S19); true once it was given: the request is then sent again. */
  onStepUp?: () => Promise<boolean>
  /** Told when a request met the emergency lock. */
  onLocked?: () => void
}

/** These read or set the refresh cookie: they carry `X-Farwatch: 1` and JSON (S7). */
const cookiePaths = new Set(['/api/v1/sessions', '/api/v1/sessions/factor', '/api/v1/sessions/refresh', '/api/v1/sessions/current'])

// A token this close to its end is renewed before it is used.
const renewBefore = 20_000

/** Talks to the API: adds the bearer token, renews it once after a 401, turns failures into typed errors. */
export class Client {
  readonly tokens: TokenKeeper

  constructor(private readonly transport: Transport) {
    this.tokens = new TokenKeeper(() => this.#fetchToken(), transport.lock)
  }

  get<P extends PathsWith<'get'>>(path: P, options: Options<Operation<P, 'get'>> = {}) {
    return this.json<Success<Operation<P, 'get'>>>('get', path, options)
  }

  post<P extends PathsWith<'post'>>(path: P, options: Options<Operation<P, 'post'>> = {}) {
    return this.json<Success<Operation<P, 'post'>>>('post', path, options)
  }

  put<P extends PathsWith<'put'>>(path: P, options: Options<Operation<P, 'put'>> = {}) {
    return this.json<Success<Operation<P, 'put'>>>('put', path, options)
  }

  patch<P extends PathsWith<'patch'>>(path: P, options: Options<Operation<P, 'patch'>> = {}) {
    return this.json<Success<Operation<P, 'patch'>>>('patch', path, options)
  }

  delete<P extends PathsWith<'delete'>>(path: P, options: Options<Operation<P, 'delete'>> = {}) {
    return this.json<Success<Operation<P, 'delete'>>>('delete', path, options)
  }

  /** A file, as from the CSV export: the raw answer after the same checks. */
  file<P extends PathsWith<'get'>>(path: P, options: Options<Operation<P, 'get'>> = {}): Promise<Response> {
    return this.#send('get', path, options)
  }

  private async json<T>(method: Method, path: string, options: Options): Promise<Reply<T>> {
    const response = await this.#send(method, path, options)
    const empty = response.status === 204 || !response.headers.get('Content-Type')?.includes('json')
    const data = (empty ? undefined : await readJson(response)) as T
    return { data, etag: response.headers.get('ETag'), headers: response.headers, status: response.status }
  }

  async #send(method: Method, path: string, options: Options): Promise<Response> {
    const withCookie = cookiePaths.has(path) && method !== 'get'
    const held = this.tokens.token
    if (held && !withCookie && held.expiresAt - Date.now() < renewBefore) await this.tokens.refresh()
    const used = withCookie ? null : (this.tokens.token?.value ?? null)
    let response = await this.#once(method, path, options, withCookie, used)
    if (response.status === 401 && used !== null) {
      const next = await this.tokens.refresh(used)
      if (next) response = await this.#once(method, path, options, withCookie, next.value)
    }
    if (response.ok) return response
    const failure = await problem(response)
    if (failure instanceof ApiProblem && failure.code.startsWith('instance.')) this.transport.onLocked?.()
    if (!wantsProof(failure) || !(await this.transport.onStepUp?.())) throw failure
    response = await this.#once(method, path, options, withCookie, this.tokens.token?.value ?? null)
    if (response.ok) return response
    throw await problem(response)
  }

  async #once(method: Method, path: string, options: Options, cookie: boolean, token: string | null) {
    const headers = new Headers({ Accept: 'application/json, application/problem+json, */*;q=0.1' })
    if (token) headers.set('Authorization', `Bearer ${token}`)
    if (cookie) headers.set('X-Farwatch', '1')
    if (options.bytes) headers.set('Content-Type', 'application/octet-stream')
    else if (options.body !== undefined || cookie) headers.set('Content-Type', 'application/json')
    if (options.ifMatch) headers.set('If-Match', options.ifMatch)
    if (options.idempotencyKey) headers.set('Idempotency-Key', options.idempotencyKey)
    try {
      return await this.transport.fetch(address(path, options), {
        method: method.toUpperCase(),
        headers,
        body: options.bytes ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
        signal: options.signal,
        keepalive: options.keepalive,
        credentials: cookie ? 'same-origin' : 'omit',
        cache: 'no-store',
        redirect: 'error',
      })
    } catch (error) {
      if (options.signal?.aborted) throw error
      throw new NetworkFailure(error)
    }
  }

  async #fetchToken(): Promise<AccessToken | null> {
    const response = await this.#once('post', '/api/v1/sessions/refresh', {}, true, null)
    if (response.status === 401) {
      this.tokens.set(null)
      this.transport.onSessionOver()
      return null
    }
    if (!response.ok) throw await problem(response)
    const body = (await response.json()) as Schemas['SignedIn']
    return { value: body.access_token, expiresAt: Date.parse(body.expires_at) }
  }
}

function wantsProof(failure: Error): boolean {
  return failure instanceof ApiProblem && failure.code === 'session.step_up_required'
}

/** The URL of a path template with its path and query values. */
export function address(path: string, options: Pick<Options, 'path' | 'query'>): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(options.path?.[name] ?? ''))
  const query = options.query instanceof URLSearchParams ? options.query : queryOf(options.query)
  const text = query.toString()
  return text ? `${filled}?${text}` : filled
}

/** A fresh key for one create; keep it for the retries of the same create. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID()
}

function queryOf(values: unknown): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values ?? {})) {
    if (value === undefined || value === null || value === '') continue
    if (Array.isArray(value) && value.length === 0) continue
    query.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  return query
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (error) {
    // The connection broke in the middle of the answer.
    throw new NetworkFailure(error)
  }
}

async function problem(response: Response): Promise<Error> {
  const type = response.headers.get('Content-Type') ?? ''
  if (type.startsWith('application/problem+json')) {
    return new ApiProblem((await readJson(response)) as Schemas['Problem'])
  }
  // A proxy in between answered in its own words.
  const code = response.status === 502 || response.status === 503 || response.status === 504 ? 'unavailable' : 'internal'
  return new ApiProblem({ type: 'about:blank', title: '', status: response.status, code, detail: '', instance: '' })
}

export { tabLock }
