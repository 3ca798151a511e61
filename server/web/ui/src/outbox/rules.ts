/** What a person did, in the order in which it goes out within one issue. */
export type Kind = 'report' | 'photo' | 'action'

/** Whether an item is a visit, and not a report or an action: it goes out as a report does, with the photos of many issues after it. */
export const isVisit = (i: { path: string }): boolean => i.path.startsWith('/api/v1/visits/')

/** Whether an item is the end of a round, which goes out as a report does and has no photos. */
export const isRound = (i: { path: string }): boolean => i.path.startsWith('/api/v1/rounds/')

/** Where an item stands: to be sent, on its way, done, or a question to a person. */
export type State = 'waiting' | 'sending' | 'done' | 'asked'

/** Something that the phone holds until the server has it. Its bytes and their SHA-256 were stored before it is made. */
export interface Item {
  id: string
  issue: string
  kind: Kind
  /** Of a photo: what the phone computed, in hex. */
  sha256?: string
  state: State
  /** How often the server found other bytes than these. */
  wrongDigests: number
  /** Attempts since the last answer of the server that led on. */
  attempts: number
  /** Milliseconds since 1970, by the phone's clock, before which it is not sent again. */
  notBefore: number
}

/** What came of an attempt. `lost` is no answer, or one that is not from this server. */
export type Answer =
  | { kind: 'taken'; sha256?: string }
  | { kind: 'lost' }
  | { kind: 'later'; afterMs?: number }
  | { kind: 'login' }
  | { kind: 'digest' }
  | { kind: 'first-the-report' }
  | { kind: 'first-the-photos' }
  | { kind: 'never' }

export interface Outbox {
  items: Item[]
  /** Nothing is sent until the person logs in again. */
  needsLogin: boolean
}

const rank: Record<Kind, number> = { report: 0, photo: 1, action: 2 }
const longestWait = 300_000
/** After so many wrong digests a person is asked: the storage of the phone may be failing. */
export const mostWrongDigests = 3

/** The pause before another attempt: 1, 2, 4 … 300 s, with a third of chance (0 ≤ chance < 1). */
export function pause(attempts: number, chance: number): number {
  return Math.min(longestWait, 1000 * 2 ** Math.min(attempts - 1, 9)) * (1 + (chance - 0.5) / 1.5)
}

/** The items that nothing stops but their pause: of each issue the first that is not done, and only photos beside one another. */
function movable(box: Outbox): Item[] {
  if (box.needsLogin) return []
  return box.items.filter((i) => i.state === 'waiting' && !box.items.some((before) => stopsOn(before, i, box.items)))
}

/** The items that may be sent now. */
export function ready(box: Outbox, now: number): Item[] {
  return movable(box).filter((i) => i.notBefore <= now)
}

/** The moment at which something may be sent next; undefined when all waits for a person, a log-in or what is on its way. */
export function nextMoment(box: Outbox): number | undefined {
  const moments = movable(box).map((i) => i.notBefore)
  return moments.length > 0 ? Math.min(...moments) : undefined
}

/** Says whether one item has to be done before another of its issue. A question holds back what is behind it there, and nothing else. */
function stopsOn(before: Item, item: Item, items: Item[]): boolean {
  if (before.issue !== item.issue || before === item || before.state === 'done') return false
  if (rank[before.kind] !== rank[item.kind]) return rank[before.kind] < rank[item.kind]
  return item.kind === 'action' && items.indexOf(before) < items.indexOf(item)
}

function change(box: Outbox, id: string, with_: (i: Item) => Partial<Item>): Outbox {
  return { ...box, items: box.items.map((i) => (i.id === id ? { ...i, ...with_(i) } : i)) }
}

/** Notes that an item is on its way. */
export function begin(box: Outbox, id: string): Outbox {
  return change(box, id, (i) => (i.state === 'waiting' ? { state: 'sending' } : {}))
}

/** After a kill nothing is on its way: what was is sent again, and the server knows it by its id. */
export function restart(box: Outbox): Outbox {
  return { ...box, items: box.items.map((i) => (i.state === 'sending' ? { ...i, state: 'waiting' } : i)) }
}

/** The network came back: what waits for another attempt need not wait any longer. */
export function hurried(box: Outbox): Outbox {
  return {
    ...box,
    items: box.items.map((i) => (i.state === 'waiting' && i.notBefore > 0 ? { ...i, notBefore: 0 } : i)),
  }
}

/** The person logged in again: everything goes on. */
export function loggedIn(box: Outbox): Outbox {
  return { ...box, needsLogin: false }
}

/** The person mended what was asked: it is sent anew. */
export function mended(box: Outbox, id: string): Outbox {
  return change(box, id, (i) =>
    i.state === 'asked' ? { state: 'waiting', wrongDigests: 0, attempts: 0, notBefore: 0 } : {},
  )
}

/** Takes the answer to an attempt. A photo is done only when the server's digest is the phone's own. */
export function answered(box: Outbox, id: string, answer: Answer, now: number, chance: number): Outbox {
  const item = box.items.find((i) => i.id === id)
  if (item?.state !== 'sending') return box
  const again = (afterMs?: number): Outbox =>
    change(box, id, (i) => ({
      state: 'waiting',
      attempts: i.attempts + 1,
      notBefore: now + (afterMs ?? pause(i.attempts + 1, chance)),
    }))
  switch (answer.kind) {
    case 'taken':
      if (item.kind !== 'photo' || (item.sha256 && answer.sha256 === item.sha256))
        return change(box, id, () => ({ state: 'done' }))
      return answer.sha256 ? wrongDigest(box, item, again) : again()
    case 'lost':
      return again()
    case 'later':
      return again(answer.afterMs)
    case 'login':
      return { ...change(box, id, () => ({ state: 'waiting' })), needsLogin: true }
    case 'digest':
      return wrongDigest(box, item, again)
    case 'first-the-report':
      return sendFirst(box, item, 'report', again)
    case 'first-the-photos':
      return sendFirst(box, item, 'photo', again)
    case 'never':
      return change(box, id, () => ({ state: 'asked' }))
  }
}

function wrongDigest(box: Outbox, item: Item, again: () => Outbox): Outbox {
  const wrongDigests = item.wrongDigests + 1
  if (wrongDigests >= mostWrongDigests) return change(box, item.id, () => ({ state: 'asked', wrongDigests }))
  return change(again(), item.id, () => ({ wrongDigests }))
}

/** The server lacks what was done before (a backup was restored): it is sent again while the phone has it, otherwise a person is asked. */
function sendFirst(box: Outbox, item: Item, kind: Kind, again: () => Outbox): Outbox {
  const lacking = box.items.filter((i) => i.issue === item.issue && i.kind === kind && i.state !== 'asked')
  if (lacking.length === 0 || rank[kind] >= rank[item.kind]) return change(box, item.id, () => ({ state: 'asked' }))
  return lacking.reduce(
    (b, i) => change(b, i.id, (x) => (x.state === 'done' ? { state: 'waiting', notBefore: 0 } : {})),
    again(),
  )
}

/** The items whose bytes may be let go: those of issues of which everything is done. */
export function emptied(box: Outbox): Item[] {
  return box.items.filter(
    (i) => i.state === 'done' && box.items.every((o) => o.issue !== i.issue || o.state === 'done'),
  )
}
