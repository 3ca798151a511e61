// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest'
import {
  back,
  box,
  came,
  courier,
  digest,
  empty,
  keep,
  kept,
  open,
  photoOf,
  server,
  shoot,
  states,
  still,
  submissions,
  taken,
} from './testing/phone'
import { portal, problem, type Said } from './testing/server'

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
    await submissions.report({}, [shot], 'mud')
    await came(2)
    expect(states()).toEqual(['report done', 'photo waiting'])
    const waiting = photoOf()
    expect(waiting.attempts).toBe(1)
    expect(waiting.wrongDigests).toBe(0)
    expect(waiting.notBefore).toBeGreaterThanOrEqual(asked + 600)
    expect(box.outbox.safe).toBe(0)
    expect(await keep.bytesOf(shot.id)).toBeDefined()
    const n = server.came.length
    await courier.drain()
    expect(server.came).toHaveLength(n) // not before its time
  })

  test('a wrong digest is tried three times, then a person is asked and may say that it be tried anew', async () => {
    const shot = await shoot('one')
    server.answer = (c) =>
      c.path.includes('/photos/') ? { status: 201, body: { sha256: digest(Buffer.from('other')) } } : taken(c)
    await submissions.report({}, [shot], 'mud')
    // The outbox waits between them by itself: to write it meanwhile would undo what it counts.
    await vi.waitFor(() => expect(states()).toEqual(['report done', 'photo asked']), { timeout: 30_000, interval: 100 })
    expect(server.came).toHaveLength(4)
    server.answer = taken
    await courier.tryAgain(shot.id)
    await empty()
    expect(box.outbox.safe).toBe(1)
  })
})

describe('refusals', () => {
  test('what is refused for ever is asked about, with the words of the server; other issues go on', async () => {
    const first = await submissions.report({ bad: true }, [], 'bad')
    server.answer = (c) => (c.path.endsWith(first) ? problem(422, 'content', 'never') : taken(c))
    await came(1)
    await submissions.report({}, [], 'good')
    await vi.waitFor(() => expect(box.outbox.items.filter((i) => i.state !== 'asked')).toEqual([]))
    await still()
    if (box.outbox.items.length === 0) throw new Error('the refused report is gone')
    expect(box.outbox.items.map((i) => [i.words, i.state, i.problem])).toEqual([
      ['bad', 'asked', { code: 'content', detail: 'detail of content', retry: 'never' }],
    ])
    await back.giveUpIssue(first)
    await empty()
    expect(await keep.allItems()).toEqual([])
  })

  test('a photo that was announced and given up is withdrawn; what nobody was told of is not', async () => {
    server.answer = (c) => (c.path.includes('/photos/') ? problem(415, 'photo.type', 'never') : taken(c))
    const told = await submissions.report({}, [await shoot('no picture')], 'mud')
    await vi.waitFor(() =>
      expect(photoOf().problem).toEqual({ code: 'photo.type', detail: 'detail of photo.type', retry: 'never' }),
    )
    await still()
    const photo = photoOf().id
    server.came = []
    await back.withdrawPhotos(await back.giveUpIssue(told), 'deleted', 'withdraw')
    await empty()
    expect(server.paths).toHaveLength(1)
    expect(server.came[0]!.path).toMatch(new RegExp(`^/api/v1/issues/${told}/actions/[0-9a-f-]{36}$`))
    expect(server.came[0]!.json()).toMatchObject({ action: 'withdraw_photo', photo, reason: 'deleted' })

    server.answer = () => problem(422, 'content', 'never')
    const unknown = await submissions.report({}, [await shoot('two')], 'mud')
    await still()
    server.came = []
    await back.withdrawPhotos(await back.giveUpIssue(unknown), 'deleted', 'withdraw')
    await still()
    expect(server.came).toEqual([])
    expect(await keep.allItems()).toEqual([])
  })

  test('a photo that came after all need not be withdrawn', async () => {
    server.answer = () => problem(409, 'photo.is-safe', 'never')
    await submissions.act('issue-1', { action: 'withdraw_photo' }, [], 'after', 'withdraw')
    await empty()
    expect(server.came).toHaveLength(1)
  })

  test('all of an issue is given up together and taken back whole; then it is sent once', async () => {
    server.answer = () => problem(503, 'away', 'later')
    const issue = await submissions.report({ note: 'n' }, [await shoot('one'), await shoot('two')], 'mud')
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
      expect(box.outbox.items.every((i) => i.state !== 'sending')).toBe(true)
      expect(await keep.allItems()).toHaveLength(3)
    })
    expect(await Promise.all(gone.bytes.map(async (b) => (await keep.bytesOf(b.id))?.data.byteLength))).toEqual([3, 3])
  })

  test('what was refused becomes a draft again with its photos and their bytes, and nothing of it waits any more', async () => {
    server.answer = () => problem(422, 'content', 'never')
    const shot = await shoot('one')
    const issue = await submissions.report({ note: 'n', place: { lat: 1, lon: 2, source: 'gps' } }, [shot], 'mud')
    await came(1)
    await back.asDraft(issue, '/report', { note: 'n' })
    expect(box.outbox.items).toEqual([])
    const place = { lat: 1, lon: 2, source: 'gps' }
    expect(await keep.shotsOf('/report')).toEqual([{ ...shot, draft: '/report', place }])
    expect((await keep.bytesOf(shot.id))?.data.byteLength).toBe(3)
    expect(await keep.remembered('draft:/report')).toEqual({ note: 'n' })
  })

  test('the same action is not put in twice while it waits; another one, and a comment, are', async () => {
    server.answer = () => problem(503, 'away', 'later')
    await submissions.act('i', { action: 'fix' }, [], 'after', 'fix')
    await expect(submissions.act('i', { action: 'fix' }, [], 'after', 'fix')).rejects.toThrow(submissions.Twice)
    await submissions.act('j', { action: 'fix' }, [], 'after', 'fix')
    for (let n = 0; n < 2; n++) await submissions.act('i', { action: 'comment' }, [], 'after', 'comment')
    expect(box.outbox.items).toHaveLength(4)
  })

  test('what came is named with its number and its photos', async () => {
    server.answer = (c) =>
      c.path.includes('/photos/')
        ? taken(c)
        : { status: 201, body: { repeated: false, issue: { number: '2026-000315' } } }
    const issue = await submissions.report({}, [await shoot('one')], 'mud')
    await empty()
    expect(box.outbox.arrived).toMatchObject([{ issue, number: '2026-000315', words: 'mud', photos: 1, report: true }])
  })

  test('what is wrong with a field is told, and the person mends it', async () => {
    const errors = [{ pointer: '/category', detail: 'the catalogue has no such item, or it is switched off' }]
    const refused = problem(422, 'reference.unknown', 'never')
    server.answer = (c) =>
      c.path.includes('/photos/') || c.json().category !== 'gone'
        ? taken(c)
        : { ...refused, body: { ...(refused.body as object), errors } }
    const issue = await submissions.report({ category: 'gone', note: 'n', joins: 'x' }, [await shoot('one')], 'mud')
    await came(1)
    expect(box.outbox.items.find((i) => i.kind === 'report')!.problem).toEqual({
      code: 'reference.unknown',
      detail: 'detail of reference.unknown',
      retry: 'never',
      errors,
    })
    await courier.mend(issue, { category: '08012', joins: undefined })
    await empty()
    const { sent_at: _, photos: __, ...body } = server.came[1]!.json()
    expect(body).toEqual({ category: '08012', note: 'n' })
    expect(box.outbox.safe).toBe(1)
  })

  test('a log-in that has run out stops everything until the person is back', async () => {
    server.answer = () => problem(401, 'session.over', 'after-login')
    await submissions.report({ n: 1 }, [], 'a')
    await came(1)
    await submissions.report({ n: 2 }, [], 'b')
    await still()
    expect(box.outbox.needsLogin).toBe(true)
    expect(states()).toEqual(['report waiting', 'report waiting'])
    expect(server.came).toHaveLength(1)
    server.answer = taken
    await courier.goOn()
    await empty()
    expect(box.outbox.needsLogin).toBe(false)
    expect(server.came).toHaveLength(3)
  })

  test('the pause that the server names is kept, unless the network comes back', async () => {
    server.answer = () => problem(503, 'away', 'later', { 'Retry-After': '60' })
    await courier.start()
    const asked = Date.now()
    await submissions.report({}, [], 'a')
    await came(1)
    expect(box.outbox.items[0]!.notBefore - asked).toBeGreaterThanOrEqual(60_000)
    expect(box.outbox.items[0]!.notBefore - asked).toBeLessThan(70_000)
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
    await submissions.report({}, [], 'a')
    await empty()
    expect(server.came).toHaveLength(2)
    expect(Date.now() - began).toBeGreaterThanOrEqual(1000)
  })
})

