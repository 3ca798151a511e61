// @vitest-environment happy-dom
import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type * as Keep from './keep'

let keep: typeof Keep
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory()
  vi.resetModules()
  keep = await import('./keep')
})

const bytes = (...all: number[]): ArrayBuffer => Uint8Array.from(all).buffer
const numbers = (data: ArrayBuffer | undefined): number[] => [...new Uint8Array(data!)]

function item(id: string, addedAt: number): Keep.Kept {
  return {
    id,
    issue: 'i',
    kind: 'photo',
    path: '/p',
    method: 'PUT',
    words: 'w',
    addedAt,
    state: 'waiting',
    wrongDigests: 0,
    attempts: 0,
    notBefore: 0,
  }
}

function shot(id: string, capturedAt: number, draft: string): Keep.Shot {
  return { id, sha256: 'ab', type: 'image/jpeg', bytes: 2, taken: 'camera', capturedAt, draft }
}

describe('items', () => {
  test('come in the order in which they were added, and of one moment by their id', async () => {
    await keep.addItems([item('c', 2), item('b', 2), item('a', 9), item('z', 1)])
    expect((await keep.allItems()).map((i) => i.id)).toEqual(['z', 'b', 'c', 'a'])
  })

  test('are changed in place', async () => {
    await keep.addItems([item('a', 1), item('b', 2)])
    await keep.saveItems([{ ...item('a', 1), state: 'asked' }])
    expect((await keep.allItems()).map((i) => i.state)).toEqual(['asked', 'waiting'])
  })

  test('go with their bytes, and no others', async () => {
    await keep.keepBytes('', 'a', 'image/jpeg', bytes(1, 2))
    await keep.keepBytes('', 'b', 'image/png', bytes(3))
    await keep.addItems([item('a', 1), item('b', 2)])
    await keep.dropItems(['a'])
    expect((await keep.allItems()).map((i) => i.id)).toEqual(['b'])
    expect(await keep.bytesOf('a')).toBeUndefined()
    expect(await keep.bytesOf('b')).toEqual({ id: 'b', type: 'image/png', data: bytes(3) })
  })

  test('one that cannot be kept keeps back all', async () => {
    await keep.keepShot(shot('s', 1, 'd'), bytes(1))
    const broken = { ...item('b', 2), body: { f: () => 1 } }
    await expect(keep.addItems([item('a', 1), broken], ['s'])).rejects.toThrow()
    expect(await keep.allItems()).toEqual([])
    expect(await keep.shotsOf('d')).toHaveLength(1)
  })
})

describe('shots', () => {
  test('lie in their draft in the order in which they were taken', async () => {
    await keep.remember('note', 'of another kind')
    await keep.remember('shot;', 'just behind them')
    await keep.keepShot(shot('late', 9, 'one'), bytes(1, 2))
    await keep.keepShot(shot('early', 3, 'one'), bytes(3))
    await keep.keepShot(shot('other', 5, 'two'), bytes(4))
    expect((await keep.shotsOf('one')).map((s) => s.id)).toEqual(['early', 'late'])
    expect((await keep.shotsOf()).map((s) => s.id)).toEqual(['early', 'other', 'late'])
    expect(await keep.shotsOf('')).toEqual([])
    expect(numbers((await keep.bytesOf('late'))?.data)).toEqual([1, 2])
  })

  test('that are dropped are gone with their bytes, and no others', async () => {
    await keep.keepShot(shot('a', 1, 'd'), bytes(1))
    await keep.keepShot(shot('b', 2, 'd'), bytes(2))
    await keep.dropShots(['a'])
    expect((await keep.shotsOf('d')).map((s) => s.id)).toEqual(['b'])
    expect(await keep.bytesOf('a')).toBeUndefined()
    expect(await keep.bytesOf('b')).toBeDefined()
  })

  test('that go out are of no draft any more, their bytes stay', async () => {
    await keep.keepShot(shot('a', 1, 'd'), bytes(1))
    await keep.keepShot(shot('b', 2, 'd'), bytes(2))
    await keep.addItems([item('a', 1)], ['a'])
    expect((await keep.shotsOf('d')).map((s) => s.id)).toEqual(['b'])
    expect(numbers((await keep.bytesOf('a'))?.data)).toEqual([1])
  })

  test('that another tab has sent keep back all that would go with them', async () => {
    await keep.keepShot(shot('a', 1, 'd'), bytes(1))
    await keep.keepShot(shot('b', 2, 'd'), bytes(2))
    await keep.addItems([item('a', 1)], ['a'])
    await expect(keep.addItems([item('x', 5), item('b', 6)], ['b', 'a'])).rejects.toBeInstanceOf(keep.Gone)
    expect((await keep.allItems()).map((i) => i.id)).toEqual(['a'])
    expect((await keep.shotsOf('d')).map((s) => s.id)).toEqual(['b'])
  })
})

test('what is remembered is read back until it is forgotten', async () => {
  await keep.remember('a', { n: 1 })
  await keep.remember('b', 2)
  expect(await keep.remembered('a')).toEqual({ n: 1 })
  await keep.forget('a')
  expect(await keep.remembered('a')).toBeUndefined()
  expect(await keep.remembered('b')).toBe(2)
})

test('whether a large photo finds room is tried with bytes that cannot be packed, and nothing stays of it', async () => {
  const put = vi.spyOn(IDBObjectStore.prototype, 'put')
  expect(await keep.takesMore(200_000)).toBe(true)
  const tried = put.mock.calls[0]![0] as Uint8Array
  expect(tried).toHaveLength(200_000)
  for (const at of [0, 65_536, 131_072, 199_900]) expect(new Set(tried.subarray(at, at + 100)).size).toBeGreaterThan(30)
  expect(await keep.remembered('room')).toBeUndefined()
  put.mockImplementation(() => {
    throw new DOMException('no room', 'QuotaExceededError')
  })
  expect(await keep.takesMore(10)).toBe(false)
  put.mockRestore()
})

test('what is kept survives the page: another one reads it', async () => {
  await keep.keepShot(shot('a', 1, 'd'), bytes(7))
  await keep.addItems([item('x', 1)])
  vi.resetModules()
  const other = await import('./keep')
  expect((await other.allItems()).map((i) => i.id)).toEqual(['x'])
  expect(await other.shotsOf('d')).toHaveLength(1)
})

test.each<[string, () => Promise<unknown>]>([
  ['bytes', () => keep.keepBytes('', 'a', 'image/jpeg', bytes(1))],
  ['shots', () => keep.keepShot(shot('b', 1, 'd'), bytes(1))],
  ['items', () => keep.addItems([item('a', 1)])],
  ['notes', () => keep.remember('n', 1)],
])('%s are written through to the disk, so that they survive a kill', async (_, write) => {
  await keep.allItems()
  const begun = vi.spyOn(IDBDatabase.prototype, 'transaction')
  await write()
  expect(begun.mock.calls.map((c) => [c[1], c[2]])).toEqual([['readwrite', { durability: 'strict' }]])
  begun.mockRestore()
})
