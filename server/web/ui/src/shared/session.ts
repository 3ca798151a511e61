import { reactive, readonly } from 'vue'
import { forget, remember, remembered } from '../outbox/keep'
import { canSeal, hold, keyOf, type OwnKey } from '../outbox/seal'
import { answer, bestEffort, causeOf } from './answers'
import { api, type Failure, type Me } from './client'
import { plain } from './plain'
import { setClock, setZone } from './times'

interface Session {
  /** Who is logged in; null when nobody is. Without the server it is who was logged in last. */
  me: Me | null
  /** False until the server was asked for the first time, or could not be. */
  known: boolean
  /** The server did not answer the last time it was asked who this is. */
  away: boolean
  /** Somebody logged out on this device, and the server does not know it yet: nobody gets in here before it does. */
  leaving: boolean
  /** How often somebody logged in on this page. */
  entered: number
}

/** In the phone's own database: what browsers keep beside it is written with delay, and a kill would log the person out. */
const key = 'me'

const state = reactive<Session>({ me: null, known: false, away: false, leaving: false, entered: 0 })

/** Who is logged in, for every screen to read. */
export const session = readonly(state)

/** Where the key of who is logged in lies: on this device, by which what they keep here is sealed from others, and only until they log out. */
const keyNote = 'key'

/** That somebody logged out without the server. Their cookie is out of a page's reach: only the server takes it away. */
const leavingNote = 'leaving'

/** Brings out the key of a person that lies here. It says whether there is one, or none can be. */
async function unlock(person: string): Promise<boolean> {
  if (!canSeal()) return true
  const own = await bestEffort('the key of this device cannot be read', remembered<OwnKey>(keyNote))
  if (own?.owner !== person) return false
  hold(own)
  return true
}

/** Takes the key that the server gives a person; with none, none stays here. */
async function takeKey(person: string | undefined, text: string | undefined): Promise<void> {
  const own = person && text ? await keyOf(person, text) : undefined
  await bestEffort('the key of this device is not kept', own ? remember(keyNote, own) : forget(keyNote))
  hold(own)
}

/** The key of who is logged in, as the server has it. Where it does not come, what is kept lies open until it does. */
async function keyOfServer(): Promise<string | undefined> {
  const { data, failure } = await answer(api.GET('/api/v1/me/seal-key'))
  return failure ? undefined : data.key
}

async function be(me: Me | null, given = keyOfServer): Promise<void> {
  const id = me?.person.id
  if (!id || !(await unlock(id))) await takeKey(id, id && (await given()))
  state.me = me
  setZone(me?.timezone)
  await bestEffort('who is logged in is not remembered', remember(key, me && plain(me)))
}

/** Asks the server who the cookie belongs to. Only its own word that nobody is logged in counts: when it is away, who was there stays. */
export async function resume(): Promise<void> {
  if (await finishLeaving()) {
    state.known = true
    return
  }
  const before = await bestEffort('who was logged in is not remembered', remembered<Me | null>(key))
  if (before && (await unlock(before.person.id))) {
    state.me = before
    setZone(before.timezone)
    state.known = true
  }
  const { data, failure } = await answer(api.GET('/api/v1/me'))
  if (data?.person) {
    setClock(data.server_time)
    await be(data.password_given ? null : data)
  }
  const refused = failure?.kind === 'problem' && failure.problem.retry !== 'later'
  if (refused) await be(null)
  if (failure && !refused) state.me ??= before ?? null // a device from before there were keys, without the network
  state.away = !data?.person && !refused
  state.known = true
}

/** Begins a session, if the browser kept its cookie: over plain HTTP by name it does not. */
async function entered(me: Me, sealKey: string): Promise<Failure | null> {
  if (!window.isSecureContext) {
    const { data, failure } = await answer(api.GET('/api/v1/me'))
    if (failure && causeOf(failure) !== 'session') return failure
    if (!data?.person) return { kind: 'cookie' }
  }
  setClock(me.server_time)
  await be(me, () => Promise.resolve(sealKey))
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

/** Logs in and gives null, or says why not. Who does it by a password that somebody else knows is in only when they have gone on with one of their own. */
export async function logIn(name: string, password: string): Promise<Failure | GoOn | null> {
  const held = await finishLeaving()
  if (held) return held
  const { data, failure } = await answer(
    api.POST('/api/v1/sessions', { body: { name, password, cookie: true, device: deviceName(navigator.userAgent) } }),
  )
  if (failure) return failure
  if (!data.me) return { kind: 'answer' }
  const goOn = (): Promise<Failure | null> => entered(data.me, data.seal_key)
  return data.me.password_given ? goOn : goOn()
}

/** Lets in whoever has a password of their own by now. */
export type GoOn = () => Promise<Failure | null>

/** Logs in by a code that an administrator showed, and gives null, or says why not. */
export async function enrol(code: string): Promise<Failure | null> {
  const held = await finishLeaving()
  if (held) return held
  const { data, failure } = await answer(
    api.POST('/api/v1/enrolments', { body: { code, cookie: true, device: deviceName(navigator.userAgent) } }),
  )
  return failure ?? (data.me ? entered(data.me, data.seal_key) : { kind: 'answer' })
}

/**
 * Logs this browser out and gives null, or says why not. What the phone still has to send stays where it is. Without the server the person is gone from
 * this device all the same, and the session ends before anybody else begins one here.
 */
export async function logOut(): Promise<Failure | null> {
  const failure = await endSession()
  if (failure && causeOf(failure) === 'refused') return failure
  if (failure && !(await leaves())) return failure
  await be(null)
  return null
}

/** Ends the session of this browser's cookie; one that is over has ended. */
async function endSession(): Promise<Failure | null> {
  const { failure } = await answer(api.DELETE('/api/v1/sessions/current'))
  return failure && causeOf(failure) !== 'session' ? failure : null
}

/** Notes that the server is still to be told; false where the device keeps no note, and the person has to stay. */
async function leaves(): Promise<boolean> {
  const kept = remember(leavingNote, true).then(() => true)
  state.leaving = (await bestEffort('a log-out without the server is not noted', kept)) ?? false
  return state.leaving
}

/** Ends at the server what was ended here without it. It gives null when nothing is left to end, or says why it still is. */
export async function finishLeaving(): Promise<Failure | null> {
  const noted = await bestEffort('whether somebody left is not known', remembered<boolean>(leavingNote)) // another tab may have
  const failure = noted ? await endSession() : null
  if (noted && !failure) await forget(leavingNote)
  state.leaving = failure !== null
  return failure
}

/** The scope over which somebody sees figures, as the API writes it: the city, or the first area or unit that is theirs. */
export function scopeOf(me: Me | null): string {
  const grants = me?.grants.filter((g) => ['office', 'leader', 'unit'].includes(g.role)) ?? []
  if (grants.some((g) => g.scope.kind === 'city')) return 'city'
  const first = grants[0]?.scope
  return first?.id ? `${first.kind}:${first.id}` : 'city'
}
