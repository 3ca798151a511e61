import { reactive, readonly } from 'vue'
import { answer, causeOf, type Cause } from '../shared/answers'
import { api } from '../shared/client'
import { finishLeaving, session } from '../shared/session'
import { serverNow, setClock } from '../shared/times'

/** How it stands between this phone and the server, and what a person can do about it. */
export type Line = '' | 'offline' | 'unreachable' | 'portal' | 'server' | 'expired' | 'ended'

interface State {
  line: Line
}

const state = reactive<State>({ line: '' })

/** The line to the server, for every screen to read. */
export const connection = readonly(state)

/** How often it is asked again while the line is bad; milliseconds. */
const again = 15_000

const lines: Record<Cause, Line> = {
  offline: 'offline',
  unreachable: 'unreachable',
  foreign: 'portal',
  server: 'server',
  session: 'ended',
  refused: '',
}
let timer: ReturnType<typeof setTimeout> | undefined
let asking: Promise<void> | undefined

/** Asks the server who is logged in: its answer says how the line is, and what time it is there. */
export function check(): Promise<void> {
  asking ??= ask().finally(() => (asking = undefined))
  return asking
}

async function ask(): Promise<void> {
  clearTimeout(timer)
  const held = await finishLeaving() // nothing is asked as somebody who has left
  if (held) return become(lines[causeOf(held)] || 'server')
  const { data, failure } = await answer(api.GET('/api/v1/me'))
  if (data) setClock(data.server_time)
  if (failure && causeOf(failure) === 'session' && !session.me) return become('') // nobody is logged in, and the screen says so
  become(failure ? lines[causeOf(failure)] : data?.person ? '' : 'portal')
}

/** A session that is over before its time was ended by somebody: on another device, or by an administrator. */
function become(line: Line): void {
  const until = Date.parse(session.me?.session.expires_at ?? '')
  state.line = line === 'ended' && until <= serverNow() ? 'expired' : line
  if (line !== '') timer = setTimeout(() => document.visibilityState === 'visible' && void check(), again)
}

/** Something between here and the server went wrong: what it is will be asked. */
export function doubt(): void {
  if (state.line === '' || navigator.onLine === false) void check()
}

/** Watches the line from now on. */
export function watchLine(): void {
  window.addEventListener('online', () => void check())
  window.addEventListener('offline', () => (state.line = 'offline'))
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void check())
  void check()
}
