import { plain } from '../shared/plain'
import { dropAllOf, saveItems, type Kept } from './keep'
import { letGo, read, state, turn } from './outbox'
import { answered, begin, hurried, loggedIn, mended, nextMoment, ready, restart } from './rules'
import { send } from './send'

/** Says that this tab changed the outbox; the others read it again. */
const news = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('spotcheck-outbox')

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
    const { answer, problem, number } = await send(plain(kept as Kept), (bytes) => {
      state.moving = { id, bytes }
    })
    state.moving = null
    await read()
    await turn((box) => answered(box, id, answer, Date.now(), Math.random()))
    const now = state.items.find((i) => i.id === id)
    if (now && (problem || number))
      await saveItems([{ ...plain(now as Kept), ...(problem && { problem }), ...(number && { number }) }])
    if (number) await read()
    if (now?.state === 'done' && now.kind === 'photo') state.safe++
    await letGo()
    news?.postMessage('changed')
  }
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
  const { problem: _, ...item } = plain(old as Kept)
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
