import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { bestEffort } from '../shared/answers'
import type { Item } from './rules'

/** An item with all that is needed to send it: a door of the API and a body, or the bytes of a photo under its id. */
export interface Kept extends Item {
  /** Who did it; of what an older version kept, nobody yet. */
  owner?: string
  /** Where it goes, such as /api/v1/issues/…; of a photo the door of its bytes. */
  path: string
  method: 'PUT' | 'POST'
  /** JSON without sent_at, which is the moment of each attempt. */
  body?: Record<string, unknown>
  bytes?: number
  /** What it is about, for the screen: the category, the action. */
  words: string
  addedAt: number
  /** What the screen of a visit needs to change it. */
  form?: Record<string, unknown>
  /** The number of its issue, once the server gave one. */
  number?: string
  /** The problem that the server told. */
  problem?: Refusal
}

/** Code and words of a problem that the server told, and what was wrong with which field. */
export interface Refusal {
  code: string
  detail: string
  errors?: { pointer: string; detail: string }[]
}

interface Shape extends DBSchema {
  items: { key: string; value: Kept }
  bytes: { key: string; value: { id: string; type: string; data: ArrayBuffer } }
  notes: { key: string; value: unknown }
}

let opened: Promise<IDBPDatabase<Shape>> | undefined

/** The phone's own database. What it holds survives a kill, a new version of the app and a log-out. */
function base(): Promise<IDBPDatabase<Shape>> {
  opened ??= openDB<Shape>('spotcheck', 1, {
    upgrade(db) {
      db.createObjectStore('items', { keyPath: 'id' })
      db.createObjectStore('bytes', { keyPath: 'id' })
      db.createObjectStore('notes')
    },
  })
  return opened
}

/** All items, whoever did them, in the order in which they were added. */
export async function allItems(): Promise<Kept[]> {
  const items = await (await base()).getAll('items')
  return items.sort((a, b) => a.addedAt - b.addedAt || (a.id < b.id ? -1 : 1))
}

/** A photo as the camera or the picker gave it, with what was computed from it. Its bytes are kept apart and are as they came. */
export interface Shot {
  id: string
  sha256: string
  type: string
  bytes: number
  taken: 'camera' | 'gallery'
  capturedAt: number
  /** What it was taken for and is not sent with yet. */
  draft: string
  /** Where the phone was, as the API takes it. */
  place?: Record<string, unknown>
}

/** Keeps bytes before anything else is done with them; when this returns they survive a kill. */
export async function keepBytes(id: string, type: string, data: ArrayBuffer): Promise<void> {
  const tx = (await base()).transaction('bytes', 'readwrite', { durability: 'strict' })
  await Promise.all([tx.store.put({ id, type, data }), tx.done])
}

/** Shots lie among the notes until they are sent. */
const shotKey = 'shot:'

/** Keeps a photo of something that is not sent yet, its bytes and what is known of it, together. */
export async function keepShot(shot: Shot, data: ArrayBuffer): Promise<void> {
  const tx = (await base()).transaction(['bytes', 'notes'], 'readwrite', { durability: 'strict' })
  await Promise.all([
    tx.objectStore('bytes').put({ id: shot.id, type: shot.type, data }),
    tx.objectStore('notes').put(shot, shotKey + shot.id),
    tx.done,
  ])
}

/** Whether the phone takes another large photo: it is tried, since browsers round what they say of their room. */
export async function takesMore(bytes: number): Promise<boolean> {
  const db = await base()
  const probe = new Uint8Array(bytes)
  for (let n = 0; n < bytes; n += 65_536) crypto.getRandomValues(probe.subarray(n, n + 65_536)) // what can be packed takes no room
  try {
    await db.put('notes', probe, 'room')
    return true
  } catch {
    return false
  } finally {
    await bestEffort('the probe of room stays', db.delete('notes', 'room'))
  }
}

/** The photos of everything that is not sent yet, or of one draft, in the order in which they were taken. */
export async function shotsOf(draft?: string): Promise<Shot[]> {
  const all = (await (await base()).getAll('notes', IDBKeyRange.bound(shotKey, `${shotKey}\uffff`))) as Shot[]
  return all.filter((s) => draft === undefined || s.draft === draft).sort((a, b) => a.capturedAt - b.capturedAt)
}

