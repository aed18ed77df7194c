import { lookup, t, type Params } from '../i18n'
import type { components } from './schema'

type ProblemBody = components['schemas']['Problem']

/** One fault in one field. `pointer` names a place in the body (`#/acts/0/method`), `parameter` one in the query. */
export interface FieldError {
  pointer?: string
  parameter?: string
  code: string
  params: Params
}

/** A failure that the server described (RFC 9457). `message` is the reader's text. */
export class ApiProblem extends Error {
  readonly status: number
  /** Stable code, such as `incident.stale`. */
  readonly code: string
  readonly errors: FieldError[]
  /** Request id to quote to the operator. */
  readonly instance: string
  /** With `incident.stale`: the version to merge with. */
  readonly currentVersion?: number
  /** With `rate.limited`: seconds to wait. */
  readonly retryAfter?: number
  /** With `export.too_large`: the records that match. */
  readonly count?: number
  /** With `incident.withdrawn` and `incident.merged`: all that is left to see. */
  readonly tombstone?: components['schemas']['Tombstone']

  constructor(body: ProblemBody) {
    super(problemText(body))
    this.name = 'ApiProblem'
    this.status = body.status
    this.code = body.code
    this.instance = body.instance
    this.errors = (body.errors ?? []).map(fieldError)
    this.currentVersion = body.current_version
    this.retryAfter = body.retry_after
    this.count = body.count
    this.tombstone = body.tombstone
  }
}

/** The server could not be reached at all: no network, or no server. */
export class NetworkFailure extends Error {
  constructor(cause: unknown) {
    super(t('problem.network'), { cause })
    this.name = 'NetworkFailure'
  }
}

/** What to tell the reader about anything that was thrown. */
export function describe(error: unknown): string {
  if (error instanceof ApiProblem || error instanceof NetworkFailure) return error.message
  return t('problem.internal')
}

/** The reader's text for one field error: `problem.field.<code>` with its parameters. */
export function describeField(error: FieldError): string {
  return lookup(`problem.field.${error.code}`, error.params) ?? t('problem.field.invalid')
}

/**
 * The first error of every place, as text. Keys are pointers without `#` (`/acts/0/method`)
 * or parameter names, ready for the `error` of a Field.
 */
export function fieldTexts(error: unknown): Record<string, string> {
  const texts: Record<string, string> = {}
  if (!(error instanceof ApiProblem)) return texts
  for (const item of error.errors) {
    const place = item.pointer?.replace(/^#/, '') ?? item.parameter ?? ''
    texts[place] ??= describeField(item)
  }
  return texts
}

function problemText(body: ProblemBody): string {
  const params: Params = { retry_after: body.retry_after ?? 0, count: body.count ?? 0 }
  // An unknown code is newer than this screen: the server's own safe sentence is better than none.
  return lookup(`problem.${body.code}`, params) ?? (body.status < 500 && body.detail ? body.detail : t('problem.internal'))
}

function fieldError(item: components['schemas']['FieldProblem']): FieldError {
  const params: Params = {}
  for (const [name, value] of Object.entries(item.params ?? {})) {
    if (typeof value === 'string' || typeof value === 'number') params[name] = value
  }
  return { pointer: item.pointer, parameter: item.parameter, code: item.code, params }
}
