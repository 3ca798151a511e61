// @vitest-environment happy-dom
import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type * as Courier from './courier'
import type * as Keep from './keep'
import type * as TakeBack from './takeBack'
import { portal, problem, TestServer, type Came, type Said } from './testing/server'

const server = new TestServer()
let courier: typeof Courier
let keep: typeof Keep
let back: typeof TakeBack

/** What a page that is closed would stop. */
let ends: (() => void)[] = []

/** The app is opened: its modules begin anew, what the phone keeps is there. */
async function open(): Promise<void> {
  vi.resetModules()
  courier = await import('./courier')
  keep = await import('./keep')
  back = await import('./takeBack')
}

beforeEach(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined) // each refusal that the page would log
  ends = []
  const later = globalThis.setTimeout
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((...args: Parameters<typeof setTimeout>) => {
    const timer = later(...args)
    ends.push(() => clearTimeout(timer))
    return timer
  }) as typeof setTimeout)
  for (const target of [window, document, BroadcastChannel.prototype]) {
    const listen = target.addEventListener as (...args: unknown[]) => void
    vi.spyOn(target, 'addEventListener').mockImplementation(function (this: EventTarget, ...args: unknown[]) {
      listen.apply(this, args)
      ends.push(() => (this.removeEventListener as (...args: unknown[]) => void)(...args))
    })
  }
  globalThis.indexedDB = new IDBFactory()
  server.came = []
  server.answer = taken
  await server.start()
  await open()
})
afterEach(async () => {
  for (const end of ends) end()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  await server.stop()
})

const digest = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** The server as it should be: receipts for everything. */
function taken(c: Came): Said {
  return c.path.includes('/photos/')
    ? { status: 201, body: { sha256: digest(c.body) } }
    : { status: 201, body: { repeated: false } }
}

const shoot = (text: string, draft = 'd', capturedAt = 1_790_000_000_000): Promise<Keep.Shot> =>
  courier.takeShot(new Blob([text], { type: 'image/jpeg' }), { taken: 'camera', capturedAt, draft })

/** Waits until the outbox has sent what it may. */
const photoOf = (): Keep.Kept => courier.outbox.items.find((i) => i.kind === 'photo')! as Keep.Kept
const still = (): Promise<void> =>
  vi.waitFor(async () => {
    await courier.drain()
    if (courier.outbox.items.some((i) => i.state === 'sending')) throw new Error('something is on its way')
  })
/** Waits until so many requests have come and are answered. */
const came = async (n: number): Promise<void> => {
  await vi.waitFor(() => expect(server.came.length).toBeGreaterThanOrEqual(n), { timeout: 5000 })
  await still()
}
const empty = (): Promise<void> => vi.waitFor(() => expect(courier.outbox.items).toEqual([]), { timeout: 5000 })
const states = (): string[] =>
  courier.outbox.items
    .map((i) => `${i.kind} ${i.state}`)
    .sort()
    .reverse()

/** A report that some other tab keeps. */
const kept = (more: Partial<Keep.Kept>): Keep.Kept => ({
  id: 'a',
  issue: 'a',
  kind: 'report',
  path: '/api/v1/issues/a',
  method: 'PUT',
  body: {},
  words: 'a',
  addedAt: 1,
  state: 'waiting',
  wrongDigests: 0,
  attempts: 0,
  notBefore: 0,
  ...more,
})

