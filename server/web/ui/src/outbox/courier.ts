import { reactive, readonly } from 'vue'
import {
  addItems,
  allItems,
  bytesOf,
  dropAllOf,
  dropItems,
  keepBytes,
  keepShot,
  saveItems,
  sealAllOf,
  takesMore,
  type Kept,
  type Shot,
} from './keep'
import { owner, setOwner } from './owner'
import {
  answered,
  begin,
  emptied,
  hurried,
  isRound,
  isVisit,
  loggedIn,
  mended,
  nextMoment,
  ready,
  restart,
  type Outbox,
} from './rules'
import { send } from './send'
import { bestEffort } from '../shared/answers'
import { digestOf, newID } from '../shared/crypto'

interface Shown {
  /** What waits and was done by who is logged in, or by this link. */
  items: Kept[]
  /** How much of others waits on this phone. */
  others: number
  /** How much of who is logged in waits under a key that is not theirs any more: it stays, and cannot be sent. */
  locked: number
  needsLogin: boolean
  /** How many photos of all that were ever in this outbox are safe: since the app was started. */
  safe: number
  full: boolean
  /** The photo that is on its way, and how many of its bytes the server has. */
  moving: { id: string; bytes: number } | null
  /** Issues of which everything came since the app was started, the latest first. */
  arrived: Arrived[]
}

/** An issue of which the server has everything. */
export interface Arrived {
  issue: string
  words: string
  number?: string
  photos: number
  /** Whether it is a report, and not something done about an issue. */
  report: boolean
  /** Whether it is a visit, which is no issue of its own. */
  visit: boolean
  /** Whether it is the end of a round, which is none either. */
  round: boolean
  at: number
}

/** So many of those that came are remembered. */
const mostArrived = 5

const state = reactive<Shown>({
  items: [],
  others: 0,
  locked: 0,
  needsLogin: false,
  safe: 0,
  full: false,
  moving: null,
  arrived: [],
})

/** The outbox, for every screen to read. */
export const outbox = readonly(state)

/** Says that this tab changed the outbox; the others read it again. */
const news = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('spotcheck-outbox')

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

/** A body as it goes over the wire, without what a screen still watches. */
function plain(body: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(body)) as Record<string, unknown>
}

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
  const same = state.items.some((i) => i.kind === 'action' && i.issue === issue && i.body?.action === body.action)
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

/** How often this tab changed what it shows: what was read before a change is older than that. */
let turns = 0

async function read(): Promise<void> {
  for (let before = -1; before !== turns;) {
    before = turns
    const all = await allItems()
    const own = all.filter((i) => (i.owner ?? '') === owner())
    const closed = new Set(own.filter((i) => i.sealed).map((i) => i.issue)) // a photo goes with what it is about
    const items = own.filter((i) => !closed.has(i.issue))
    if (before === turns)
      Object.assign(state, { items, others: all.length - own.length, locked: own.length - items.length })
  }
}

/** Tells the rules, keeps what they say, and shows it. */
async function turn(rule: (box: Outbox) => Outbox): Promise<void> {
  const before = { items: state.items as Kept[], needsLogin: state.needsLogin }
  const after = rule(before)
  const known = new Map(before.items.map((i) => [i.id, i]))
  const items = after.items.map((i) => ({ ...known.get(i.id), ...i }) as Kept)
  turns++
  state.items = items
  state.needsLogin = after.needsLogin
  const changed = items.filter((i) => JSON.stringify(i) !== JSON.stringify(known.get(i.id)))
  if (changed.length > 0) await saveItems(changed.map((i) => JSON.parse(JSON.stringify(i)) as Kept))
}

/** The round that is under way. */
let draining: Promise<void> | undefined
let hurry = false
let timer: ReturnType<typeof setTimeout> | undefined
/** However soon something may be sent, the outbox is not read again before; milliseconds. */
const shortestSleep = 1000

/** Sends what can be sent, one after the other, in one tab only: this one waits for its turn. It returns when nothing can be sent now. */
export function drain(): Promise<void> {
  draining ??= round()
  return draining
}

async function round(): Promise<void> {
  try {
    await (navigator.locks ? navigator.locks.request('spotcheck-outbox', sendAll) : sendAll())
  } finally {
    draining = undefined
  }
  plan()
}

