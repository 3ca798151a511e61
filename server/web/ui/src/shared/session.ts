import { reactive, readonly } from 'vue'
import { api, failureOf, type Failure, type Me } from './client'

interface Session {
  /** Who is logged in; null when nobody is. */
  me: Me | null
  /** False until the server was asked for the first time. */
  known: boolean
}

const state = reactive<Session>({ me: null, known: false })

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

/** Asks the server who the cookie belongs to. */
export async function resume(): Promise<void> {
  await tried(async () => {
    const { data } = await api.GET('/api/v1/me')
    state.me = data ?? null
    return null
  })
  state.known = true
}

/** Logs in and gives null, or says why not. */
export function logIn(name: string, password: string): Promise<Failure | null> {
  return tried<null>(async () => {
    const { data, error } = await api.POST('/api/v1/sessions', { body: { name, password, cookie: true } })
    if (!data?.me) return failureOf(error)
    state.me = data.me
    return null
  })
}

/** Logs this browser out and gives null, or says why not. What the phone still has to send stays where it is. */
export function logOut(): Promise<Failure | null> {
  return tried<null>(async () => {
    const { error, response } = await api.DELETE('/api/v1/sessions/current')
    if (!response.ok && response.status !== 401) return failureOf(error)
    state.me = null
    return null
  })
}