describe('what goes out', () => {
  test('a report goes before its photos, says what they are, and everything is let go when it is safe', async () => {
    const shots = [await shoot('one'), await shoot('two', 'd', 1_790_000_001_000)]
    const issue = await courier.report({ category: '08012', note: undefined }, shots, 'mud')
    await empty()
    expect(server.paths[0]).toBe(`PUT /api/v1/issues/${issue}`)
    expect(server.paths.slice(1).sort()).toEqual(shots.map((s) => `PUT /api/v1/issues/${issue}/photos/${s.id}`).sort())
    const { sent_at: _, ...body } = server.came[0]!.json()
    expect(body).toEqual({
      category: '08012',
      photos: [
        {
          id: shots[0]!.id,
          sha256: digest(Buffer.from('one')),
          bytes: 3,
          kind: 'report',
          captured_at: '2026-09-21T14:13:20.000Z',
          taken: 'camera',
        },
        {
          id: shots[1]!.id,
          sha256: digest(Buffer.from('two')),
          bytes: 3,
          kind: 'report',
          captured_at: '2026-09-21T14:13:21.000Z',
          taken: 'camera',
        },
      ],
    })
    expect(
      server.came
        .slice(1)
        .map((c) => c.body.toString())
        .sort(),
    ).toEqual(['one', 'two'])
    expect(courier.outbox.safe).toBe(2)
    expect(await keep.bytesOf(shots[0]!.id)).toBeUndefined()
    expect(await keep.shotsOf()).toEqual([])
  })

  test('an action waits for its photos, which are declared first', async () => {
    const shot = await shoot('after')
    const before = Date.now()
    await courier.act('issue-1', { note: 'clean' }, [shot], 'after', 'fix')
    await empty()
    const [declared, photo, action] = server.came
    expect(declared!.method).toBe('POST')
    expect(declared!.path).toBe('/api/v1/issues/issue-1/photos')
    expect(declared!.json().photos).toEqual([courier.declarationOf(shot, 'after')])
    expect(photo!.path).toBe(`/api/v1/issues/issue-1/photos/${shot.id}`)
    expect(action!.path).toMatch(/^\/api\/v1\/issues\/issue-1\/actions\/[0-9a-f-]{36}$/)
    expect(action!.method).toBe('PUT')
    expect(action!.json()).toMatchObject({ note: 'clean', photos: [shot.id] })
    expect(Date.parse(String(action!.json().done_at))).toBeGreaterThanOrEqual(before)
    expect(server.came).toHaveLength(3)
  })

  test('an action without photos goes alone and names none', async () => {
    await courier.act('issue-1', { note: 'seen' }, [], 'after', 'comment')
    await empty()
    expect(server.came).toHaveLength(1)
    expect(server.came[0]!.json()).not.toHaveProperty('photos')
  })

  test('what was sent with one thing cannot be sent with another', async () => {
    const shot = await shoot('one')
    await courier.report({}, [shot], 'mud')
    await expect(courier.report({}, [shot], 'mud')).rejects.toThrow()
    await empty()
    expect(server.came).toHaveLength(2)
  })

  test('an action is sent as it was when the person did it, even when the screen changes after', async () => {
    const body = { marks: ['a'] }
    server.answer = async (c) => (await new Promise((resolve) => setTimeout(resolve, 30)), taken(c))
    await courier.report({ x: 1 }, [], 'first')
    await courier.act('issue-1', body, [], 'after', 'fix')
    body.marks.push('b')
    await vi.waitFor(() => expect(server.came.length).toBeGreaterThanOrEqual(2), { timeout: 5000 })
    await empty()
    expect(server.came.at(-1)!.json().marks).toEqual(['a'])
  })
})

describe('answers that are none', () => {
  test.each<[string, Said]>([
    ['the page of a portal', { status: 200, body: portal }],
    ['a receipt without a digest', { status: 201, body: { repeated: false } }],
    ['a cut connection', { cut: true }],
    ['the page of a proxy', { status: 502, body: portal }],
  ])('%s leaves the photo waiting, with its bytes', async (_, said) => {
    const shot = await shoot('one')
    server.answer = (c) => (c.path.includes('/photos/') ? said : taken(c))
    const asked = Date.now()
    await courier.report({}, [shot], 'mud')
    await came(2)
    expect(states()).toEqual(['report done', 'photo waiting'])
    const waiting = photoOf()
    expect(waiting.attempts).toBe(1)
    expect(waiting.wrongDigests).toBe(0)
    expect(waiting.notBefore).toBeGreaterThanOrEqual(asked + 600)
    expect(courier.outbox.safe).toBe(0)
    expect(await keep.bytesOf(shot.id)).toBeDefined()
    const n = server.came.length
    await courier.drain()
    expect(server.came).toHaveLength(n) // not before its time
  })

  test('a wrong digest is tried three times, then a person is asked and may say that it be tried anew', async () => {
    const shot = await shoot('one')
    server.answer = (c) =>
      c.path.includes('/photos/') ? { status: 201, body: { sha256: digest(Buffer.from('other')) } } : taken(c)
    await courier.report({}, [shot], 'mud')
    // The outbox waits between them by itself: to write it meanwhile would undo what it counts.
    await vi.waitFor(() => expect(states()).toEqual(['report done', 'photo asked']), { timeout: 30_000, interval: 100 })
    expect(server.came).toHaveLength(4)
    server.answer = taken
    await courier.tryAgain(shot.id)
    await empty()
    expect(courier.outbox.safe).toBe(1)
  })
})

