import { authenticatedAgain } from './authenticateAgain'
import { api, failureOf, type Failure } from './client'

/** What was sent and may have to be sent again, since the password has to be given first. */
const copies = new Map<string, Request>()
api.use({
  onRequest: ({ id, request }) => {
    if (request.method !== 'GET') copies.set(id, request.clone())
  },
  onResponse: async ({ id, response }) => {
    const copy = copies.get(id)
    copies.delete(id)
    return copy && (await authenticatedAgain(response)) ? fetch(copy) : undefined
  },
  onError: ({ id }) => void copies.delete(id),
})

/** What a request came to: what the server answered, or why it is not known. */
export type Answer<T> = { data: T; failure: null } | { data: undefined; failure: Failure }

/** A request of the typed client that is on its way. */
export type Asked<T> = Promise<{ data?: T; error?: unknown; response: Response }>

/** What is done when the server says that nobody is logged in any more. */
const watchers = new Set<() => void>()

/** Calls a function whenever an answer says that the session is over, until the function that it gives is called. */
export function whenSessionEnds(told: () => void): () => void {
  watchers.add(told)
  return () => void watchers.delete(told)
}

/** A refusal, after whoever watches was told when it is that the session is over. */
function refused(failure: Failure): Failure {
  if (failure.kind === 'problem' && failure.problem.retry === 'after-login') for (const told of watchers) told()
  return failure
}

/** No answer came at all: the device has no network, or the server cannot be reached over it. */
function unreachable(): Failure {
  return { kind: navigator.onLine === false ? 'offline' : 'network' }
}

/** Why an answer is a refusal: in this server's words, or in those of something between here and it. */
function refusalIn(body: unknown, status: number): Failure {
  const failure = failureOf(body)
  return failure.kind === 'answer' && status >= 500 ? { kind: 'gateway', status } : failure
}

/** Waits for a request of the typed client. It never throws: whoever calls it has the failure in hand and must show it. */
export async function answer<T>(request: Asked<T>): Promise<Answer<T>> {
  try {
    const { data, error, response } = await request
    return response.ok
      ? { data: data as T, failure: null }
      : { data: undefined, failure: refused(refusalIn(error, response.status)) }
  } catch (error) {
    return { data: undefined, failure: error instanceof SyntaxError ? { kind: 'answer' } : unreachable() }
  }
}

/** The JSON of an answer; undefined where it is none, as the page of a captive portal. */
export async function jsonOf(response: Response): Promise<unknown> {
  try {
    return (await response.json()) as unknown
  } catch {
    return undefined
  }
}

/** Asks what the typed client does not: an address that a table names, or a file as the body. Like answer it never throws. */
export async function answerTo<T>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
  let response: Response
  try {
    const ask = (): Promise<Response> => fetch(path, { credentials: 'same-origin', ...init })
    response = await ask()
    if (await authenticatedAgain(response)) response = await ask()
  } catch {
    return { data: undefined, failure: unreachable() }
  }
  const body = await jsonOf(response)
  if (!response.ok) return { data: undefined, failure: refused(refusalIn(body, response.status)) }
  return body === undefined && response.status !== 204
    ? { data: undefined, failure: { kind: 'answer' } }
    : { data: body as T, failure: null }
}

/** What kind of failure something is, as a person tells them apart: each has a next step of its own. */
export type Cause = 'offline' | 'unreachable' | 'foreign' | 'session' | 'refused' | 'server'

/** The cause of a failure. */
export function causeOf(failure: Failure): Cause {
  switch (failure.kind) {
    case 'offline':
      return 'offline'
    case 'network':
      return 'unreachable'
    case 'gateway':
      return 'server'
    case 'answer':
      return 'foreign'
    case 'cookie':
      return 'session'
    case 'problem':
      if (failure.problem.retry === 'after-login') return 'session'
      return failure.problem.status >= 500 ? 'server' : 'refused'
  }
}

/** Whether the same request may come to something later. What this server refuses for good is not asked again. */
export function worthRetrying(failure: Failure): boolean {
  return failure.kind !== 'problem' || failure.problem.retry !== 'never'
}

/** Does what nobody misses when it cannot be done, such as a picture kept for later. The console says what failed; it gives undefined then. */
export async function bestEffort<T>(what: string, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    console.warn(`${what}:`, error)
    return undefined
  }
}
