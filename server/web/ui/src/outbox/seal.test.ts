// @vitest-environment happy-dom
import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type * as Keep from './keep'
import type * as Seal from './seal'

let keep: typeof Keep
let seal: typeof Seal
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory()
  await open()
})

/** The app is opened: its modules begin anew, what the phone keeps is there. */
async function open(): Promise<void> {
  vi.resetModules()
  keep = await import('./keep')
  seal = await import('./seal')
}

const keyOf = (person: string, n = person.charCodeAt(0)): Promise<Seal.OwnKey> =>
  seal.keyOf(person, btoa(String.fromCharCode(n).repeat(32)))
const as = async (person: string): Promise<void> => seal.hold(await keyOf(person))
const bytes = (text: string): ArrayBuffer => Uint8Array.from(new TextEncoder().encode(text)).buffer
const textOf = (kept?: { data: ArrayBuffer }): string | undefined => kept && new TextDecoder().decode(kept.data)

const item = (id: string, more: Partial<Keep.Kept> = {}): Keep.Kept => ({
  id,
  issue: 'i',
  kind: 'report',
  owner: 'lin',
  path: '/p',
  method: 'PUT',
  words: 'w',
  addedAt: 1,
  state: 'waiting',
  wrongDigests: 0,
  attempts: 0,
  notBefore: 0,
  ...more,
})
const shot = (id: string): Keep.Shot => ({
  id,
  sha256: 'ab',
  type: 'image/jpeg',
  bytes: 2,
  taken: 'camera',
  capturedAt: 1,
  draft: 'lin/report',
  place: { lat: 20.0312 },
})

/** Everything that lies on the phone, as text: bytes as their characters. */
async function lying(): Promise<string> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const asked = indexedDB.open('spotcheck')
    asked.onsuccess = () => resolve(asked.result)
  })
  const all: unknown[] = []
  for (const name of ['items', 'bytes', 'notes'])
    await new Promise<void>((resolve) => {
      const asked = db.transaction(name).objectStore(name).getAll()
      asked.onsuccess = () => (all.push(...(asked.result as unknown[])), resolve())
    })
  db.close()
  return JSON.stringify(all, (_, v: unknown) => {
    const data = ArrayBuffer.isView(v)
      ? new Uint8Array(v.buffer)
      : v instanceof ArrayBuffer
        ? new Uint8Array(v)
        : undefined
    return data ? new TextDecoder().decode(data) : v
  })
}

/** What lin writes and photographs. */
async function works(): Promise<void> {
  await keep.keepShot(shot('draft'), bytes('picture of a draft'))
  await keep.remember('draft:lin/report', { note: 'written of a draft' })
  await keep.remember('of/lin/tasks', { tasks: 'what was read' })
  await keep.keepShot(shot('sent'), bytes('picture on its way'))
  await keep.addItems(
    [
      item('a', { body: { note: 'written on their way' }, form: { note: 'written for the screen' } }),
      item('sent', { kind: 'photo' }),
    ],
    ['sent'],
  )
  await keep.saveItems([
    item('b', {
      state: 'asked',
      body: { note: 'written refused' },
      problem: { code: 'c', detail: 'written of the server' },
    }),
  ])
}
const secrets = ['picture', 'written', 'what was read', '20.0312']

