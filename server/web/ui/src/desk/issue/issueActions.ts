import { reactive } from 'vue'
import { answer } from '../../shared/answers'
import { api, type Failure } from '../../shared/client'
import { newID } from '../../shared/crypto'

/** An action that is held back for a moment, so that it can be taken back. */
export interface Pending {
  id: string
  issue: string
  words: string
  sendAt: number
}

const undoMs = 10_000
const state = reactive<{ pending: Pending[]; failures: { issue: string; words: string; failure: Failure }[] }>({
  pending: [],
  failures: [],
})
const timers = new Map<string, { timer: ReturnType<typeof setTimeout>; send: () => Promise<void> }>()

/** What waits to be sent, and what the server refused. */
export const actions = state

/** Sends an action now, and goes on with it when the page is left; it gives null, or why it was not taken. With a version it is refused when the issue is in another one. */
export async function act(
  issue: string,
  body: Record<string, unknown>,
  id: string = newID(),
  version?: number,
): Promise<Failure | null> {
  const now = new Date().toISOString()
  const { failure } = await answer(
    api.PUT('/api/v1/issues/{id}/actions/{action_id}', {
      params: {
        path: { id: issue, action_id: id },
        header: version === undefined ? undefined : { 'If-Match': `"${version}"` },
      },
      body: { done_at: now, ...body, sent_at: now } as never,
      keepalive: true,
    }),
  )
  return failure
}

/** Sends an action in ten seconds, or when the page is left; undo takes it back until then. */
export function actLater(issue: string, body: Record<string, unknown>, words: string): void {
  const id = newID()
  const send = async (): Promise<void> => {
    const waiting = timers.get(id)
    if (!waiting) return
    clearTimeout(waiting.timer)
    timers.delete(id)
    state.pending = state.pending.filter((p) => p.id !== id)
    const failure = await act(issue, body, id)
    if (failure) state.failures.push({ issue, words, failure })
  }
  timers.set(id, { timer: setTimeout(() => void send(), undoMs), send })
  state.pending.push({ id, issue, words, sendAt: Date.now() + undoMs })
}

/** Takes the last action back; it gives its issue. */
export function undo(): string | null {
  const last = state.pending.at(-1)
  if (!last) return null
  clearTimeout(timers.get(last.id)?.timer)
  timers.delete(last.id)
  state.pending = state.pending.slice(0, -1)
  return last.issue
}

/** Sends all that waits. */
export async function sendAll(): Promise<void> {
  await Promise.all([...timers.values()].map((t) => t.send()))
}

/** Forgets a refusal that was read. */
export function readFailure(n: number): void {
  state.failures.splice(n, 1)
}

window.addEventListener('pagehide', () => void sendAll())
