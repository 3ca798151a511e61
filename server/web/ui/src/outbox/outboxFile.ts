import { digestOf } from '../shared/crypto'
import { changed } from './courier'
import { addItems, allItems, bytesOf, keepBytes, type Kept } from './keep'
import { owner } from './owner'

/** The outbox of who is logged in as a file that can be loaded on another phone: one line of JSON for each item, bytes as base64. */
export async function asFile(): Promise<Blob> {
  const parts: BlobPart[] = []
  for (const i of (await allItems()).filter((i) => (i.owner ?? '') === owner() && !i.sealed)) {
    const kept = i.kind === 'photo' ? await bytesOf(i.id) : undefined
    parts.push(JSON.stringify({ item: i, type: kept?.type, data: kept && toBase64(kept.data) }) + '\n')
  }
  return new Blob(parts, { type: 'application/x-ndjson' })
}

function toBase64(data: ArrayBuffer): string {
  const bytes = new Uint8Array(data)
  let text = ''
  for (let n = 0; n < bytes.length; n += 0x8000) text += String.fromCharCode(...bytes.subarray(n, n + 0x8000))
  return btoa(text)
}

/** Takes the items of such a file, which stay whose they are; those whose bytes are not what their digest says are left out. It gives how many were taken. */
export async function fromFile(file: Blob): Promise<number> {
  let taken = 0
  for (const line of (await file.text()).split('\n')) {
    if (!line) continue
    const { item: kept, type, data } = JSON.parse(line) as { item: Kept; type?: string; data?: string }
    if (data) {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).buffer
      if ((await digestOf(bytes)) !== kept.sha256) continue
      await keepBytes(kept.owner ?? owner(), kept.id, type ?? '', bytes)
    }
    await addItems([{ ...kept, owner: kept.owner ?? owner(), state: kept.state === 'asked' ? 'asked' : 'waiting' }])
    taken++
  }
  await changed()
  return taken
}