describe('refusals', () => {
  test('what is refused for ever is asked about, with the words of the server; other issues go on', async () => {
    const first = await courier.report({ bad: true }, [], 'bad')
    server.answer = (c) => (c.path.endsWith(first) ? problem(422, 'content', 'never') : taken(c))
    await came(1)
    await courier.report({}, [], 'good')
    await vi.waitFor(() => expect(courier.outbox.items.filter((i) => i.state !== 'asked')).toEqual([]))
    await still()
    if (courier.outbox.items.length === 0) throw new Error('the refused report is gone')
    expect(courier.outbox.items.map((i) => [i.words, i.state, i.problem])).toEqual([
      ['bad', 'asked', { code: 'content', detail: 'detail of content' }],
    ])
    await back.giveUpIssue(first)
    await empty()
    expect(await keep.allItems()).toEqual([])
  })

  test('all of an issue is given up together and taken back whole; then it is sent once', async () => {
    server.answer = () => problem(503, 'away', 'later')
    const issue = await courier.report({ note: 'n' }, [await shoot('one'), await shoot('two')], 'mud')
    await came(1)
    const gone = await back.giveUpIssue(issue)
    expect(await keep.allItems()).toEqual([])
    expect(await keep.bytesOf(gone.bytes[0]!.id)).toBeUndefined()
    server.answer = taken
    server.came = []
    await back.takeBack(gone)
    await vi.waitFor(async () => {
      window.dispatchEvent(new Event('online'))
      await courier.goOn()
      expect(courier.outbox.items.every((i) => i.state !== 'sending')).toBe(true)
      expect(await keep.allItems()).toHaveLength(3)
    })
    expect(await Promise.all(gone.bytes.map(async (b) => (await keep.bytesOf(b.id))?.data.byteLength))).toEqual([3, 3])
  })

  test('what was refused becomes a draft again with its photos and their bytes, and nothing of it waits any more', async () => {
    server.answer = () => problem(422, 'content', 'never')
    const shot = await shoot('one')
    const issue = await courier.report({ note: 'n', place: { lat: 1, lon: 2, source: 'gps' } }, [shot], 'mud')
    await came(1)
    await back.asDraft(issue, '/report', { note: 'n' })
    expect(courier.outbox.items).toEqual([])
    const place = { lat: 1, lon: 2, source: 'gps' }
    expect(await keep.shotsOf('/report')).toEqual([{ ...shot, draft: '/report', place }])
    expect((await keep.bytesOf(shot.id))?.data.byteLength).toBe(3)
    expect(await keep.remembered('draft:/report')).toEqual({ note: 'n' })
  })

  test('the same action is not put in twice while it waits; another one, and a comment, are', async () => {
    server.answer = () => problem(503, 'away', 'later')
    await courier.act('i', { action: 'fix' }, [], 'after', 'fix')
    await expect(courier.act('i', { action: 'fix' }, [], 'after', 'fix')).rejects.toThrow(courier.Twice)
    await courier.act('j', { action: 'fix' }, [], 'after', 'fix')
    for (let n = 0; n < 2; n++) await courier.act('i', { action: 'comment' }, [], 'after', 'comment')
    expect(courier.outbox.items).toHaveLength(4)
  })

  test('what came is named with its number and its photos', async () => {
    server.answer = (c) =>
      c.path.includes('/photos/')
        ? taken(c)
        : { status: 201, body: { repeated: false, issue: { number: '2026-000315' } } }
    const issue = await courier.report({}, [await shoot('one')], 'mud')
    await empty()
    expect(courier.outbox.arrived).toMatchObject([
      { issue, number: '2026-000315', words: 'mud', photos: 1, report: true },
    ])
  })

  test('what is wrong with a field is told, and the person mends it', async () => {
    const errors = [{ pointer: '/category', detail: 'the catalogue has no such item, or it is switched off' }]
    const refused = problem(422, 'reference.unknown', 'never')
    server.answer = (c) =>
      c.path.includes('/photos/') || c.json().category !== 'gone'
        ? taken(c)
        : { ...refused, body: { ...(refused.body as object), errors } }
    const issue = await courier.report({ category: 'gone', note: 'n', joins: 'x' }, [await shoot('one')], 'mud')
    await came(1)
    expect(courier.outbox.items.find((i) => i.kind === 'report')!.problem).toEqual({
      code: 'reference.unknown',
      detail: 'detail of reference.unknown',
      errors,
    })
    await courier.mend(issue, { category: '08012', joins: undefined })
    await empty()
    const { sent_at: _, photos: __, ...body } = server.came[1]!.json()
    expect(body).toEqual({ category: '08012', note: 'n' })
    expect(courier.outbox.safe).toBe(1)
  })

  test('a log-in that has run out stops everything until the person is back', async () => {
    server.answer = () => problem(401, 'session.over', 'after-login')
    await courier.report({ n: 1 }, [], 'a')
    await came(1)
    await courier.report({ n: 2 }, [], 'b')
    await still()
    expect(courier.outbox.needsLogin).toBe(true)
    expect(states()).toEqual(['report waiting', 'report waiting'])
    expect(server.came).toHaveLength(1)
    server.answer = taken
    await courier.goOn()
    await empty()
    expect(courier.outbox.needsLogin).toBe(false)
    expect(server.came).toHaveLength(3)
  })

  test('the pause that the server names is kept, unless the network comes back', async () => {
    server.answer = () => problem(503, 'away', 'later', { 'Retry-After': '60' })
    await courier.start()
    const asked = Date.now()
    await courier.report({}, [], 'a')
    await came(1)
    expect(courier.outbox.items[0]!.notBefore - asked).toBeGreaterThanOrEqual(60_000)
    expect(courier.outbox.items[0]!.notBefore - asked).toBeLessThan(70_000)
    await courier.drain()
    expect(server.came).toHaveLength(1)
    server.answer = taken
    window.dispatchEvent(new Event('online'))
    await empty()
    expect(server.came).toHaveLength(2)
  })

  test('after its pause it goes by itself', async () => {
    let n = 0
    server.answer = (c) => (n++ === 0 ? problem(503, 'away', 'later', { 'Retry-After': '1' }) : taken(c))
    const began = Date.now()
    await courier.report({}, [], 'a')
    await empty()
    expect(server.came).toHaveLength(2)
    expect(Date.now() - began).toBeGreaterThanOrEqual(1000)
  })
})

