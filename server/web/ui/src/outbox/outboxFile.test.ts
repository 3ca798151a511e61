// @vitest-environment happy-dom
import { IDBFactory } from 'fake-indexeddb'
import { describe, expect, test } from 'vitest'
import type * as Keep from './keep'
import {
  box,
  came,
  courier,
  empty,
  file,
  keep,
  open,
  server,
  shoot,
  states,
  still,
  submissions,
  taken,
} from './testing/phone'
import { problem } from './testing/server'

describe('the file of an outbox', () => {
  /** An outbox with a report that was refused and a photo behind it, as a file, and then another phone. */
  async function onAnotherPhone(): Promise<{ text: string; shot: Keep.Shot }> {
    server.answer = () => problem(422, 'content', 'never')
    const shot = await shoot('x'.repeat(100_000))
    await submissions.report({ n: 1 }, [shot], 'mud')
    await came(1)
    const text = await (await file.asFile()).text()
    globalThis.indexedDB = new IDBFactory()
    await open()
    server.came = []
    server.answer = taken
    return { text, shot }
  }

  test('holds every item with its bytes, and another phone goes on with it', async () => {
    const { text, shot } = await onAnotherPhone()
    expect(text.trimEnd().split('\n')).toHaveLength(2)
    expect(await file.fromFile(new Blob([text]))).toBe(2)
    expect(states()).toEqual(['report asked', 'photo waiting'])
    expect(Buffer.from((await keep.bytesOf(shot.id))!.data).toString()).toBe('x'.repeat(100_000))
    await still()
    expect(server.came).toEqual([])
    await courier.tryAgain(box.outbox.items.find((i) => i.kind === 'report')!.id)
    await empty()
    expect(server.came).toHaveLength(2)
  })

  test('what was on its way there waits here, and is sent', async () => {
    const { text } = await onAnotherPhone()
    expect(await file.fromFile(new Blob([text.replace('"state":"asked"', '"state":"sending"')]))).toBe(2)
    await empty()
    expect(server.came).toHaveLength(2)
  })

  test('bytes that are not what their digest says are left out', async () => {
    const { text, shot } = await onAnotherPhone()
    expect(await file.fromFile(new Blob([text.replace('"data":"eHh4', '"data":"eXh4')]))).toBe(1)
    expect(states()).toEqual(['report asked'])
    expect(await keep.bytesOf(shot.id)).toBeUndefined()
  })
})