describe('what is sealed', () => {
  test('lies on the phone unreadable, and its owner reads it again when the app is opened anew', async () => {
    await as('lin')
    await works()
    const all = await lying()
    for (const secret of secrets) expect(all).not.toContain(secret)
    await open()
    await as('lin')
    expect((await keep.allItems()).map((i) => i.body?.note)).toEqual([
      'written on their way',
      'written refused',
      undefined,
    ])
    expect((await keep.allItems()).find((i) => i.id === 'a')?.form?.note).toBe('written for the screen')
    expect((await keep.allItems()).find((i) => i.id === 'b')?.problem?.detail).toBe('written of the server')
    expect(textOf(await keep.bytesOf('sent'))).toBe('picture on its way')
    expect(await keep.shotsOf('lin/report')).toEqual([shot('draft')])
    expect(textOf(await keep.bytesOf('draft'))).toBe('picture of a draft')
    expect(await keep.remembered('draft:lin/report')).toEqual({ note: 'written of a draft' })
    expect(await keep.remembered('of/lin/tasks')).toEqual({ tasks: 'what was read' })
  })

  test.each([
    ['another person', 'wang'],
    ['nobody', ''],
  ])('is nothing to %s, and cannot be lost by them', async (_, person) => {
    await as('lin')
    await works()
    if (person) await as(person)
    else seal.hold(undefined)
    const items = await keep.allItems()
    expect(items.map((i) => [i.id, i.state, i.body])).toEqual([
      ['a', 'waiting', undefined],
      ['b', 'asked', undefined],
      ['sent', 'waiting', undefined],
    ])
    await expect(keep.bytesOf('sent')).rejects.toBeInstanceOf(keep.Locked)
    expect(await keep.shotsOf()).toEqual([])
    expect(await keep.remembered('draft:lin/report')).toBeUndefined()
    // What a page that was lin's a moment ago still writes of it neither opens nor takes away what is sealed.
    await keep.saveItems([...items, item('a', { state: 'sending', body: { note: 'written on their way' } })])
    expect(await lying()).not.toContain('written')
    await as('lin')
    expect((await keep.allItems()).find((i) => i.id === 'a')).toMatchObject({
      state: 'sending',
      body: { note: 'written on their way' },
    })
  })

  test('stays where the key of its owner is another one now', async () => {
    await as('lin')
    await works()
    seal.hold(await keyOf('lin', 7))
    const locked = (await keep.allItems()).filter((i) => i.sealed)
    expect(locked.map((i) => i.id)).toEqual(['a', 'b'])
    await keep.saveItems(locked)
    await as('lin')
    expect((await keep.allItems())[0]?.body).toEqual({ note: 'written on their way' })
  })

  test('opens nowhere else', async () => {
    await as('lin')
    const sealed = (await seal.sealValue('lin', 'here', 'secret'))!
    expect(await seal.openValue('here', sealed)).toBe('secret')
    expect(await seal.openValue('there', sealed)).toBeUndefined()
    expect(await seal.sealValue('wang', 'here', 'secret')).toBeUndefined()
  })
})

describe('what was kept before there was a key', () => {
  test('is sealed when it comes; what another tab sent or wrote meanwhile is left alone', async () => {
    await works()
    await keep.addItems([item('theirs', { owner: 'wang', body: { note: 'of wang' } })])
    for (const secret of secrets) expect(await lying()).toContain(secret)
    await as('lin')
    await keep.sealAllOf('lin')
    await keep.sealAllOf('lin')
    const all = await lying()
    for (const secret of secrets) expect(all).not.toContain(secret)
    expect(all).toContain('of wang')
    expect((await keep.allItems()).map((i) => i.body?.note)).toEqual([
      'written on their way',
      'written refused',
      undefined,
      'of wang',
    ])
    expect(textOf(await keep.bytesOf('sent'))).toBe('picture on its way')
    expect(await keep.shotsOf('lin/report')).toEqual([shot('draft')])
  })

  test('is not brought back where it was let go meanwhile', async () => {
    await works()
    await as('lin')
    const get = vi.spyOn(IDBObjectStore.prototype, 'getAll')
    const sealing = keep.sealAllOf('lin')
    await keep.dropItems(['a', 'b', 'sent'])
    await keep.dropShots(['draft'])
    await sealing
    get.mockRestore()
    expect(await keep.allItems()).toEqual([])
    expect(await keep.shotsOf()).toEqual([])
    expect(await keep.bytesOf('sent')).toBeUndefined()
  })
})

test('a key can be used and not read, and lies on the phone so', async () => {
  const own = await keyOf('lin')
  expect(own.key.extractable).toBe(false)
  await keep.remember('key', own)
  await open()
  const again = (await keep.remembered<Seal.OwnKey>('key'))!
  seal.hold(again)
  expect(await seal.keyHere('lin')).toBe(again.key)
  await expect(crypto.subtle.exportKey('raw', again.key)).rejects.toThrow()
})
