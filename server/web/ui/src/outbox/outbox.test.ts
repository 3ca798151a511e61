// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest'
import type * as Keep from './keep'
import { box, came, courier, empty, file, keep, kept, server, shoot, submissions, taken } from './testing/phone'
import { problem } from './testing/server'

describe('whose it is', () => {
  /** Lin is away from the network with a report, and wang logs in on the same phone. */
  async function left(): Promise<{ issue: string; shot: Keep.Shot }> {
    await box.belongTo('lin')
    server.answer = () => problem(503, 'away', 'later', { 'Retry-After': '60' })
    const shot = await shoot('one', 'lin/report')
    const issue = await submissions.report({ n: 1 }, [shot], 'mud')
    await came(1)
    expect(server.came[0]!.headers['spotcheck-person']).toBe('lin')
    await keep.remember('draft:lin/report', { note: 'mine' })
    await keep.remember('of/lin/tasks', { tasks: [] })
    await box.belongTo('wang')
    server.came = []
    server.answer = taken
    await keep.saveItems((await keep.allItems()).map((i) => ({ ...i, notBefore: 0 })))
    return { issue, shot }
  }

  test('what one person did is neither shown to another nor sent as them, and goes when that person is back', async () => {
    const { issue } = await left()
    await courier.goOn()
    expect(box.outbox.items).toEqual([])
    expect(box.outbox.others).toBe(2)
    expect(await (await file.asFile()).text()).toBe('')
    await submissions.report({ n: 2 }, [], 'of wang')
    await empty()
    expect(server.came.map((c) => [c.json().n, c.headers['spotcheck-person']])).toEqual([[2, 'wang']])
    await box.belongTo('')
    expect(box.outbox.others).toBe(2)
    await box.belongTo('lin')
    await courier.goOn()
    await empty()
    expect(server.paths.slice(1)[0]).toBe(`PUT /api/v1/issues/${issue}`)
    expect(new Set(server.came.slice(1).map((c) => c.headers['spotcheck-person']))).toEqual(new Set(['lin']))
  })

  test('a log-in that has run out is nothing to the next one', async () => {
    await box.belongTo('lin')
    server.answer = () => problem(401, 'session.required', 'after-login')
    await submissions.report({ n: 1 }, [], 'mud')
    await came(1)
    expect(box.outbox.needsLogin).toBe(true)
    await box.belongTo('wang')
    expect(box.outbox.needsLogin).toBe(false)
  })

  test.each([
    ['none', ''],
    ['another one', 'B'],
  ])('with %s of the key that sealed it nothing of it is sent; with that it goes', async (_, text) => {
    const seal = await import('./seal')
    const key = (letter: string): Promise<unknown> =>
      seal.keyOf('lin', btoa(letter.repeat(32))).then((own) => seal.hold(own))
    await key('A')
    await box.belongTo('lin')
    server.answer = () => problem(503, 'away', 'later', { 'Retry-After': '60' })
    await submissions.report({ n: 1 }, [await shoot('one', 'lin/report')], 'mud')
    await came(1)
    await keep.saveItems((await keep.allItems()).map((i) => ({ ...i, notBefore: 0 })))
    await (text ? key(text) : Promise.resolve(seal.hold(undefined)))
    server.came = []
    server.answer = taken
    await box.belongTo('lin')
    await courier.goOn()
    expect(box.outbox.items).toEqual([])
    expect(box.outbox.locked).toBe(2)
    expect(server.came).toEqual([])
    await key('A')
    await box.belongTo('lin')
    await courier.goOn()
    await empty()
    expect(server.came.map((c) => c.body.toString())).toEqual([expect.stringContaining('"n":1'), 'one'])
    expect(box.outbox.locked).toBe(0)
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
    expect(box.outbox.others).toBe(0)
  })

  test('what an older version kept is of who was logged in last', async () => {
    await keep.addItems([kept({ state: 'asked' })])
    await box.belongTo('lin')
    expect((await keep.allItems()).map((i) => i.owner)).toEqual(['lin'])
    await box.belongTo('wang')
    expect(box.outbox.others).toBe(1)
  })

  test('a file of another person waits for that person', async () => {
    await box.belongTo('wang')
    const line = JSON.stringify({ item: kept({ owner: 'lin' }) })
    expect(await file.fromFile(new Blob([line]))).toBe(1)
    expect(box.outbox.items).toEqual([])
    expect(box.outbox.others).toBe(1)
    expect(server.came).toEqual([])
  })
})
