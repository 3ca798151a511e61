import { bestEffort } from '../shared/answers'
import { digestOf, newID } from '../shared/crypto'
import { keepShot, takesMore, type Shot } from './keep'
import { state } from './outbox'

/** Takes the bytes of a photo into the phone's storage, hashed, before anything else is done with them. */
export async function takeShot(blob: Blob, of: Pick<Shot, 'taken' | 'capturedAt' | 'draft' | 'place'>): Promise<Shot> {
  const data = await blob.arrayBuffer()
  const shot = { id: newID(), sha256: await digestOf(data), type: blob.type, bytes: data.byteLength, ...of }
  try {
    await keepShot(shot, data)
  } catch (error) {
    state.full = error instanceof DOMException && error.name === 'QuotaExceededError'
    throw error
  }
  return shot
}

/** A large photo, and from how many that wait on it is asked whether another one finds room. */
const largeBytes = 8e6
const many = 20

/** Whether there is room for another photo; asked before it is taken. */
export async function room(): Promise<boolean> {
  const had = navigator.storage?.estimate
    ? await bestEffort('the browser does not say how much room there is', navigator.storage.estimate())
    : undefined
  if (had?.quota !== undefined && had.quota - (had.usage ?? 0) < largeBytes) return false
  if (!state.full && state.items.filter((i) => i.kind === 'photo').length < many) return true
  state.full = !(await takesMore(largeBytes))
  return !state.full
}

/** The description of a photo that its issue is told before its bytes come. */
export function declarationOf(shot: Shot, kind: 'report' | 'before' | 'after' | 'check'): Record<string, unknown> {
  return {
    id: shot.id,
    sha256: shot.sha256,
    bytes: shot.bytes,
    kind,
    captured_at: new Date(shot.capturedAt).toISOString(),
    taken: shot.taken,
  }
}
