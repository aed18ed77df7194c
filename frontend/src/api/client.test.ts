import { beforeEach, describe, expect, it, vi } from 'vitest'
import { address, Client } from './client'
import { ApiProblem, fieldTexts, NetworkFailure } from './problem'

type Handler = (url: string, init: RequestInit) => Response | Promise<Response>

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } })
}

function problem(status: number, code: string, extra: object = {}): Response {
  const body = { type: 'urn:farwatch:problem:' + code, title: code, status, code, detail: 'Detail.', instance: 'urn:uuid:1', ...extra }
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/problem+json' } })
}

function signedIn(token: string): Response {
  return json(201, { access_token: token, expires_at: '2999-01-01T00:00:00Z', account: {} })
}

const bearer = (init: RequestInit) => new Headers(init.headers).get('Authorization')

let handler: Handler
let calls: { url: string; init: RequestInit }[]
const over = vi.fn()
const proof = vi.fn<() => Promise<boolean>>()

function client(): Client {
  return new Client({
    fetch: async (input, init = {}) => {
      calls.push({ url: String(input), init })
      return handler(String(input), init)
    },
    lock: (work) => work(),
    onSessionOver: over,
    onStepUp: proof,
  })
}

const refreshes = () => calls.filter((call) => call.url === '/api/v1/sessions/refresh').length

beforeEach(() => {
  calls = []
  over.mockClear()
  proof.mockReset()
})

describe('fresh proof', () => {
  const needed = () => problem(403, 'session.step_up_required')

  it('is asked for once, and the same request is sent again', async () => {
    const api = client()
    proof.mockResolvedValue(true)
    handler = () => (calls.length === 1 ? needed() : new Response('a,b', { headers: { 'Content-Type': 'text/csv' } }))
    const answer = await api.file('/api/v1/exports/incidents.csv')
    expect(await answer.text()).toBe('a,b')
    expect(proof).toHaveBeenCalledTimes(1)
    expect(calls.map((call) => call.url)).toEqual(Array(2).fill('/api/v1/exports/incidents.csv'))
  })

  it('that is not given leaves the refusal, as does a second refusal', async () => {
    const api = client()
    handler = needed
    proof.mockResolvedValue(false)
    await expect(api.file('/api/v1/exports/incidents.csv')).rejects.toMatchObject({ code: 'session.step_up_required' })
    expect(calls.length).toBe(1)
    proof.mockResolvedValue(true)
    await expect(api.file('/api/v1/exports/incidents.csv')).rejects.toMatchObject({ code: 'session.step_up_required' })
    expect(calls.length).toBe(3)
  })

  it('is asked for by no other refusal', async () => {
    const api = client()
    handler = () => problem(403, 'permission.denied')
    await expect(api.get('/api/v1/members')).rejects.toMatchObject({ code: 'permission.denied' })
    expect(proof).not.toHaveBeenCalled()
  })
})

describe('refresh', () => {
  it('runs once for many refused requests, and each is sent again with the new token', async () => {
    const api = client()
    api.tokens.set({ value: 'old', expiresAt: Infinity })
    handler = (url, init) => {
      if (url === '/api/v1/sessions/refresh') return signedIn('new')
      return bearer(init) === 'Bearer new' ? json(200, { items: [] }) : problem(401, 'session.expired')
    }
    const replies = await Promise.all(Array.from({ length: 8 }, () => api.get('/api/v1/members')))
    expect(replies.map((reply) => reply.status)).toEqual(Array(8).fill(200))
    expect(refreshes()).toBe(1)
  })

  it('carries the header that other sites cannot send, and the cookie, only where the cookie is read', async () => {
    const api = client()
    handler = (url) => (url === '/api/v1/sessions/refresh' ? signedIn('new') : json(200, { items: [] }))
    await api.tokens.refresh()
    await api.get('/api/v1/members')
    const [refresh, members] = calls
    expect(new Headers(refresh?.init.headers).get('X-Farwatch')).toBe('1')
    expect(new Headers(refresh?.init.headers).get('Content-Type')).toBe('application/json')
    expect(refresh?.init.credentials).toBe('same-origin')
    expect(new Headers(members?.init.headers).get('X-Farwatch')).toBeNull()
    expect(members?.init.credentials).toBe('omit')
    expect(bearer(members?.init ?? {})).toBe('Bearer new')
  })

  it('tells that the session is over, once, and passes the refusal on', async () => {
    const api = client()
    api.tokens.set({ value: 'old', expiresAt: Infinity })
    handler = () => problem(401, 'session.expired')
    await expect(api.get('/api/v1/me')).rejects.toMatchObject({ status: 401, code: 'session.expired' })
    expect(refreshes()).toBe(1)
    expect(over).toHaveBeenCalledTimes(1)
    expect(api.tokens.token).toBeNull()
  })

  it('does not end the session when the network fails', async () => {
    const api = client()
    api.tokens.set({ value: 'old', expiresAt: Infinity })
    handler = (url) => {
      if (url === '/api/v1/sessions/refresh') throw new TypeError('offline')
      return problem(401, 'session.expired')
    }
    await expect(api.get('/api/v1/me')).rejects.toBeInstanceOf(NetworkFailure)
    expect(over).not.toHaveBeenCalled()
    expect(api.tokens.token?.value).toBe('old')
  })

  it('renews a token that is about to end before it is used', async () => {
    const api = client()
    api.tokens.set({ value: 'old', expiresAt: Date.now() + 1_000 })
    handler = (url) => (url === '/api/v1/sessions/refresh' ? signedIn('new') : json(200, {}))
    await api.get('/api/v1/me')
    expect(calls.map((call) => call.url)).toEqual(['/api/v1/sessions/refresh', '/api/v1/me'])
    expect(bearer(calls[1]?.init ?? {})).toBe('Bearer new')
  })

  it('does not run for wrong credentials at sign-in', async () => {
    const api = client()
    handler = () => problem(401, 'session.bad_credentials')
    const attempt = api.post('/api/v1/sessions', { body: { user_name: 'a', password: 'b' } })
    await expect(attempt).rejects.toMatchObject({ message: 'User name or password is wrong.' })
    expect(refreshes()).toBe(0)
  })
})

