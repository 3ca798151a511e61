import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { bestEffort } from '../shared/answers'
import type { Item } from './rules'
import { keyHere, open, openValue, seal, sealValue, type Sealed } from './seal'

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
  /** What was written and answered, where the key of whoever did it is not here: then it can be neither shown nor sent. */
  sealed?: Sealed
}

/** What of an item is sealed. How it stands is open: whoever has the phone in hand sees that something of others waits. */
type Secret = Pick<Kept, 'body' | 'form' | 'number' | 'problem'>
const nothing = { body: undefined, form: undefined, number: undefined, problem: undefined } satisfies Secret

/** Code and words of a problem that the server told, and what was wrong with which field. */
export interface Refusal {
  code: string
  detail: string
  /** When it may pass as it is: `never`, `later` or `after-login`. */
  retry?: string
  errors?: { pointer: string; detail: string }[]
}

/** The bytes of a photo as they lie on the phone: sealed, or as they are where the key of whoever took it was not here. */
type Lying = { id: string; type: string; data: ArrayBuffer } | { id: string; type: string; sealed: Sealed }

interface Shape extends DBSchema {
  items: { key: string; value: Kept }
  bytes: { key: string; value: Lying }
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

/** All items, whoever did them, in the order in which they were added. What others wrote in them stays sealed. */
export async function allItems(): Promise<Kept[]> {
  const items = await Promise.all((await (await base()).getAll('items')).map(openItem))
  return items.sort((a, b) => a.addedAt - b.addedAt || (a.id < b.id ? -1 : 1))
}

/** What was opened of items, with which key: they are read far more often than they change. */
const openedLast = new Map<string, { key: CryptoKey; iv: string; secret: Secret }>()

async function openItem(i: Kept): Promise<Kept> {
  const key = i.sealed && (await keyHere(i.sealed.by))
  if (!i.sealed || !key) return i
  const { sealed, ...rest } = i
  const iv = String(sealed.iv)
  const before = openedLast.get(i.id)
  if (before?.key === key && before.iv === iv) return { ...rest, ...before.secret }
  const secret = await openValue<Secret>(i.id, sealed)
  if (!secret) return i
  openedLast.set(i.id, { key, iv, secret })
  return { ...rest, ...secret }
}

/** An item as it is to lie on the phone. */
async function sealItem(i: Kept): Promise<Kept> {
  const { body, form, number, problem, ...rest } = i
  if (i.sealed || !i.owner || (body ?? form ?? number ?? problem) === undefined) return i
  const sealed = await sealValue(i.owner, i.id, { body, form, number, problem } satisfies Secret)
  return sealed ? { ...rest, sealed } : i
}

/** A photo as the camera or the picker gave it, with what was computed from it. Its bytes are kept apart and are as they came. */
export interface Shot {
  id: string
  sha256: string
  type: string
  bytes: number
  taken: 'camera' | 'gallery'
  capturedAt: number
  /** What it was taken for and is not sent with yet: whose it is, and the screen. */
  draft: string
  /** Where the phone was, as the API takes it. */
  place?: Record<string, unknown>
}

/** A shot as it lies among the notes. */
type LyingShot = Shot | (Pick<Shot, 'id' | 'draft'> & { sealed: Sealed })

/** Keeps bytes of somebody before anything else is done with them; when this returns they survive a kill. */
export async function keepBytes(owner: string, id: string, type: string, data: ArrayBuffer): Promise<void> {
  const lying = await sealBytes(owner, id, type, data)
  const tx = (await base()).transaction('bytes', 'readwrite', { durability: 'strict' })
  await Promise.all([tx.store.put(lying), tx.done])
}

async function sealBytes(owner: string, id: string, type: string, data: ArrayBuffer): Promise<Lying> {
  const sealed = await seal(owner, `bytes:${id}`, data)
  return sealed ? { id, type, sealed } : { id, type, data }
}

/** Shots lie among the notes until they are sent. */
const shotKey = 'shot:'

/** Keeps a photo of something that is not sent yet, its bytes and what is known of it, together. */
export async function keepShot(shot: Shot, data: ArrayBuffer): Promise<void> {
  const [bytes, note] = await Promise.all([sealBytes(ownerOf(shot.draft), shot.id, shot.type, data), sealShot(shot)])
  const tx = (await base()).transaction(['bytes', 'notes'], 'readwrite', { durability: 'strict' })
  await Promise.all([tx.objectStore('bytes').put(bytes), tx.objectStore('notes').put(note, shotKey + shot.id), tx.done])
}

/** Whose a draft is. */
const ownerOf = (draft: string): string => draft.slice(0, Math.max(0, draft.indexOf('/')))

async function sealShot(shot: Shot): Promise<LyingShot> {
  const sealed = await sealValue(ownerOf(shot.draft), shotKey + shot.id, shot)
  return sealed ? { id: shot.id, draft: shot.draft, sealed } : shot
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

async function lyingShots(): Promise<LyingShot[]> {
  return (await (await base()).getAll('notes', IDBKeyRange.bound(shotKey, `${shotKey}\uffff`))) as LyingShot[]
}

/** The photos of everything that is not sent yet, or of one draft, in the order in which they were taken; not those that are sealed from who is here. */
export async function shotsOf(draft?: string): Promise<Shot[]> {
  const lying = (await lyingShots()).filter((s) => draft === undefined || s.draft === draft)
  const all = await Promise.all(lying.map((s) => ('sealed' in s ? openValue<Shot>(shotKey + s.id, s.sealed) : s)))
  return all.filter((s) => s !== undefined).sort((a, b) => a.capturedAt - b.capturedAt)
}

/** Forgets photos that nobody will send. */
export async function dropShots(ids: string[]): Promise<void> {
  const tx = (await base()).transaction(['bytes', 'notes'], 'readwrite')
  await Promise.all([
    ...ids.flatMap((id) => [tx.objectStore('bytes').delete(id), tx.objectStore('notes').delete(shotKey + id)]),
    tx.done,
  ])
}

/** Bytes that lie here and are sealed from who is here now: they are not gone. */
export class Locked extends Error {}

/** The bytes of one photo, undefined when there are none; they are read one photo at a time. It fails with Locked where they are sealed from who is here. */
export async function bytesOf(id: string): Promise<{ type: string; data: ArrayBuffer } | undefined> {
  const lying = await (await base()).get('bytes', id)
  if (!lying || 'data' in lying) return lying
  const data = await open(`bytes:${id}`, lying.sealed)
  if (!data) throw new Locked()
  return { type: lying.type, data }
}

/** Photos of a draft that another tab has sent, or that were dropped there. */
export class Gone extends Error {}

/** What becomes of one request its transaction tells; a browser would log the request again as a failure that nobody takes. */
const told = (): undefined => undefined

/** Adds items with the photos that were taken for them, all or none: from here on they are the outbox's, and of no draft. It fails with Gone where another tab was faster. */
export async function addItems(items: Kept[], shots: string[] = []): Promise<void> {
  const lying = await Promise.all(
    items.map(async (i) => ({ item: await sealItem(i), mine: (await keyHere(i.owner)) !== undefined })),
  )
  const tx = (await base()).transaction(['items', 'notes'], 'readwrite', { durability: 'strict' })
  try {
    const there = await Promise.all(shots.map((id) => tx.objectStore('notes').getKey(shotKey + id)))
    if (there.includes(undefined)) throw new Gone()
    const store = tx.objectStore('items')
    for (const { item, mine } of lying) {
      const sealed = mine ? undefined : (await store.get(item.id))?.sealed // whoever did it logged out meanwhile: it stays so
      store.put(sealed ? { ...item, ...nothing, sealed } : item).catch(told)
    }
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
  const lying = await Promise.all(shots.map(sealShot))
  const written = await sealNote(key, values)
  const tx = (await base()).transaction(['items', 'notes'], 'readwrite', { durability: 'strict' })
  await Promise.all([
    ...lying.map((s) => tx.objectStore('notes').put(s, shotKey + s.id)),
    tx.objectStore('notes').put(written, key),
    ...ids.map((id) => tx.objectStore('items').delete(id)),
    tx.done,
  ])
}

/** Changes what is known of items. */
export const saveItems = (items: Kept[]): Promise<void> => addItems(items)

/** Lets items and their bytes go. */
export async function dropItems(ids: string[]): Promise<void> {
  ids.forEach((id) => openedLast.delete(id))
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
  await dropShots((await lyingShots()).filter((s) => ownerOf(s.draft) === owner).map((s) => s.id))
  for (const prefix of [`draft:${owner}/`, `of/${owner}/`]) await forgetAll(prefix)
}

/** Forgets the values whose keys begin so. */
export async function forgetAll(prefix: string): Promise<void> {
  await (await base()).delete('notes', IDBKeyRange.bound(prefix, `${prefix}\uffff`))
}

/** Notes that are somebody's: what they wrote and did not send, and what was read for them. */
const theirs = /^(?:draft:|of\/)([^/]+)\//

/** A note of somebody as it lies on the phone. */
interface LyingNote {
  sealed: Sealed
}

const isSealed = (note: unknown): note is LyingNote => typeof note === 'object' && note !== null && 'sealed' in note

async function sealNote(key: string, value: unknown): Promise<unknown> {
  const owner = theirs.exec(key)?.[1]
  const sealed = owner && value !== undefined ? await sealValue(owner, key, value) : undefined
  return sealed ? ({ sealed } satisfies LyingNote) : value
}

/** A value that the phone remembers, such as the last bootstrap; undefined where it is sealed from who is here. */
export async function remembered<T>(key: string): Promise<T | undefined> {
  const note = await (await base()).get('notes', key)
  return isSealed(note) ? openValue<T>(key, note.sealed) : (note as T | undefined)
}

/** Remembers a value. */
export async function remember(key: string, value: unknown): Promise<void> {
  const lying = await sealNote(key, value)
  const tx = (await base()).transaction('notes', 'readwrite', { durability: 'strict' })
  await Promise.all([tx.store.put(lying, key), tx.done])
}

/** Forgets a value. */
export async function forget(key: string): Promise<void> {
  await (await base()).delete('notes', key)
}

/** Seals what somebody has here that is not yet: from before their key was here. What another tab sent or wrote meanwhile is left alone. */
export async function sealAllOf(owner: string): Promise<void> {
  const db = await base()
  for (const s of await lyingShots()) {
    if ('sealed' in s || ownerOf(s.draft) !== owner) continue
    await sealBytesOf(owner, s.id)
    await replace('notes', shotKey + s.id, s, await sealShot(s))
  }
  for (const i of await db.getAll('items')) {
    if (i.owner !== owner || i.sealed) continue
    if (i.kind === 'photo') await sealBytesOf(owner, i.id)
    await replace('items', i.id, i, await sealItem(i))
  }
  for (const key of await db.getAllKeys('notes')) {
    const note = theirs.exec(key)?.[1] === owner ? await db.get('notes', key) : undefined
    if (note !== undefined && !isSealed(note)) await replace('notes', key, note, await sealNote(key, note))
  }
}

async function sealBytesOf(owner: string, id: string): Promise<void> {
  const lying = await (await base()).get('bytes', id)
  if (!lying || 'sealed' in lying) return
  const sealed = await sealBytes(owner, id, lying.type, lying.data)
  const tx = (await base()).transaction('bytes', 'readwrite', { durability: 'strict' })
  if (await tx.store.getKey(id)) await tx.store.put(sealed)
  await tx.done
}

/** Puts one value where another stood, if that still stands there. */
async function replace(store: 'items' | 'notes', key: string, before: unknown, after: unknown): Promise<void> {
  const tx = (await base()).transaction(store, 'readwrite', { durability: 'strict' })
  const now: unknown = await tx.store.get(key)
  if (JSON.stringify(now) === JSON.stringify(before))
    await (store === 'items' ? tx.objectStore('items').put(after as Kept) : tx.objectStore('notes').put(after, key))
  await tx.done
}