describe('the app is opened', () => {
  test('what was on its way when it was killed is sent again', async () => {
    server.answer = () => new Promise<Said>(() => undefined)
    const issue = await courier.report({}, [], 'a')
    await vi.waitFor(() => expect(server.came).toHaveLength(1))
    await vi.waitFor(async () => expect((await keep.allItems()).map((i) => i.state)).toEqual(['sending']))
    await open()
    server.answer = taken
    await courier.start()
    await empty()
    expect(server.paths).toEqual([`PUT /api/v1/issues/${issue}`, `PUT /api/v1/issues/${issue}`])
  })

  test('it shows what is kept, even where nothing can be sent, and asks that it may stay', async () => {
    const persist = vi.fn(() => Promise.resolve(true))
    vi.stubGlobal('navigator', { ...navigator, locks: undefined, storage: { persist } })
    server.answer = () => problem(401, 'session.over', 'after-login')
    await courier.report({}, [], 'a')
    await came(1)
    await open()
    await courier.start()
    expect(courier.outbox.items.map((i) => i.words)).toEqual(['a'])
    expect(persist).toHaveBeenCalledOnce()
    await came(2)
  })

  test('looking at it again sends what may be sent', async () => {
    await courier.start()
    await keep.addItems([kept({})])
    document.dispatchEvent(new Event('visibilitychange'))
    await empty()
    await came(1)
  })

  test('what another tab changed is shown', async () => {
    await courier.start()
    await still()
    const other = new BroadcastChannel('spotcheck-outbox')
    await keep.addItems([kept({ words: 'of another tab', state: 'asked' })])
    other.postMessage('changed')
    await vi.waitFor(() => expect(courier.outbox.items.map((i) => i.words)).toEqual(['of another tab']))
    other.close()
  })

  test('this tab tells the others what it changed', async () => {
    const told: unknown[] = []
    const other = new BroadcastChannel('spotcheck-outbox')
    other.addEventListener('message', (e) => told.push(e.data))
    server.answer = () => problem(422, 'content', 'never')
    const issue = await courier.report({}, [], 'a')
    await vi.waitFor(() => expect(told.length).toBe(2)) // put in, and refused
    await still()
    await back.giveUpIssue(issue)
    await vi.waitFor(() => expect(told.length).toBe(3))
    other.close()
  })

  test('only one tab sends: one that cannot have the lock waits for it and sends nothing', async () => {
    let letGo = (): void => undefined
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const request = vi.fn((_: string, run: () => unknown) => held.then(run))
    vi.stubGlobal('navigator', { ...navigator, locks: { request }, storage: undefined })
    await courier.report({}, [], 'a')
    void courier.drain()
    expect(request.mock.calls.map((c) => c[0])).toEqual(['spotcheck-outbox'])
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(server.came).toHaveLength(0)
    letGo()
    await empty()
    expect(server.came).toHaveLength(1)
  })

  test('a tab goes on with what another one that was closed had on its way', async () => {
    let turn: () => void = () => undefined
    const request = vi.fn((_: string, run: () => unknown) => new Promise<void>((r) => (turn = r)).then(run))
    vi.stubGlobal('navigator', { ...navigator, locks: { request }, storage: undefined })
    await courier.start()
    turn()
    await vi.waitFor(() => expect(request).toHaveBeenCalledOnce())
    await new Promise((resolve) => setTimeout(resolve, 50))
    const other = new BroadcastChannel('spotcheck-outbox')
    await keep.addItems([kept({ state: 'sending' })])
    other.postMessage('changed')
    await vi.waitFor(() => expect(request).toHaveBeenCalledTimes(2))
    turn()
    await empty()
    expect(server.came).toHaveLength(1)
    other.close()
  })
})

