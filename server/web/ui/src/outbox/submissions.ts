import { newID } from '../shared/crypto'
import { plain } from '../shared/plain'
import { changed } from './courier'
import { addItems, type Kept, type Shot } from './keep'
import { outbox } from './outbox'
import { owner } from './owner'
import { declarationOf } from './shots'

function item(id: string, issue: string, kind: Kept['kind'], path: string, words: string, rest: Partial<Kept>): Kept {
  return {
    id,
    issue,
    kind,
    owner: owner(),
    path,
    method: 'PUT',
    words,
    addedAt: Date.now(),
    state: 'waiting',
    wrongDigests: 0,
    attempts: 0,
    notBefore: 0,
    ...rest,
  }
}

function photoItem(shot: Shot, issue: string, words: string): Kept {
  return item(shot.id, issue, 'photo', `/api/v1/issues/${issue}/photos/${shot.id}`, words, {
    sha256: shot.sha256,
    bytes: shot.bytes,
  })
}

/** Puts a report with its photos into the outbox, and sends it as soon as that is possible. */
export async function report(body: Record<string, unknown>, shots: Shot[], words: string): Promise<string> {
  const issue = newID()
  const whole = plain({ ...body, photos: shots.map((s) => declarationOf(s, 'report')) })
  await put(
    [
      item(issue, issue, 'report', `/api/v1/issues/${issue}`, words, { body: whole }),
      ...shots.map((s) => photoItem(s, issue, words)),
    ],
    shots,
  )
  return issue
}

/** Puts a visit with the photos of all that was found into the outbox: it goes out whole, and its photos after it. The form is what its screen needs to change it. */
export async function visit(
  id: string,
  body: Record<string, unknown>,
  photos: { issue: string; shot: Shot }[],
  words: string,
  form: Record<string, unknown>,
): Promise<void> {
  await put(
    [
      item(id, id, 'report', `/api/v1/visits/${id}`, words, { body: plain(body), form: plain(form) }),
      ...photos.map(({ issue, shot }) => ({
        ...photoItem(shot, issue, words),
        issue: id,
      })),
    ],
    photos.map((p) => p.shot),
  )
}

/** Puts what was done on a round into the outbox. */
export async function endRound(id: string, body: Record<string, unknown>, words: string): Promise<void> {
  await put([item(id, id, 'report', `/api/v1/rounds/${id}`, words, { body: plain(body) })], [])
}

/** The same is on its way already: doing it again would be refused, and stand in the way of what follows. */
export class Twice extends Error {}

/** Actions that may wait more than once. */
const repeatable = ['comment', 'reply', 'reply_part', 'appeal', 'correct']

/** Puts an action into the outbox: first the photos that it names are declared and sent. It throws Twice when the same waits already. */
export async function act(
  issue: string,
  body: Record<string, unknown>,
  shots: Shot[],
  kind: 'after' | 'check' | 'before',
  words: string,
): Promise<void> {
  const same = outbox.items.some((i) => i.kind === 'action' && i.issue === issue && i.body?.action === body.action)
  if (same && !repeatable.includes(String(body.action))) throw new Twice()
  const id = newID()
  const items: Kept[] = []
  if (shots.length > 0) {
    items.push(
      item(newID(), issue, 'report', `/api/v1/issues/${issue}/photos`, words, {
        method: 'POST',
        body: { photos: shots.map((s) => declarationOf(s, kind)) },
      }),
    )
    items.push(...shots.map((s) => photoItem(s, issue, words)))
  }
  const whole = plain({
    ...body,
    done_at: new Date().toISOString(),
    ...(shots.length > 0 ? { photos: shots.map((s) => s.id) } : {}),
  })
  items.push(item(id, issue, 'action', `/api/v1/issues/${issue}/actions/${id}`, words, { body: whole }))
  await put(items, shots)
}

async function put(items: Kept[], shots: Shot[]): Promise<void> {
  await addItems(
    items,
    shots.map((s) => s.id),
  )
  await changed()
}
