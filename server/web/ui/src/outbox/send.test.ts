// @vitest-environment happy-dom
import 'fake-indexeddb/auto'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { keepBytes, type Kept } from './keep'
import type { Answer } from './rules'
import { refusal, send } from './send'
import { portal, problem, TestServer, type Said } from './testing/server'

// The build for browsers, as the app has it; Node would take the other.
// @ts-expect-error it has no types of its own
vi.mock('tus-js-client', () => import('tus-js-client/lib.es5/browser/index.js'))

const server = new TestServer()
beforeEach(async () => {
  server.came = []
  vi.spyOn(console, 'error').mockImplementation(() => undefined) // each refusal that the page would log
  await server.start()
})
afterEach(() => server.stop())

const issue = '6a3c1f5e-0000-4000-8000-000000000001'
let count = 0

function item(kind: Kept['kind'], rest: Partial<Kept> = {}): Kept {
  const id = `6a3c1f5e-0000-4000-8000-1${String(++count).padStart(11, '0')}`
  const path =
    kind === 'report'
      ? `/api/v1/issues/${issue}`
      : kind === 'photo'
        ? `/api/v1/issues/${issue}/photos/${id}`
        : `/api/v1/issues/${issue}/actions/${id}`
  return {
    id,
    issue,
    kind,
    path,
    method: 'PUT',
    words: 'w',
    addedAt: 1,
    state: 'sending',
    wrongDigests: 0,
    attempts: 0,
    notBefore: 0,
    ...rest,
  }
}

const digest = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** A photo of so many bytes that the phone keeps. */
async function photo(bytes: number): Promise<{ kept: Kept; data: Uint8Array<ArrayBuffer> }> {
  const data = Uint8Array.from({ length: bytes }, (_, n) => (n * 31 + (n >> 8) * 7 + 3) & 255)
  const kept = item('photo', { sha256: digest(data), bytes })
  await keepBytes('', kept.id, 'image/jpeg', data.buffer)
  return { kept, data }
}

async function answerTo(kept: Kept, said: Said): Promise<Answer> {
  server.answer = () => said
  return (await send(kept)).answer
}

describe('of a report or an action', () => {
  test.each<[string, Said, Answer]>([
    ['a new one', { status: 201, body: { id: issue, repeated: false } }, { kind: 'taken' }],
    ['the same again', { status: 200, body: { id: issue, repeated: true } }, { kind: 'taken' }],
    ['an action', { status: 200, body: { credited_at: '2026-11-24T10:00:00Z' } }, { kind: 'taken' }],
    ['the page of a portal', { status: 200, body: portal }, { kind: 'lost' }],
    ['an empty answer', { status: 200 }, { kind: 'lost' }],
    ['an answer without a body', { status: 204 }, { kind: 'lost' }],
    ['JSON that is no receipt', { status: 200, body: { ok: true } }, { kind: 'lost' }],
    ['JSON null', { status: 200, body: 'null' }, { kind: 'lost' }],
    ['a text', { status: 200, body: '"repeated"' }, { kind: 'lost' }],
    ['a number', { status: 200, body: '1' }, { kind: 'lost' }],
    ['a receipt under an error', { status: 500, body: { repeated: false } }, { kind: 'lost' }],
    ['a cut connection', { cut: true }, { kind: 'lost' }],
  ])('%s', async (_, said, want) => {
    expect(await answerTo(item('report', { body: {} }), said)).toEqual(want)
  })

  test.each<[unknown, string | undefined]>([
    [{ number: '2026-000001' }, '2026-000001'],
    [{}, undefined],
    [null, undefined],
    ['2026-000001', undefined],
    [undefined, undefined],
  ])('the number of the issue is read from %j', async (of, want) => {
    server.answer = () => ({ status: 201, body: { repeated: false, issue: of } })
    expect((await send(item('report', { body: {} }))).number).toBe(want)
  })

  test('a refusal says what is wrong in which field, where it says so', () => {
    const said = { code: 'request.content', retry: 'never', detail: 'd' }
    const errors = [{ pointer: '/note', detail: 'too long' }]
    expect(refusal(422, { ...said, errors }, 0).problem).toEqual({
      code: said.code,
      detail: 'd',
      retry: said.retry,
      errors,
    })
    for (const other of [{}, { errors: 'all' }])
      expect(refusal(422, { ...said, ...other }, 0).problem).toEqual({
        code: said.code,
        detail: 'd',
        retry: said.retry,
      })
  })

  test('a portal that leads elsewhere is no receipt', async () => {
    server.answer = (c) =>
      c.path === '/login' ? { status: 200, body: portal } : { status: 302, headers: { Location: '/login' } }
    expect((await send(item('report', { body: {} }))).answer).toEqual({ kind: 'lost' })
    expect(server.paths.at(-1)).toMatch(/ \/login$/)
  })

  test('it goes as JSON with the moment of this attempt, by its own method', async () => {
    const before = Date.now()
    await answerTo(item('report', { method: 'POST', body: { category: '08012', sent_at: 'of old' } }), {
      status: 201,
      body: { repeated: false },
    })
    const [came] = server.came
    expect(server.paths).toEqual([`POST /api/v1/issues/${issue}`])
    expect(came!.headers['content-type']).toBe('application/json')
    expect(came!.headers.authorization).toBeUndefined()
    const { sent_at: sentAt, ...body } = came!.json()
    expect(body).toEqual({ category: '08012' })
    expect(Date.parse(String(sentAt))).toBeGreaterThanOrEqual(before)
    expect(Date.parse(String(sentAt))).toBeLessThanOrEqual(Date.now())
  })
})