describe('a phone that can send nothing sleeps', () => {
  /** How often the outbox is read in a while. */
  async function reads(): Promise<number> {
    const all = vi.spyOn(IDBObjectStore.prototype, 'getAll')
    await new Promise((resolve) => setTimeout(resolve, 2500))
    const n = all.mock.calls.length
    all.mockRestore()
    return n
  }

  test('when all stands behind a question to a person', async () => {
    server.answer = () => problem(422, 'content', 'never')
    await courier.report({}, [await shoot('one')], 'mud')
    await came(1)
    expect(states()).toEqual(['report asked', 'photo waiting'])
    expect(await reads()).toBe(0)
  })

  test('when what is in front has a long pause', async () => {
    server.answer = () => problem(503, 'away', 'later', { 'Retry-After': '60' })
    await courier.report({}, [await shoot('one')], 'mud')
    await came(1)
    expect(await reads()).toBe(0)
  })

  test('when there is no network, until there is', async () => {
    await courier.start()
    server.answer = () => ({ cut: true })
    const away = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    await courier.report({}, [], 'mud')
    await came(1)
    expect(await reads()).toBe(0)
    expect(server.came).toHaveLength(1)
    server.answer = taken
    away.mockReturnValue(true)
    window.dispatchEvent(new Event('online'))
    await empty()
  })
})

describe('room', () => {
  const storage = (quota: number | undefined, usage: number | undefined): void => {
    vi.stubGlobal('navigator', { ...navigator, storage: { estimate: () => Promise.resolve({ quota, usage }) } })
  }

  test('there is room while the browser says so', async () => {
    storage(9e6, 1e6)
    expect(await courier.room()).toBe(true)
    storage(9e6, 1e6 + 1)
    expect(await courier.room()).toBe(false)
    storage(8e6 - 1, undefined)
    expect(await courier.room()).toBe(false)
    storage(undefined, undefined)
    expect(await courier.room()).toBe(true)
    vi.stubGlobal('navigator', { ...navigator, storage: undefined })
    expect(await courier.room()).toBe(true)
    vi.stubGlobal('navigator', { ...navigator, storage: { estimate: () => Promise.reject(new Error('not told')) } })
    expect(await courier.room()).toBe(true)
  })

  test('from twenty photos on it is tried, and a full phone finds room again when it has some', async () => {
    storage(undefined, undefined)
    server.answer = () => problem(503, 'away', 'later', { 'Retry-After': '60' })
    const put = vi.spyOn(IDBObjectStore.prototype, 'put')
    const tries = (): number => put.mock.calls.filter((c) => c[0] instanceof Uint8Array).length
    const shots: Keep.Shot[] = []
    for (let n = 0; n < 19; n++) shots.push(await shoot(`photo ${n}`))
    await courier.report({}, shots, 'many')
    expect(await courier.room()).toBe(true)
    expect(tries()).toBe(0)
    await courier.report({}, [await shoot('the twentieth')], 'one more')
    expect(await courier.room()).toBe(true)
    expect(tries()).toBe(1)
    await still()
    const full = put.mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError')
    })
    expect(await courier.room()).toBe(false)
    expect(courier.outbox.full).toBe(true)
    full.mockRestore()
    expect(await courier.room()).toBe(true)
    expect(courier.outbox.full).toBe(false)
  })

  test('a photo that finds none is told to who took it', async () => {
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError')
    })
    await expect(shoot('one')).rejects.toThrow('no room')
    expect(courier.outbox.full).toBe(true)
    put.mockImplementation(() => {
      throw new DOMException('broken', 'UnknownError')
    })
    await expect(shoot('one')).rejects.toThrow('broken')
    expect(courier.outbox.full).toBe(false)
  })
})