describe('the app is opened', () => {
  test('what was on its way when it was killed is sent again', async () => {
    server.answer = () => new Promise<Said>(() => undefined)
    const issue = await submissions.report({}, [], 'a')
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
    await submissions.report({}, [], 'a')
    await came(1)
    await open()
    await courier.start()
    expect(box.outbox.items.map((i) => i.words)).toEqual(['a'])
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
    await vi.waitFor(() => expect(box.outbox.items.map((i) => i.words)).toEqual(['of another tab']))
    other.close()
  })

  test('this tab tells the others what it changed', async () => {
    const told: unknown[] = []
    const other = new BroadcastChannel('spotcheck-outbox')
    other.addEventListener('message', (e) => told.push(e.data))
    server.answer = () => problem(422, 'content', 'never')
    const issue = await submissions.report({}, [], 'a')
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
    await submissions.report({}, [], 'a')
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
    await submissions.report({}, [await shoot('one')], 'mud')
    await came(1)
    expect(states()).toEqual(['report asked', 'photo waiting'])
    expect(await reads()).toBe(0)
  })

  test('when what is in front has a long pause', async () => {
    server.answer = () => problem(503, 'away', 'later', { 'Retry-After': '60' })
    await submissions.report({}, [await shoot('one')], 'mud')
    await came(1)
    expect(await reads()).toBe(0)
  })

  test('when there is no network, until there is', async () => {
    await courier.start()
    server.answer = () => ({ cut: true })
    const away = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    await submissions.report({}, [], 'mud')
    await came(1)
    expect(await reads()).toBe(0)
    expect(server.came).toHaveLength(1)
    server.answer = taken
    away.mockReturnValue(true)
    window.dispatchEvent(new Event('online'))
    await empty()
  })
})
