import { reactive, readonly } from 'vue'
import { bestEffort } from '../shared/answers'
import { plain } from '../shared/plain'
import { allItems, dropItems, saveItems, sealAllOf, type Kept } from './keep'
import { owner, setOwner } from './owner'
import { emptied, isRound, isVisit, type Outbox } from './rules'

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

/** The outbox as this folder changes it. */
export const state = reactive<Shown>({
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

/** How often this tab changed what it shows: what was read before a change is older than that. */
let turns = 0

/** Reads what the phone keeps. */
export async function read(): Promise<void> {
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
export async function turn(rule: (box: Outbox) => Outbox): Promise<void> {
  const before = { items: state.items as Kept[], needsLogin: state.needsLogin }
  const after = rule(before)
  const known = new Map(before.items.map((i) => [i.id, i]))
  const items = after.items.map((i) => ({ ...known.get(i.id), ...i }) as Kept)
  turns++
  state.items = items
  state.needsLogin = after.needsLogin
  const changed = items.filter((i) => JSON.stringify(i) !== JSON.stringify(known.get(i.id)))
  if (changed.length > 0) await saveItems(changed.map((i) => plain(i)))
}

/** Lets go of issues of which everything is safe. */
export async function letGo(): Promise<void> {
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