test('a shot is kept with its digest before anything else is done with it', async () => {
  const shot = await courier.takeShot(new Blob(['bytes'], { type: 'image/png' }), {
    taken: 'gallery',
    capturedAt: 5,
    draft: 'd',
    place: { lon: 110 },
  })
  expect(shot).toEqual({
    id: shot.id,
    sha256: digest(Buffer.from('bytes')),
    type: 'image/png',
    bytes: 5,
    taken: 'gallery',
    capturedAt: 5,
    draft: 'd',
    place: { lon: 110 },
  })
  expect(shot.id).toMatch(/^[0-9a-f-]{36}$/)
  expect(await keep.shotsOf('d')).toEqual([shot])
  expect(Buffer.from((await keep.bytesOf(shot.id))!.data).toString()).toBe('bytes')
})

describe('whose it is', () => {
  /** Lin is away from the network with a report, and wang logs in on the same phone. */
  async function left(): Promise<{ issue: string; shot: Keep.Shot }> {
    await courier.belongTo('lin')
    server.answer = () => problem(503, 'away', 'later', { 'Retry-After': '60' })
    const shot = await shoot('one', 'lin/report')
    const issue = await courier.report({ n: 1 }, [shot], 'mud')
    await came(1)
    expect(server.came[0]!.headers['spotcheck-person']).toBe('lin')
    await keep.remember('draft:lin/report', { note: 'mine' })
    await keep.remember('of/lin/tasks', { tasks: [] })
    await courier.belongTo('wang')
    server.came = []
    server.answer = taken
    await keep.saveItems((await keep.allItems()).map((i) => ({ ...i, notBefore: 0 })))
    return { issue, shot }
  }

  test('what one person did is neither shown to another nor sent as them, and goes when that person is back', async () => {
    const { issue } = await left()
    await courier.goOn()
    expect(courier.outbox.items).toEqual([])
    expect(courier.outbox.others).toBe(2)
    expect(await (await courier.asFile()).text()).toBe('')
    await courier.report({ n: 2 }, [], 'of wang')
    await empty()
    expect(server.came.map((c) => [c.json().n, c.headers['spotcheck-person']])).toEqual([[2, 'wang']])
    await courier.belongTo('')
    expect(courier.outbox.others).toBe(2)
    await courier.belongTo('lin')
    await courier.goOn()
    await empty()
    expect(server.paths.slice(1)[0]).toBe(`PUT /api/v1/issues/${issue}`)
    expect(new Set(server.came.slice(1).map((c) => c.headers['spotcheck-person']))).toEqual(new Set(['lin']))
  })

  test('a log-in that has run out is nothing to the next one', async () => {
    await courier.belongTo('lin')
    server.answer = () => problem(401, 'session.required', 'after-login')
    await courier.report({ n: 1 }, [], 'mud')
    await came(1)
    expect(courier.outbox.needsLogin).toBe(true)
    await courier.belongTo('wang')
    expect(courier.outbox.needsLogin).toBe(false)
  })

  test.each([
    ['none', ''],
    ['another one', 'B'],
  ])('with %s of the key that sealed it nothing of it is sent; with that it goes', async (_, text) => {
    const seal = await import('./seal')
    const key = (letter: string): Promise<unknown> =>
      seal.keyOf('lin', btoa(letter.repeat(32))).then((own) => seal.hold(own))
    await key('A')
    await courier.belongTo('lin')
    server.answer = () => problem(503, 'away', 'later', { 'Retry-After': '60' })
    await courier.report({ n: 1 }, [await shoot('one', 'lin/report')], 'mud')
    await came(1)
    await keep.saveItems((await keep.allItems()).map((i) => ({ ...i, notBefore: 0 })))
    await (text ? key(text) : Promise.resolve(seal.hold(undefined)))
    server.came = []
    server.answer = taken
    await courier.belongTo('lin')
    await courier.goOn()
    expect(courier.outbox.items).toEqual([])
    expect(courier.outbox.locked).toBe(2)
    expect(server.came).toEqual([])
    await key('A')
    await courier.belongTo('lin')
    await courier.goOn()
    await empty()
    expect(server.came.map((c) => c.body.toString())).toEqual([expect.stringContaining('"n":1'), 'one'])
    expect(courier.outbox.locked).toBe(0)
  })

  test('what is cleared is gone, and nothing of others', async () => {
    const { shot } = await left()
    await keep.keepShot({ ...shot, id: 'draft', draft: 'lin/report' }, new ArrayBuffer(1))
    await keep.keepShot({ ...shot, id: 'theirs', draft: 'wang/report' }, new ArrayBuffer(1))
    await keep.remember('of/wang/tasks', 'kept')
    await courier.clear('lin')
    expect(await keep.allItems()).toEqual([])
    expect((await keep.shotsOf()).map((s) => s.id)).toEqual(['theirs'])
    expect(await keep.bytesOf(shot.id)).toBeUndefined()
    expect(await keep.remembered('draft:lin/report')).toBeUndefined()
    expect(await keep.remembered('of/lin/tasks')).toBeUndefined()
    expect(await keep.remembered('of/wang/tasks')).toBe('kept')
    expect(courier.outbox.others).toBe(0)
  })

  test('what an older version kept is of who was logged in last', async () => {
    await keep.addItems([kept({ state: 'asked' })])
    await courier.belongTo('lin')
    expect((await keep.allItems()).map((i) => i.owner)).toEqual(['lin'])
    await courier.belongTo('wang')
    expect(courier.outbox.others).toBe(1)
  })

  test('a file of another person waits for that person', async () => {
    await courier.belongTo('wang')
    const line = JSON.stringify({ item: kept({ owner: 'lin' }) })
    expect(await courier.fromFile(new Blob([line]))).toBe(1)
    expect(courier.outbox.items).toEqual([])
    expect(courier.outbox.others).toBe(1)
    expect(server.came).toEqual([])
  })
})

