import type { PhotoKind } from './actionForms'
import { answer } from '../../shared/answers'
import { api, type Failure } from '../../shared/client'
import { base64Of, digestOf, newID } from '../../shared/crypto'

/** A photo that was chosen at the desk: its bytes go up as they are, under the digest that was taken here. */
export interface DeskPhoto {
  id: string
  name: string
  url: string
  state: 'sending' | 'safe' | 'failed'
  failure: Failure | null
  file: File
}

/** Makes a photo of a file that somebody chose. */
export function chosen(file: File): DeskPhoto {
  return { id: newID(), name: file.name, url: URL.createObjectURL(file), state: 'sending', failure: null, file }
}

/** Sends a photo: announced with its digest, then its bytes. Sent again it is the same photo. It gives null, or why it is not safe. */
export async function sendPhoto(issue: string, photo: DeskPhoto, kind: PhotoKind): Promise<Failure | null> {
  const bytes = await photo.file.arrayBuffer()
  const sha256 = await digestOf(bytes)
  const declared = await answer(
    api.POST('/api/v1/issues/{id}/photos', {
      params: { path: { id: issue } },
      body: {
        photos: [{ id: photo.id, kind, sha256, bytes: bytes.byteLength, taken: 'file' }],
        sent_at: new Date().toISOString(),
      },
    }),
  )
  if (declared.failure) return declared.failure
  const { failure } = await answer(
    api.PUT('/api/v1/issues/{id}/photos/{photo}', {
      params: { path: { id: issue, photo: photo.id }, header: { 'Content-Digest': `sha-256=:${base64Of(sha256)}:` } },
      body: bytes as never,
      bodySerializer: (b: unknown) => b as BodyInit,
      headers: { 'Content-Type': 'application/octet-stream' },
    }),
  )
  return failure
}
