import { newID } from '../shared/crypto'
import { plain } from '../shared/plain'
import { changed } from './courier'
import { outbox } from './outbox'
import { addItems, bytesOf, dropItems, itemsToDraft, keepBytes, type Kept, type Shot } from './keep'
import { owner } from './owner'

/** All that waits of one issue, to be given up together and taken back. */
export interface GivenUp {
  items: Kept[]
  bytes: { id: string; type: string; data: ArrayBuffer }[]
}

/** Gives up all that waits of one issue: the person decided that it is not to be sent. What it gives takes it back. */
export async function giveUpIssue(issue: string): Promise<GivenUp> {
  const items = plain(outbox.items as Kept[]).filter((i) => i.issue === issue)
  const bytes: GivenUp['bytes'] = []
  for (const i of items) {
    const kept = i.kind === 'photo' ? await bytesOf(i.id) : undefined
    if (kept) bytes.push({ ...kept, id: i.id })
  }
  await dropItems(items.map((i) => i.id))
  await changed()
  return { items, bytes }
}

/** Tells the server that the photos of what was given up do not come: those that were announced and did not. */
export async function withdrawPhotos(gone: GivenUp, reason: string, words: string): Promise<void> {
  if (!gone.items.some((i) => i.kind === 'report' && i.state === 'done')) return
  const missed = gone.items.filter((i) => i.kind === 'photo' && i.state !== 'done')
  const now = Date.now()
  await addItems(
    missed.map(({ sha256: _, bytes: __, problem: ___, ...photo }): Kept => {
      const id = newID()
      const path = photo.path.replace(/photos\/[^/]+$/, `actions/${id}`)
      const body = { action: 'withdraw_photo', photo: photo.id, reason, done_at: new Date(now).toISOString() }
      const fresh = { state: 'waiting', wrongDigests: 0, attempts: 0, notBefore: 0, addedAt: now } as const
      return { ...photo, ...fresh, id, kind: 'action', path, words, body }
    }),
  )
  await changed()
}

/** A visit has its photos at what was found. */
interface Answers {
  answers?: { findings?: { photos?: Declared[] }[] }[]
}
/** What stood in the photos of an item's body. */
type Declared = { id: string; sha256: string; bytes: number; captured_at: string; taken: Shot['taken'] }

function declaredIn(body: Record<string, unknown>): Declared[] {
  const found = ((body as Answers).answers ?? []).flatMap((a) => a.findings ?? [])
  return [...((body.photos ?? []) as Declared[]), ...found.flatMap((f) => f.photos ?? [])]
}

/** Takes all that waits of one issue out of the outbox and makes it a draft again, to be written anew: its photos, and fields as the screen has them. */
export async function asDraft(issue: string, draft: string, fields: Record<string, unknown>): Promise<void> {
  const items = plain(outbox.items as Kept[]).filter((i) => i.issue === issue)
  const place = items.map((i) => i.body?.place as Shot['place']).find((p) => p && p.source !== 'map')
  const shots: Shot[] = []
  for (const d of items.flatMap((i) => (i.kind === 'report' ? declaredIn(i.body ?? {}) : []))) {
    const kept = await bytesOf(d.id)
    if (!kept) continue
    const { id, sha256, bytes, taken } = d
    shots.push({ id, sha256, bytes, taken, type: kept.type, capturedAt: Date.parse(d.captured_at), draft, place })
  }
  await itemsToDraft(
    items.map((i) => i.id),
    shots,
    `draft:${draft}`,
    fields,
  )
  await changed()
}

/** Takes back what was given up. */
export async function takeBack(gone: GivenUp): Promise<void> {
  for (const b of gone.bytes) await keepBytes(owner(), b.id, b.type, b.data)
  await addItems(gone.items.map((i) => (i.state === 'sending' ? { ...i, state: 'waiting' as const } : i)))
  await changed()
}
