// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest'
import { answer, answerTo, bestEffort, causeOf, worthRetrying } from './answers'
import { api, type Failure, type Problem } from './client'

const problem = (status: number, retry: Problem['retry']): Problem => ({
  type: 'about:blank',
  title: 'T',
  status,
  detail: 'D',
  code: 'not-found',
  retry,
  request_id: 'r',
})
const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const page = (status: number): Response => new Response('<html>log in to the network</html>', { status })

afterEach(() => void vi.unstubAllGlobals())

/** Answers the next request; without an answer there is no network. */
function network(response: Response | null, onLine = true): void {
  vi.stubGlobal('fetch', () =>
    response ? Promise.resolve(response.clone()) : Promise.reject(new TypeError('fetch failed')),
  )
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(onLine)
}

const session = problem(401, 'after-login')
const forbidden = problem(403, 'never')
const broken = problem(500, 'later')

test.each<[string, Response | null, boolean, Failure, string, boolean]>([
  ['no network', null, false, { kind: 'offline' }, 'offline', true],
  ['no server', null, true, { kind: 'network' }, 'unreachable', true],
  ['a proxy without its server', page(502), true, { kind: 'gateway', status: 502 }, 'server', true],
  ['a captive portal that takes everything', page(200), true, { kind: 'answer' }, 'foreign', true],
  ['a captive portal that refuses', page(403), true, { kind: 'answer' }, 'foreign', true],
  ['a session that is over', json(session, 401), true, { kind: 'problem', problem: session }, 'session', true],
  ['a refusal', json(forbidden, 403), true, { kind: 'problem', problem: forbidden }, 'refused', false],
  ['a server error', json(broken, 500), true, { kind: 'problem', problem: broken }, 'server', true],
])('a failure is told apart from the others: %s', async (_, response, onLine, failure, cause, again) => {
  network(response, onLine)
  expect(await answer(api.GET('/api/v1/me', { baseUrl: 'http://city.example', fetch: globalThis.fetch }))).toEqual({
    data: undefined,
    failure,
  })
  expect(await answerTo('/api/v1/me')).toEqual({ data: undefined, failure })
  expect(causeOf(failure)).toBe(cause)
  expect(worthRetrying(failure)).toBe(again)
})

test('an answer is its data, and one without a body is no failure', async () => {
  network(json({ a: 1 }))
  expect(await answerTo('/x')).toEqual({ data: { a: 1 }, failure: null })
  network(new Response(null, { status: 204 }))
  expect(await answerTo('/x')).toEqual({ data: undefined, failure: null })
  expect(
    await answer(api.DELETE('/api/v1/sessions/current', { baseUrl: 'http://city.example', fetch: globalThis.fetch })),
  ).toEqual({ data: undefined, failure: null })
})

test('what nobody misses leaves a line in the console', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  expect(await bestEffort('kept', Promise.resolve(1))).toBe(1)
  expect(warn).not.toHaveBeenCalled()
  const error = new Error('full')
  expect(await bestEffort('not kept', Promise.reject(error))).toBeUndefined()
  expect(warn).toHaveBeenCalledExactlyOnceWith('not kept:', error)
})
