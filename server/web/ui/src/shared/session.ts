import { reactive, readonly } from 'vue'
import { api, failureOf, type Failure, type Me } from './client'

interface Session {
  /** Who is logged in; null when nobody is. Without the server it is who was logged in last. */
  me: Me | null
  /** False until the server was asked for the first time, or could not be. */
  known: boolean
  /** The server did not answer the last time it was asked who this is. */
  away: boolean
}

const key = 'spotcheck.me'

const state = reactive<Session>({ me: null, known: false, away: false })

/** Who is logged in, for every screen to read. */
export const session = readonly(state)

/** Runs a request; without an answer it is the network. */
async function tried<T>(request: () => Promise<T | Failure>): Promise<T | Failure> {
  try {
    return await request()
  } catch {
    return { kind: 'network' }
  }
}

function be(me: Me | null): void {
  state.me = me
  if (me) localStorage.setItem(key, JSON.stringify(me))
  else localStorage.removeItem(key)
}

/** Asks the server who the cookie belongs to. Only its own word that nobody is logged in counts: when it is away, who was there stays. */
export async function resume(): Promise<void> {
  const before = localStorage.getItem(key)
  if (before) {
    state.me = JSON.parse(before) as Me
    state.known = true
  }
  const failure = await tried<null>(async () => {
    const { data, error } = await api.GET('/api/v1/me')
    if (data?.person) {
      be(data)
      return null
    }
    const f = failureOf(error)
    if (f.kind === 'problem') be(null)
    return f
  })
  state.away = failure !== null && failure.kind !== 'problem'
  state.known = true
}

/** Logs in and gives null, or says why not. */
export function logIn(name: string, password: string): Promise<Failure | null> {
  return tried<null>(async () => {
    const { data, error } = await api.POST('/api/v1/sessions', { body: { name, password, cookie: true } })
    if (!data?.me) return failureOf(error)
    be(data.me)
    return null
  })
}

/** Logs this browser out and gives null, or says why not. What the phone still has to send stays where it is. */
export function logOut(): Promise<Failure | null> {
  return tried<null>(async () => {
    const { error, response } = await api.DELETE('/api/v1/sessions/current')
    if (!response.ok && response.status !== 401) return failureOf(error)
    be(null)
    return null
  })
}