describe('of a photo', () => {
  test('a receipt gives the digest that the server computed', async () => {
    const { kept, data } = await photo(3000)
    expect(await answerTo(kept, { status: 201, body: { sha256: kept.sha256, repeated: false } })).toEqual({
      kind: 'taken',
      sha256: kept.sha256,
    })
    const [came] = server.came
    expect(server.paths).toEqual([`PUT ${kept.path}`])
    expect(Buffer.compare(came!.body, Buffer.from(data))).toBe(0)
    expect(came!.headers['content-type']).toBe('application/octet-stream')
    expect(came!.headers['content-digest']).toBe(`sha-256=:${createHash('sha256').update(data).digest('base64')}:`)
    expect(Math.abs(Date.parse(String(came!.headers['spotcheck-sent-at'])) - Date.now())).toBeLessThan(10_000)
  })

  test.each<[string, Said, Answer]>([
    ['the same again', { status: 200, body: { sha256: 'ab' } }, { kind: 'taken', sha256: 'ab' }],
    ['a receipt without a digest', { status: 201, body: { repeated: false } }, { kind: 'lost' }],
    ['a receipt with an empty digest', { status: 201, body: { sha256: '' } }, { kind: 'lost' }],
    ['the page of a portal', { status: 200, body: portal }, { kind: 'lost' }],
    ['an empty answer', { status: 200 }, { kind: 'lost' }],
    ['JSON null', { status: 200, body: 'null' }, { kind: 'lost' }],
    ['a text', { status: 200, body: '"sha256"' }, { kind: 'lost' }],
    ['a digest under an error', { status: 502, body: { sha256: 'ab' } }, { kind: 'lost' }],
    ['a cut connection', { cut: true }, { kind: 'lost' }],
    ['other bytes came', problem(422, 'photo.digest', 'later'), { kind: 'digest' }],
    ['a cut body', problem(400, 'photo.incomplete', 'later'), { kind: 'later', afterMs: undefined }],
  ])('%s', async (_, said, want) => {
    const { kept } = await photo(10)
    expect(await answerTo(kept, said)).toEqual(want)
  })

  test('whose bytes are gone a person is asked, and nothing is sent', async () => {
    expect(await send(item('photo', { sha256: 'ab' }))).toEqual({
      answer: { kind: 'never' },
      problem: { code: 'phone.bytes-gone', detail: '' },
    })
    expect(server.came).toHaveLength(0)
  })

  test('up to 1 MiB it goes in one piece', async () => {
    const { kept } = await photo(1 << 20)
    expect(await answerTo(kept, { status: 201, body: { sha256: kept.sha256 } })).toEqual({
      kind: 'taken',
      sha256: kept.sha256,
    })
    expect(server.paths).toEqual([`PUT ${kept.path}`])
  })
})

