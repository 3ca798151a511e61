import { sha256 } from '@noble/hashes/sha2.js'

/**
 * What the apps need of cryptography, also over plain HTTP in a local network, where browsers give neither crypto.subtle nor crypto.randomUUID. It is part of
 * the page: a photo must not wait for the network to be hashed.
 */

/** A new id, made here (UUID version 4). */
export function newID(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const b = crypto.getRandomValues(new Uint8Array(16))
  b[6] = (b[6]! & 0x0f) | 0x40
  b[8] = (b[8]! & 0x3f) | 0x80
  return hex(b).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** The SHA-256 of bytes in hexadecimal digits. */
export async function digestOf(data: ArrayBuffer): Promise<string> {
  return hex(crypto.subtle ? new Uint8Array(await crypto.subtle.digest('SHA-256', data)) : sha256(new Uint8Array(data)))
}

/** A short name of a secret, which tells nothing of it. */
export function shortDigestOf(text: string): string {
  return hex(sha256(new TextEncoder().encode(text))).slice(0, 16)
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

/** Hexadecimal digits as base64, as headers want a digest. */
export function base64Of(digits: string): string {
  return btoa(String.fromCharCode(...(digits.match(/../g) ?? []).map((d) => parseInt(d, 16))))
}
