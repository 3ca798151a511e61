import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Item } from './rules'

/** An item with all that is needed to send it: a door of the API and a body, or the bytes of a photo under its id. */
export interface Kept extends Item {
  /** Where it goes, such as /api/v1/issues/…; of a photo the door of its bytes. */
  path: string
  method: 'PUT' | 'POST'
  /** JSON without sent_at, which is the moment of each attempt. */
  body?: Record<string, unknown>
  bytes?: number
  /** What it is about, for the screen: the category, the action. */
  words: string
  addedAt: number
  /** Code and words of the problem that the server told. */
  problem?: { code: string; detail: string }
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

/** All items in the order in which they were added. */
export async function allItems(): Promise<Kept[]> {
  const items = await (await base()).getAll('items')
  return items.sort((a, b) => a.addedAt - b.addedAt || (a.id < b.id ? -1 : 1))
}

/** Photos as the camera or the picker gave them, with what was computed from them. */
export interface Shot {
  id: string
  sha256: string
  type: string
  data: ArrayBuffer
  taken: 'camera' | 'gallery'
  capturedAt: number
}

/** Keeps bytes before anything else is done with them; when this returns they survive a kill. */
export async function keepBytes(shot: Shot): Promise<void> {
  const tx = (await base()).transaction('bytes', 'readwrite', { durability: 'strict' })
  await Promise.all([tx.store.put({ id: shot.id, type: shot.type, data: shot.data }), tx.done])
}

/** The bytes of one photo; they are read one photo at a time. */
export async function bytesOf(id: string): Promise<{ type: string; data: ArrayBuffer } | undefined> {
  return (await base()).get('bytes', id)
}

/** Forgets photos that nobody will send. */
export async function dropBytes(ids: string[]): Promise<void> {
  const tx = (await base()).transaction('bytes', 'readwrite')
  await Promise.all([...ids.map((id) => tx.store.delete(id)), tx.done])
}

/** Adds items, all or none. */
export async function addItems(items: Kept[]): Promise<void> {
  const tx = (await base()).transaction('items', 'readwrite', { durability: 'strict' })
  await Promise.all([...items.map((i) => tx.store.put(i)), tx.done])
}

/** Changes what is known of items. */
export const saveItems = addItems

/** Lets items and their bytes go. */
export async function dropItems(ids: string[]): Promise<void> {
  const tx = (await base()).transaction(['items', 'bytes'], 'readwrite')
  await Promise.all([...ids.flatMap((id) => [tx.objectStore('items').delete(id), tx.objectStore('bytes').delete(id)]), tx.done])
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
