import type { PhotoKind } from './actionForms'
import { answer, causeOf } from '../../shared/answers'
import { api, type Failure } from '../../shared/client'
import { base64Of, digestOf, newID } from '../../shared/crypto'
import { act } from './issueActions'

/** A photo that was chosen at the desk: its bytes go up as they are, under the digest that was taken here. */
export interface DeskPhoto {
  id: string
  name: string
  url: string
  state: 'sending' | 'safe' | 'failed'
  failure: Failure | null
  /** The server may have been told that it comes, and misses it until it does or is withdrawn. */
  announced: boolean
  /** Stops its way to the server. */
  stop: AbortController
  file: File
}

/** Makes a photo of a file that somebody chose. */
export function chosen(file: File): DeskPhoto {
  return {
    id: newID(),
    name: file.name,
    url: URL.createObjectURL(file),
    state: 'sending',
    failure: null,
    announced: false,
    stop: new AbortController(),
    file,
  }
}

/** Sends a photo: announced with its digest, then its bytes. Sent again it is the same photo. It gives null, or why it is not safe. */
export async function sendPhoto(issue: string, photo: DeskPhoto, kind: PhotoKind): Promise<Failure | null> {
  const bytes = await photo.file.arrayBuffer()
  const sha256 = await digestOf(bytes)
  const { signal } = photo.stop
  photo.announced = true
  const declared = await answer(
    api.POST('/api/v1/issues/{id}/photos', {
      params: { path: { id: issue } },
      body: {
        photos: [{ id: photo.id, kind, sha256, bytes: bytes.byteLength, taken: 'file' }],
        sent_at: new Date().toISOString(),
      },
      signal,
    }),
  )
  if (declared.failure) {
    photo.announced = causeOf(declared.failure) !== 'refused'
    return declared.failure
  }
  const { failure } = await answer(
    api.PUT('/api/v1/issues/{id}/photos/{photo}', {
      params: { path: { id: issue, photo: photo.id }, header: { 'Content-Digest': `sha-256=:${base64Of(sha256)}:` } },
      body: bytes as never,
      bodySerializer: (b: unknown) => b as BodyInit,
      headers: { 'Content-Type': 'application/octet-stream' },
      signal,
    }),
  )
  return failure
}

/** Answers after which nothing is missed: the server never heard of it, has it, or knows that it does not come. */
const notMissed = ['photo.not-found', 'photo.is-safe', 'photo.gone']

/** Tells the server that an announced photo does not come. It gives null, or why it is still waited for. */
export async function withdrawPhoto(issue: string, photo: DeskPhoto, reason: string): Promise<Failure | null> {
  photo.stop.abort()
  if (!photo.announced || photo.state === 'safe') return null
  const failure = await act(issue, { action: 'withdraw_photo', photo: photo.id, reason })
  return failure?.kind === 'problem' && notMissed.includes(failure.problem.code) ? null : failure
}