/** Wakes up when something may be sent next. Without the network that is when it comes back, and a tab that is sending is waited for. */
function plan(): void {
  clearTimeout(timer)
  if (draining) return
  if (navigator.locks && state.items.some((i) => i.state === 'sending')) return void drain()
  const next = nextMoment(state)
  if (next === undefined || navigator.onLine === false) return
  timer = setTimeout(() => void drain(), Math.max(shortestSleep, next - Date.now()))
}

async function sendAll(): Promise<void> {
  await read()
  await turn(restart)
  await letGo() // what a kill or a person's no left behind
  for (;;) {
    if (hurry) await turn(hurried)
    hurry = false
    const next = ready(state, Date.now())[0]
    if (!next) return
    const id = next.id
    await turn((box) => begin(box, id))
    const kept = state.items.find((i) => i.id === id)
    if (!kept) break
    const { answer, problem, number } = await send(JSON.parse(JSON.stringify(kept)) as Kept, (bytes) => {
      state.moving = { id, bytes }
    })
    state.moving = null
    await read()
    await turn((box) => answered(box, id, answer, Date.now(), Math.random()))
    const now = state.items.find((i) => i.id === id)
    if (now && (problem || number))
      await saveItems([
        { ...(JSON.parse(JSON.stringify(now)) as Kept), ...(problem && { problem }), ...(number && { number }) },
      ])
    if (number) await read()
    if (now?.state === 'done' && now.kind === 'photo') state.safe++
    await letGo()
    news?.postMessage('changed')
  }
}

/** Lets go of issues of which everything is safe. */
async function letGo(): Promise<void> {
  const done = emptied(state) as Kept[]
  if (done.length > 0) {
    await dropItems(done.map((i) => i.id))
    for (const issue of new Set(done.map((i) => i.issue))) arrived(done.filter((i) => i.issue === issue))
  }
  await read()
}

/** Notes that all of an issue is there. */
function arrived(items: Kept[]): void {
  const first = items[0]
  if (!first) return
  const one: Arrived = {
    issue: first.issue,
    words: first.words,
    number: items.find((i) => i.number)?.number,
    photos: items.filter((i) => i.kind === 'photo').length,
    report: items.some((i) => i.id === i.issue),
    visit: items.some(isVisit),
    round: items.some(isRound),
    at: Date.now(),
  }
  state.arrived = [one, ...state.arrived.filter((a) => a.issue !== one.issue)].slice(0, mostArrived)
}

/** The outbox is somebody's from now on: what others did waits for them, unseen. What an older version kept is theirs. */
export async function belongTo(person: string): Promise<void> {
  setOwner(person)
  turns++
  state.items = []
  state.arrived = []
  state.needsLogin = false
  const nobodys = person ? (await allItems()).filter((i) => i.owner === undefined) : []
  if (nobodys.length > 0) await saveItems(nobodys.map((i) => ({ ...i, owner: person })))
  await read()
  if (person) await bestEffort('what was kept before there was a key is sealed the next time', sealAllOf(person))
}

/** Lets go of all that somebody has on this phone, sent or not. */
export async function clear(person: string): Promise<void> {
  await dropAllOf(person)
  await read()
  news?.postMessage('changed')
}

/** The person logged in again. */
export async function goOn(): Promise<void> {
  await turn(loggedIn)
  await drain()
}

/** The person wants something that the server refused to be sent anew. */
export async function tryAgain(id: string): Promise<void> {
  await turn((box) => mended(box, id))
  await drain()
}

/** Writes fields of something that the server refused anew, leaves out those that are undefined, and sends it. */
export async function mend(id: string, fields: Record<string, unknown>): Promise<void> {
  const old = state.items.find((i) => i.id === id && i.state === 'asked')
  if (!old) return
  const { problem: _, ...item } = JSON.parse(JSON.stringify(old)) as Kept
  await saveItems([{ ...item, body: plain({ ...item.body, ...fields }) }])
  await read()
  await tryAgain(id)
}

/** The phone's store was changed beside this: it is read again, others are told, and what may go out goes. */
export async function changed(): Promise<void> {
  await read()
  news?.postMessage('changed')
  void drain()
}

/** Reads the outbox and sends on its own from now on: at once, when the network comes back, when the app is looked at. */
export async function start(): Promise<void> {
  await read()
  news?.addEventListener('message', () => void read().then(plan))
  window.addEventListener('online', () => {
    hurry = true
    void drain()
  })
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void drain())
  void navigator.storage?.persist?.()
  void drain()
}

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
  await read()
  void drain()
  return taken
}
