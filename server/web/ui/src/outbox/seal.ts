import { link } from '../shared/issueLink'
import { owner } from './owner'

/** What is sealed, with whose key: AES-256-GCM. */
export interface Sealed {
  by: string
  iv: Uint8Array<ArrayBuffer>
  data: ArrayBuffer
}

/** The key of who is logged in, which the page can use and nobody can read. */
export interface OwnKey {
  owner: string
  key: CryptoKey
}

let held: Promise<OwnKey | undefined> = link ? keyOfLink(link.token) : Promise.resolve(undefined)

/** Whether this page can seal at all: over plain HTTP browsers give no cryptography. */
export function canSeal(): boolean {
  return globalThis.crypto?.subtle !== undefined
}

/** From now on this key seals and opens, and no other does. A link has its own. */
export function hold(key: OwnKey | undefined): void {
  if (!link) held = Promise.resolve(key)
}

/** A key as the server gives it, in base64. */
export async function keyOf(person: string, text: string): Promise<OwnKey> {
  return { owner: person, key: await importKey(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))) }
}

/** Whoever has the link has the key: it is made of the token, and kept nowhere. */
async function keyOfLink(token: string): Promise<OwnKey | undefined> {
  if (!canSeal()) return undefined
  const text = new TextEncoder().encode(`spotcheck seal ${token}`)
  return { owner: owner(), key: await importKey(await crypto.subtle.digest('SHA-256', text)) }
}

function importKey(raw: BufferSource): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

/** The key of somebody, if it is here. */
export async function keyHere(of: string | undefined): Promise<CryptoKey | undefined> {
  const own = await held
  return own && own.owner === of ? own.key : undefined
}

/** Seals bytes of somebody for the place where they will lie; undefined while the key of that person is not here. */
export async function seal(of: string, place: string, data: BufferSource): Promise<Sealed | undefined> {
  const key = await keyHere(of)
  if (!key) return undefined
  const iv = crypto.getRandomValues(new Uint8Array(12))
  return { by: of, iv, data: await crypto.subtle.encrypt(at(place, iv), key, data) }
}

/** Opens what was sealed for this place; undefined when it was with another key. */
export async function open(place: string, sealed: Sealed): Promise<ArrayBuffer | undefined> {
  const key = await keyHere(sealed.by)
  if (!key) return undefined
  try {
    return await crypto.subtle.decrypt(at(place, sealed.iv), key, sealed.data)
  } catch {
    return undefined // an older key of the same person
  }
}

function at(place: string, iv: BufferSource): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(place) }
}

/** Seals a value that JSON can hold. */
export function sealValue(of: string, place: string, value: unknown): Promise<Sealed | undefined> {
  return seal(of, place, new TextEncoder().encode(JSON.stringify(value)))
}

/** Opens such a value. */
export async function openValue<T>(place: string, sealed: Sealed): Promise<T | undefined> {
  const data = await open(place, sealed)
  return data && (JSON.parse(new TextDecoder().decode(data)) as T)
}