/** Forgets photos that nobody will send. */
export async function dropShots(ids: string[]): Promise<void> {
  const tx = (await base()).transaction(['bytes', 'notes'], 'readwrite')
  await Promise.all([
    ...ids.flatMap((id) => [tx.objectStore('bytes').delete(id), tx.objectStore('notes').delete(shotKey + id)]),
    tx.done,
  ])
}

/** The bytes of one photo; they are read one photo at a time. */
export async function bytesOf(id: string): Promise<{ type: string; data: ArrayBuffer } | undefined> {
  return (await base()).get('bytes', id)
}

/** Photos of a draft that another tab has sent, or that were dropped there. */
export class Gone extends Error {}

/** What becomes of one request its transaction tells; a browser would log the request again as a failure that nobody takes. */
const told = (): undefined => undefined

/** Adds items with the photos that were taken for them, all or none: from here on they are the outbox's, and of no draft. It fails with Gone where another tab was faster. */
export async function addItems(items: Kept[], shots: string[] = []): Promise<void> {
  const tx = (await base()).transaction(['items', 'notes'], 'readwrite', { durability: 'strict' })
  try {
    const there = await Promise.all(shots.map((id) => tx.objectStore('notes').getKey(shotKey + id)))
    if (there.includes(undefined)) throw new Gone()
    for (const i of items) tx.objectStore('items').put(i).catch(told)
    for (const id of shots)
      tx.objectStore('notes')
        .delete(shotKey + id)
        .catch(told)
  } catch (error) {
    void bestEffort('nothing of it is kept', tx.done)
    tx.abort() // something that cannot be kept: none of it is
    throw error
  }
  await tx.done
}

/** Makes items a draft again, all or none: their photos are of that draft, and what was written stands under its key. */
export async function itemsToDraft(ids: string[], shots: Shot[], key: string, values: unknown): Promise<void> {
  const tx = (await base()).transaction(['items', 'notes'], 'readwrite', { durability: 'strict' })
  await Promise.all([
    ...shots.map((s) => tx.objectStore('notes').put(s, shotKey + s.id)),
    tx.objectStore('notes').put(values, key),
    ...ids.map((id) => tx.objectStore('items').delete(id)),
    tx.done,
  ])
}

/** Changes what is known of items. */
export const saveItems = (items: Kept[]): Promise<void> => addItems(items)

/** Lets items and their bytes go. */
export async function dropItems(ids: string[]): Promise<void> {
  const tx = (await base()).transaction(['items', 'bytes'], 'readwrite')
  await Promise.all([
    ...ids.flatMap((id) => [tx.objectStore('items').delete(id), tx.objectStore('bytes').delete(id)]),
    tx.done,
  ])
}

/** Lets go of all that is somebody's: what waits, drafts with their photos, what was read for when there is no network. */
export async function dropAllOf(owner: string): Promise<void> {
  const ids = (await allItems()).filter((i) => i.owner === owner).map((i) => i.id)
  await dropItems(ids)
  await dropShots((await shotsOf()).filter((s) => s.draft.startsWith(`${owner}/`)).map((s) => s.id))
  for (const prefix of [`draft:${owner}/`, `of/${owner}/`]) await forgetAll(prefix)
}

/** Forgets the values whose keys begin so. */
export async function forgetAll(prefix: string): Promise<void> {
  await (await base()).delete('notes', IDBKeyRange.bound(prefix, `${prefix}\uffff`))
}

/** A value that the phone remembers, such as the last bootstrap. */
export async function remembered<T>(key: string): Promise<T | undefined> {
  return (await (await base()).get('notes', key)) as T | undefined
}

/** Remembers a value. */
export async function remember(key: string, value: unknown): Promise<void> {
  const tx = (await base()).transaction('notes', 'readwrite', { durability: 'strict' })
  await Promise.all([tx.store.put(value, key), tx.done])
}

/** Forgets a value. */
export async function forget(key: string): Promise<void> {
  await (await base()).delete('notes', key)
}