describe('failures', () => {
  it('become problems with translated text and field errors by place', async () => {
    const api = client()
    handler = () =>
      problem(422, 'validation.failed', {
        errors: [
          { pointer: '#/title', code: 'too_long', params: { max: 300 } },
          { pointer: '#/acts/0/method', code: 'unknown_code', params: { list: 'methods' } },
          { pointer: '#/title', code: 'control_character' },
          { parameter: 'host_country', code: 'a_code_of_tomorrow' },
        ],
      })
    const failure = await api.get('/api/v1/me').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ApiProblem)
    expect((failure as ApiProblem).message).toBe('Some fields need attention.')
    expect(fieldTexts(failure)).toEqual({
      '/title': 'This is too long; at most 300 characters.',
      '/acts/0/method': 'This is not in the list of choices.',
      host_country: 'This value is not accepted.',
    })
  })

  it('keep the version to merge with', async () => {
    const api = client()
    handler = () => problem(412, 'incident.stale', { current_version: 7 })
    const attempt = api.patch('/api/v1/incidents/{ref}', { path: { ref: 'x' }, body: { title: 'a' }, ifMatch: '"3"' })
    await expect(attempt).rejects.toMatchObject({ status: 412, currentVersion: 7 })
    expect(new Headers(calls[0]?.init.headers).get('If-Match')).toBe('"3"')
  })

  it('show the sentence of a newer server for an unknown code, but nothing of a 5xx', async () => {
    const api = client()
    handler = () => problem(409, 'brand.new')
    await expect(api.get('/api/v1/me')).rejects.toMatchObject({ message: 'Detail.' })
    handler = () => problem(500, 'brand.new')
    await expect(api.get('/api/v1/me')).rejects.toMatchObject({ message: 'The server met a fault of its own. Try again in a moment.' })
  })

  it('of a proxy in between are no surprise', async () => {
    const api = client()
    handler = () => new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'Content-Type': 'text/html' } })
    await expect(api.get('/api/v1/me')).rejects.toMatchObject({ code: 'unavailable', status: 502 })
  })

  it('of the network have a type of their own', async () => {
    const api = client()
    handler = () => {
      throw new TypeError('Failed to fetch')
    }
    await expect(api.get('/api/v1/health')).rejects.toBeInstanceOf(NetworkFailure)
  })
})

describe('replies', () => {
  it('come with their ETag; an empty answer has no data', async () => {
    const api = client()
    handler = () => json(200, { ref: 'x' }, { ETag: '"4"' })
    expect((await api.get('/api/v1/incidents/{ref}', { path: { ref: 'x' } })).etag).toBe('"4"')
    handler = () => new Response(null, { status: 204 })
    expect((await api.delete('/api/v1/sessions/{session_id}', { path: { session_id: 's' } })).data).toBeUndefined()
  })

  it('are asked for under an escaped address', () => {
    expect(address('/api/v1/incidents/{ref}', { path: { ref: '../me?x' } })).toBe('/api/v1/incidents/..%2Fme%3Fx')
    const query = { origin_country: ['CHN', 'RUS'], methods: [], sort: undefined, limit: 50 } as never
    expect(address('/api/v1/incidents', { query })).toBe('/api/v1/incidents?origin_country=CHN%2CRUS&limit=50')
  })
})