describe('of a photo in parts', () => {
  let got = Buffer.alloc(0)
  const metadata = (text: string): Record<string, string> =>
    Object.fromEntries(
      text.split(',').map((pair) => [pair.split(' ')[0]!, Buffer.from(pair.split(' ')[1]!, 'base64').toString()]),
    )

  /** Takes uploads as tus 1.0 says. */
  function tus(
    c: { method: string; path: string; headers: Record<string, string | string[] | undefined>; body: Buffer },
    size: number,
  ): Said {
    const headers = { 'Tus-Resumable': '1.0.0' }
    if (c.method === 'POST') {
      got = Buffer.alloc(0)
      return { status: 201, headers: { ...headers, Location: '/api/v1/uploads/u1' } }
    }
    if (c.method === 'HEAD')
      return {
        status: 200,
        headers: { ...headers, 'Upload-Offset': String(got.length), 'Upload-Length': String(size) },
      }
    if (Number(c.headers['upload-offset']) !== got.length) return { status: 409, headers }
    got = Buffer.concat([got, c.body])
    return { status: 204, headers: { ...headers, 'Upload-Offset': String(got.length) } }
  }

  /** Sends a photo just above 1 MiB; what comes under /receipt is answered so. */
  async function inParts(
    receipt: Said,
    other?: (method: string) => Said | undefined,
    rest: Partial<Kept> = {},
  ): Promise<{ kept: Kept; data: Uint8Array; outcome: Awaited<ReturnType<typeof send>> }> {
    const { kept, data } = await photo((1 << 20) + 1)
    server.answer = (c) => (c.path.endsWith('/receipt') ? receipt : (other?.(c.method) ?? tus(c, data.byteLength)))
    return { kept, data, outcome: await send({ ...kept, ...rest }) }
  }

  test('each request says whose work it is', async () => {
    await inParts({ status: 200, body: { sha256: 'ab' } }, undefined, { owner: 'lin' })
    expect(server.came.map((c) => c.headers['spotcheck-person'])).toEqual(server.came.map(() => 'lin'))
    expect(server.came.length).toBeGreaterThan(5)
  })

  test('the receipt is fetched after the last part, and it alone counts', async () => {
    const { kept, data, outcome } = await inParts({ status: 200, body: { sha256: 'what the server computed' } })
    expect(outcome).toEqual({ answer: { kind: 'taken', sha256: 'what the server computed' } })
    expect(Buffer.compare(got, Buffer.from(data))).toBe(0)
    expect(server.paths).toEqual([
      'POST /api/v1/uploads',
      ...Array.from({ length: 5 }, () => 'PATCH /api/v1/uploads/u1'),
      `GET ${kept.path}/receipt`,
    ])
    expect(server.came.filter((c) => c.method === 'PATCH').map((c) => c.body.length)).toEqual([
      262144, 262144, 262144, 262144, 1,
    ])
    const told = metadata(String(server.came[0]!.headers['upload-metadata']))
    expect(told).toMatchObject({ issue, photo: kept.id })
    expect(Math.abs(Date.parse(told.sent_at ?? '') - Date.now())).toBeLessThan(10_000)
    expect(localStorage).toHaveLength(0)
  })

  test.each<[string, Said, Answer]>([
    ['a portal instead of the receipt', { status: 200, body: portal }, { kind: 'lost' }],
    ['a receipt without a digest', { status: 200, body: {} }, { kind: 'lost' }],
    ['no photo there after all', problem(404, 'photo.not-found', 'never'), { kind: 'first-the-report' }],
    ['a log-in that has run out', problem(401, 'login.needed', 'after-login'), { kind: 'login' }],
  ])('%s', async (_, said, want) => {
    expect((await inParts(said)).outcome.answer).toEqual(want)
  })

  test.each<[string, string, Said, Answer]>([
    ['other bytes came', 'PATCH', problem(422, 'photo.digest', 'later'), { kind: 'digest' }],
    ['the report is not there', 'POST', problem(404, 'issue.not-found', 'never'), { kind: 'first-the-report' }],
    ['refused for ever', 'POST', problem(422, 'photo.too-large', 'never'), { kind: 'never' }],
    ['told to wait', 'POST', problem(429, 'busy', 'later', { 'Retry-After': '7' }), { kind: 'later', afterMs: 7000 }],
    ['the page of a portal', 'POST', { status: 200, body: portal }, { kind: 'lost' }],
    ['the page of a proxy', 'POST', { status: 403, body: portal }, { kind: 'lost' }],
    ['nobody answers', 'POST', { cut: true }, { kind: 'lost' }],
  ])(
    '%s',
    async (_, method, said, want) => {
      const { outcome } = await inParts({ status: 200, body: { sha256: 'never asked for' } }, (m) =>
        m === method ? said : undefined,
      )
      expect(outcome.answer).toEqual(want)
      expect(server.paths.some((p) => p.endsWith('/receipt'))).toBe(false)
    },
    20_000,
  )

  test('a part that is lost goes again from where the server is', async () => {
    let lost = 0
    const { outcome, data } = await inParts({ status: 200, body: { sha256: 'ab' } }, (m) =>
      m === 'PATCH' && got.length > 300_000 && lost++ === 0 ? { cut: true } : undefined,
    )
    expect(outcome.answer).toEqual({ kind: 'taken', sha256: 'ab' })
    expect(Buffer.compare(got, Buffer.from(data))).toBe(0)
    expect(lost).toBeGreaterThan(0)
  }, 20_000)
})