describe('the file of an outbox', () => {
  /** An outbox with a report that was refused and a photo behind it, as a file, and then another phone. */
  async function onAnotherPhone(): Promise<{ text: string; shot: Keep.Shot }> {
    server.answer = () => problem(422, 'content', 'never')
    const shot = await shoot('x'.repeat(100_000))
    await courier.report({ n: 1 }, [shot], 'mud')
    await came(1)
    const text = await (await courier.asFile()).text()
    globalThis.indexedDB = new IDBFactory()
    await open()
    server.came = []
    server.answer = taken
    return { text, shot }
  }

  test('holds every item with its bytes, and another phone goes on with it', async () => {
    const { text, shot } = await onAnotherPhone()
    expect(text.trimEnd().split('\n')).toHaveLength(2)
    expect(await courier.fromFile(new Blob([text]))).toBe(2)
    expect(states()).toEqual(['report asked', 'photo waiting'])
    expect(Buffer.from((await keep.bytesOf(shot.id))!.data).toString()).toBe('x'.repeat(100_000))
    await still()
    expect(server.came).toEqual([])
    await courier.tryAgain(courier.outbox.items.find((i) => i.kind === 'report')!.id)
    await empty()
    expect(server.came).toHaveLength(2)
  })

  test('what was on its way there waits here, and is sent', async () => {
    const { text } = await onAnotherPhone()
    expect(await courier.fromFile(new Blob([text.replace('"state":"asked"', '"state":"sending"')]))).toBe(2)
    await empty()
    expect(server.came).toHaveLength(2)
  })

  test('bytes that are not what their digest says are left out', async () => {
    const { text, shot } = await onAnotherPhone()
    expect(await courier.fromFile(new Blob([text.replace('"data":"eHh4', '"data":"eXh4')]))).toBe(1)
    expect(states()).toEqual(['report asked'])
    expect(await keep.bytesOf(shot.id)).toBeUndefined()
  })
})
