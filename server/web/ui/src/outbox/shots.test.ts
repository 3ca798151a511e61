// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest'
import type * as Keep from './keep'
import { box, digest, keep, photos, server, shoot, still, submissions } from './testing/phone'
import { problem } from './testing/server'

describe('room', () => {
  const storage = (quota: number | undefined, usage: number | undefined): void => {
    vi.stubGlobal('navigator', { ...navigator, storage: { estimate: () => Promise.resolve({ quota, usage }) } })
  }

  test('there is room while the browser says so', async () => {
    storage(9e6, 1e6)
    expect(await photos.room()).toBe(true)
    storage(9e6, 1e6 + 1)
    expect(await photos.room()).toBe(false)
    storage(8e6 - 1, undefined)
    expect(await photos.room()).toBe(false)
    storage(undefined, undefined)
    expect(await photos.room()).toBe(true)
    vi.stubGlobal('navigator', { ...navigator, storage: undefined })
    expect(await photos.room()).toBe(true)
    vi.stubGlobal('navigator', { ...navigator, storage: { estimate: () => Promise.reject(new Error('not told')) } })
    expect(await photos.room()).toBe(true)
  })

  test('from twenty photos on it is tried, and a full phone finds room again when it has some', async () => {
    storage(undefined, undefined)
    server.answer = () => problem(503, 'away', 'later', { 'Retry-After': '60' })
    const put = vi.spyOn(IDBObjectStore.prototype, 'put')
    const tries = (): number => put.mock.calls.filter((c) => c[0] instanceof Uint8Array).length
    const shots: Keep.Shot[] = []
    for (let n = 0; n < 19; n++) shots.push(await shoot(`photo ${n}`))
    await submissions.report({}, shots, 'many')
    expect(await photos.room()).toBe(true)
    expect(tries()).toBe(0)
    await submissions.report({}, [await shoot('the twentieth')], 'one more')
    expect(await photos.room()).toBe(true)
    expect(tries()).toBe(1)
    await still()
    const full = put.mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError')
    })
    expect(await photos.room()).toBe(false)
    expect(box.outbox.full).toBe(true)
    full.mockRestore()
    expect(await photos.room()).toBe(true)
    expect(box.outbox.full).toBe(false)
  })

  test('a photo that finds none is told to who took it', async () => {
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError')
    })
    await expect(shoot('one')).rejects.toThrow('no room')
    expect(box.outbox.full).toBe(true)
    put.mockImplementation(() => {
      throw new DOMException('broken', 'UnknownError')
    })
    await expect(shoot('one')).rejects.toThrow('broken')
    expect(box.outbox.full).toBe(false)
  })
})

test('a shot is kept with its digest before anything else is done with it', async () => {
  const shot = await photos.takeShot(new Blob(['bytes'], { type: 'image/png' }), {
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