describe('a refusal', () => {
  const doc = (code: string, retry: string, rest: object = {}): object => ({ code, retry, detail: 'd', ...rest })

  test.each<[string, number, unknown, number, Answer]>([
    ['never', 422, doc('content', 'never'), 0, { kind: 'never' }],
    ['never, whatever Retry-After says', 409, doc('issue.differs', 'never'), 5, { kind: 'never' }],
    ['a conflict that may pass', 409, doc('issue.stale', 'later'), 0, { kind: 'later', afterMs: undefined }],
    ['later, when it says', 503, doc('away', 'later'), 30, { kind: 'later', afterMs: 30_000 }],
    ['later, at an hour that is no number', 503, doc('away', 'later'), NaN, { kind: 'later', afterMs: undefined }],
    ['later, before now', 503, doc('away', 'later'), -5, { kind: 'later', afterMs: undefined }],
    ['after a log-in', 403, doc('session.over', 'after-login'), 0, { kind: 'login' }],
    ['401 whatever it says', 401, doc('login.needed', 'never'), 0, { kind: 'login' }],
    ['401 comes before later', 401, doc('login.needed', 'later'), 9, { kind: 'login' }],
    ['a word that is not known', 400, doc('x', 'perhaps'), 0, { kind: 'never' }],
    ['no such issue', 404, doc('issue.not-found', 'never'), 0, { kind: 'first-the-report' }],
    ['no such photo', 404, doc('photo.not-found', 'never'), 0, { kind: 'first-the-report' }],
    ['photos are missing', 409, doc('photo.not-safe', 'later'), 4, { kind: 'first-the-photos' }],
    ['another digest', 422, doc('photo.digest', 'later'), 4, { kind: 'digest' }],
    ['no document', 502, null, 0, { kind: 'lost' }],
    ['a text', 502, 'code retry', 0, { kind: 'lost' }],
    ['without a code', 422, { retry: 'never' }, 0, { kind: 'lost' }],
    ['without a retry', 422, { code: 'content' }, 0, { kind: 'lost' }],
    ['401 of somebody else', 401, { error: 'who are you' }, 0, { kind: 'lost' }],
  ])('%s', (_, status, said, after, want) => {
    const outcome = refusal(status, said, after)
    expect(outcome.answer).toEqual(want)
    const known = said as { code?: string; retry?: string } | null
    const problem = { code: known?.code, detail: 'd', retry: known?.retry }
    expect(outcome.problem).toEqual(want.kind === 'lost' ? undefined : problem)
  })

  test('without words has none', () => {
    expect(refusal(422, { code: 'content', retry: 'never' }, 0).problem).toEqual({
      code: 'content',
      detail: '',
      retry: 'never',
    })
  })

  test('comes with the pause that its header says, also of a plain request', async () => {
    expect(
      await answerTo(item('action', { body: {} }), problem(503, 'away', 'later', { 'Retry-After': '12' })),
    ).toEqual({ kind: 'later', afterMs: 12_000 })
    expect(await answerTo(item('action', { body: {} }), problem(503, 'away', 'later'))).toEqual({
      kind: 'later',
      afterMs: undefined,
    })
    expect(await answerTo(item('action', { body: {} }), problem(409, 'issue.wrong-status', 'never'))).toEqual({
      kind: 'never',
    })
  })
})
