import { reactive, readonly } from 'vue'
import { remember, remembered } from '../outbox/keep'
import { answer, bestEffort, causeOf } from './answers'
import { api, type Failure, type Me } from './client'
import { setClock, setZone } from './times'

interface Session {
  /** Who is logged in; null when nobody is. Without the server it is who was logged in last. */
  me: Me | null
  /** False until the server was asked for the first time, or could not be. */
  known: boolean
  /** The server did not answer the last time it was asked who this is. */
  away: boolean
  /** How often somebody logged in on this page. */
  entered: number
}

/** In the phone's own database: what browsers keep beside it is written with delay, and a kill would log the person out. */
const key = 'me'

const state = reactive<Session>({ me: null, known: false, away: false, entered: 0 })

/** Who is logged in, for every screen to read. */
export const session = readonly(state)

async function be(me: Me | null): Promise<void> {
  state.me = me
  setZone(me?.timezone)
  await bestEffort('who is logged in is not remembered', remember(key, me && JSON.parse(JSON.stringify(me))))
}

/** Asks the server who the cookie belongs to. Only its own word that nobody is logged in counts: when it is away, who was there stays. */
export async function resume(): Promise<void> {
  const before = await bestEffort('who was logged in is not remembered', remembered<Me | null>(key))
  if (before) {
    state.me = before
    setZone(before.timezone)
    state.known = true
  }
  const { data, failure } = await answer(api.GET('/api/v1/me'))
  if (data?.person) {
    setClock(data.server_time)
    await be(data)
  }
  const refused = failure?.kind === 'problem' && failure.problem.retry !== 'later'
  if (refused) await be(null)
  state.away = !data?.person && !refused
  state.known = true
}

/** Begins a session, if the browser kept its cookie: over plain HTTP by name it does not. */
async function entered(me: Me): Promise<Failure | null> {
  if (!window.isSecureContext) {
    const { data, failure } = await answer(api.GET('/api/v1/me'))
    if (failure && causeOf(failure) !== 'session') return failure
    if (!data?.person) return { kind: 'cookie' }
  }
  setClock(me.server_time)
  await be(me)
  state.entered++
  return null
}

/** How a person knows this device again among others: its system and its browser. */
export function deviceName(agent: string): string {
  const system = [
    ['HarmonyOS', /HarmonyOS|OpenHarmony/],
    ['Android', /Android/],
    ['iPhone', /iPhone/],
    ['iPad', /iPad/],
    ['Windows', /Windows/],
    ['Mac', /Mac OS X/],
    ['Linux', /Linux/],
  ].find(([, is]) => (is as RegExp).test(agent))?.[0]
  const browser = [
    ['微信', /MicroMessenger/],
    ['Edge', /Edg/],
    ['Firefox', /Firefox|FxiOS/],
    ['Huawei', /HuaweiBrowser/],
    ['Chrome', /Chrome|CriOS/],
    ['Safari', /Safari/],
  ].find(([, is]) => (is as RegExp).test(agent))?.[0]
  return [system, browser].filter(Boolean).join(' · ')
}

/** Logs in and gives null, or says why not. */
export async function logIn(name: string, password: string): Promise<Failure | null> {
  const { data, failure } = await answer(
    api.POST('/api/v1/sessions', { body: { name, password, cookie: true, device: deviceName(navigator.userAgent) } }),
  )
  return failure ?? (data.me ? entered(data.me) : { kind: 'answer' })
}

/** Logs in by a code that an administrator showed, and gives null, or says why not. */
export async function enrol(code: string): Promise<Failure | null> {
  const { data, failure } = await answer(
    api.POST('/api/v1/enrolments', { body: { code, cookie: true, device: deviceName(navigator.userAgent) } }),
  )
  return failure ?? (data.me ? entered(data.me) : { kind: 'answer' })
}

/** Logs this browser out and gives null, or says why not. What the phone still has to send stays where it is. */
export async function logOut(): Promise<Failure | null> {
  const { failure } = await answer(api.DELETE('/api/v1/sessions/current'))
  if (failure && causeOf(failure) !== 'session') return failure
  await be(null)
  return null
}

/** The scope over which somebody sees figures, as the API writes it: the city, or the first area or unit that is theirs. */
export function scopeOf(me: Me | null): string {
  const grants = me?.grants.filter((g) => ['office', 'leader', 'unit'].includes(g.role)) ?? []
  if (grants.some((g) => g.scope.kind === 'city')) return 'city'
  const first = grants[0]?.scope
  return first?.id ? `${first.kind}:${first.id}` : 'city'
}
