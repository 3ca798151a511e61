import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import type * as Courier from '../courier'
import type * as Keep from '../keep'
import type * as Outbox from '../outbox'
import type * as OutboxFile from '../outboxFile'
import type * as Shots from '../shots'
import type * as Submissions from '../submissions'
import type * as TakeBack from '../takeBack'
import { TestServer, type Came, type Said } from './server'

/** The server that a phone of a test talks to, and the modules of the app that is open on it. */
export const server = new TestServer()
export let box: typeof Outbox
export let courier: typeof Courier
export let file: typeof OutboxFile
export let photos: typeof Shots
export let submissions: typeof Submissions
export let keep: typeof Keep
export let back: typeof TakeBack

/** What a page that is closed would stop. */
let ends: (() => void)[] = []

/** The app is opened: its modules begin anew, what the phone keeps is there. */
export async function open(): Promise<void> {
  vi.resetModules()
  box = await import('../outbox')
  courier = await import('../courier')
  file = await import('../outboxFile')
  photos = await import('../shots')
  submissions = await import('../submissions')
  keep = await import('../keep')
  back = await import('../takeBack')
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

export const digest = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** The server as it should be: receipts for everything. */
export function taken(c: Came): Said {
  return c.path.includes('/photos/')
    ? { status: 201, body: { sha256: digest(c.body) } }
    : { status: 201, body: { repeated: false } }
}

export const shoot = (text: string, draft = 'd', capturedAt = 1_790_000_000_000): Promise<Keep.Shot> =>
  photos.takeShot(new Blob([text], { type: 'image/jpeg' }), { taken: 'camera', capturedAt, draft })

export const photoOf = (): Keep.Kept => box.outbox.items.find((i) => i.kind === 'photo')! as Keep.Kept
/** Waits until the outbox has sent what it may. */
export const still = (): Promise<void> =>
  vi.waitFor(async () => {
    await courier.drain()
    if (box.outbox.items.some((i) => i.state === 'sending')) throw new Error('something is on its way')
  })
/** Waits until so many requests have come and are answered. */
export const came = async (n: number): Promise<void> => {
  await vi.waitFor(() => expect(server.came.length).toBeGreaterThanOrEqual(n), { timeout: 5000 })
  await still()
}
export const empty = (): Promise<void> => vi.waitFor(() => expect(box.outbox.items).toEqual([]), { timeout: 5000 })
export const states = (): string[] =>
  box.outbox.items
    .map((i) => `${i.kind} ${i.state}`)
    .sort()
    .reverse()

/** A report that some other tab keeps. */
export const kept = (more: Partial<Keep.Kept>): Keep.Kept => ({
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
