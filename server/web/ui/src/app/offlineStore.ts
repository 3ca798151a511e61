import { reactive, readonly } from 'vue'
import { answer, bestEffort, causeOf } from '../shared/answers'
import { api, type Failure } from '../shared/client'
import type { components, paths } from '../shared/api.gen'
import { plain } from '../shared/plain'
import { setClock, setZone } from '../shared/times'
import { forget, forgetAll, remember, remembered } from '../outbox/keep'
import { owner } from '../outbox/owner'
import { link } from '../shared/issueLink'

export type Bootstrap = components['schemas']['Bootstrap']
export type Issue = components['schemas']['Issue']
export type IssueRow = components['schemas']['IssueRow']
export type Message = components['schemas']['InboxMessage']
export type Category = components['schemas']['Category']

interface Known {
  bootstrap: Bootstrap | null
  tasks: IssueRow[]
  tasksAt: number
  /** Which of my tasks have to be done again, and which I am asked to look at. */
  rework: string[]
  looks: string[]
  /** There are more tasks than are kept here. */
  tasksCut: boolean
  /** What I reported, the latest first. */
  mine: IssueRow[]
  mineAt: number
  /** What I was told, the latest first, where the next page of it begins, and how much was not opened. */
  messages: Message[]
  messagesNext?: string
  messagesAt: number
  unread: number
  loading: boolean
  /** Why the last attempt to read it anew brought nothing; what is known stays. */
  failure: Failure | null
}

/** What nobody has read yet. */
const nothing = {
  bootstrap: null,
  tasks: [],
  tasksAt: 0,
  rework: [],
  looks: [],
  tasksCut: false,
  mine: [],
  mineAt: 0,
  messages: [],
  messagesNext: undefined,
  messagesAt: 0,
  unread: 0,
  failure: null,
}
const state = reactive<Known>({ ...nothing, loading: false })

/** What the phone knows without the server. */
export const known = readonly(state) as Known

/** The name of something that is kept for who is logged in. */
const mine = (what: string): string => `of/${owner()}/${what}`

/** Reads what the phone remembers for this person, then asks the server for what is new. */
export async function learn(): Promise<void> {
  Object.assign(state, nothing)
  state.bootstrap = (await remembered<Bootstrap>(mine('bootstrap'))) ?? null
  const tasks = await remembered<{
    tasks: IssueRow[]
    at: number
    rework?: string[]
    looks?: string[]
    cut?: boolean
  }>(mine('tasks'))
  if (tasks)
    Object.assign(state, {
      tasks: tasks.tasks,
      tasksAt: tasks.at,
      rework: tasks.rework ?? [],
      looks: tasks.looks ?? [],
      tasksCut: tasks.cut ?? false,
    })
  const reported = await remembered<{ rows: IssueRow[]; at: number }>(mine('reported'))
  if (reported) Object.assign(state, { mine: reported.rows, mineAt: reported.at })
  const told = await remembered<{ messages: Message[]; at: number; unread: number }>(mine('inbox'))
  if (told) Object.assign(state, { messages: told.messages, messagesAt: told.at, unread: told.unread })
  await bestEffort('what an older version kept for anybody stays', forgetEverybodys())
  await refresh()
}
async function forgetEverybodys(): Promise<void> {
  await Promise.all([forget('bootstrap'), forget('tasks'), forgetAll('issue/')])
}

let refreshing: Promise<void> | undefined
let stale = false

/** Asks the server for the registers and for my work; what cannot be had stays as it was, and why is said. What is asked while an older question is under way is asked again after it. */
export async function refresh(): Promise<void> {
  if (refreshing) {
    stale = true
    return refreshing
  }
  refreshing = (async () => {
    do {
      stale = false
      await readAll()
    } while (stale)
  })().finally(() => (refreshing = undefined))
  return refreshing
}

async function readAll(): Promise<void> {
  state.loading = true
  try {
    const { data, failure } = await answer(api.GET('/api/v1/bootstrap'))
    state.failure = failure ?? (data.categories ? null : { kind: 'answer' })
    if (data?.categories) {
      state.bootstrap = data
      await bestEffort('the registers are not kept for later', remember(mine('bootstrap'), data))
    }
    if (data) setClock(data.server_time)
    if (!state.failure) await work()
    if (!state.failure) await inbox()
  } finally {
    state.loading = false
  }
}

/** How many issues are kept whole for when there is no network. */
const kept = 30

/** So many tasks of a kind are read at most; whoever has more is told so. */
const mostTasks = 500

/** My work: what my unit has to fix, and what an inspector has to verify; each issue is kept whole for offline. */
async function work(): Promise<void> {
  const may = state.bootstrap?.me.may ?? []
  const status: ('assigned' | 'fixed')[] = []
  if (may.includes('fix')) status.push('assigned')
  if (may.includes('verify')) status.push('fixed')
  if (status.length === 0) return
  let cut = false
  const list = async (query: Query): Promise<IssueRow[]> => {
    const rows: IssueRow[] = []
    for (let cursor: string | undefined; ;) {
      const { data, failure } = await answer(
        api.GET('/api/v1/issues', { params: { query: { limit: 100, cursor, ...query } } }),
      )
      state.failure = failure ?? (data.issues ? null : { kind: 'answer' })
      if (!data?.issues) return []
      rows.push(...data.issues)
      if (!data.next) return rows
      if (rows.length >= mostTasks) {
        cut = true
        return rows
      }
      cursor = data.next
    }
  }
  const rows = await list({ status, sort: 'due' })
  if (state.failure) return
  const again = status.includes('assigned') ? await list({ pending: ['rework'] }) : []
  if (state.failure) return
  const looks = may.includes('look') ? await list({ pending: ['look'] }) : []
  if (state.failure) return
  Object.assign(state, {
    tasks: [...looks, ...rows],
    tasksAt: Date.now(),
    rework: again.map((i) => i.id),
    looks: looks.map((i) => i.id),
    tasksCut: cut,
  })
  await bestEffort(
    'the tasks are not kept for later',
    remember(
      mine('tasks'),
      plain({ tasks: state.tasks, at: state.tasksAt, rework: state.rework, looks: state.looks, cut }),
    ),
  )
  const first = state.tasks.slice(0, kept)
  for (const row of first) {
    const old = await remembered<Issue>(mine(`issue/${row.id}`))
    if (old?.version !== row.version || old.photos_safe !== row.photos_safe) await issueOf(row.id)
  }
  void bestEffort('pictures are not kept for later', keepPictures(first))
}

type Query = NonNullable<paths['/api/v1/issues']['get']['parameters']['query']>

/** Asks for what I reported; it gives where the next page begins, or why there is none. */
export async function reportedByMe(me: string, cursor?: string): Promise<{ next?: string; failure: Failure | null }> {
  const { data, failure } = await answer(
    api.GET('/api/v1/issues', { params: { query: { reporter: me, limit: 50, cursor } } }),
  )
  if (!data?.issues) return { failure: failure ?? { kind: 'answer' } }
  state.mine = cursor ? [...state.mine, ...data.issues] : data.issues
  state.mineAt = Date.now()
  if (!cursor)
    await bestEffort(
      'what I reported is not kept for later',
      remember(mine('reported'), { rows: data.issues, at: state.mineAt }),
    )
  return { next: data.next, failure: null }
}

/** Asks for what I was told: the latest, or the page that begins at a cursor. */
export async function inbox(cursor?: string): Promise<Failure | null> {
  const { data, failure } = await answer(api.GET('/api/v1/inbox', { params: { query: { limit: 50, cursor } } }))
  if (!data?.messages) return failure ?? { kind: 'answer' }
  const messages = cursor ? [...state.messages, ...data.messages] : data.messages
  Object.assign(state, { messages, messagesNext: data.next, messagesAt: Date.now(), unread: data.unread })
  if (cursor) return null
  await bestEffort(
    'what I was told is not kept for later',
    remember(mine('inbox'), { messages: data.messages, at: state.messagesAt, unread: data.unread }),
  )
  return null
}

/** Says that I opened messages; without the network they are new again the next time. */
export async function opened(ids: string[]): Promise<void> {
  const now = new Date().toISOString()
  const fresh = state.messages.filter((m) => ids.includes(m.id) && !m.read_at)
  if (fresh.length === 0) return
  for (const m of fresh) m.read_at = now
  state.unread = Math.max(0, state.unread - fresh.length)
  const { data, failure } = await answer(api.POST('/api/v1/inbox/read', { body: { ids: fresh.map((m) => m.id) } }))
  if (failure)
    await inbox() // they are new still, and why nothing can be read is said there
  else state.unread = data.unread
}

/** Where the pictures of my work lie, for when there is no network. */
const pictures = 'spotcheck-pictures'

/** Fetches the pictures of issues that are not here yet, one after the other, and lets those of others go. Nothing of it where the browser keeps none, or the person saves data. */
async function keepPictures(rows: IssueRow[]): Promise<void> {
  if (!('caches' in window) || (navigator as { connection?: { saveData?: boolean } }).connection?.saveData) return
  const cache = await caches.open(pictures)
  const wanted = new Set<string>()
  for (const row of rows) {
    const safe = (await remembered<Issue>(mine(`issue/${row.id}`)))?.photos.filter((p) => p.state === 'safe') ?? []
    const path = (photo: string, size: string): string => `/api/v1/issues/${row.id}/photos/${photo}/${size}`
    if (row.thumb) wanted.add(path(row.thumb, 'thumb'))
    for (const p of safe.slice(-6)) wanted.add(path(p.id, 'thumb'))
    for (const p of [safe.find((p) => p.kind === 'report'), safe.filter((p) => p.kind === 'after').at(-1)])
      if (p) wanted.add(path(p.id, 'display'))
  }
  for (const there of await cache.keys()) if (!wanted.delete(new URL(there.url).pathname)) await cache.delete(there)
  for (const path of wanted) await bestEffort('a picture is kept the next time', cache.add(path))
}

/** A picture as it was kept; undefined when it was not. */
export async function keptPicture(path: string): Promise<Blob | undefined> {
  if (!('caches' in window)) return undefined
  return (await (await caches.open(pictures)).match(path))?.blob()
}

/** Forgets the pictures: somebody else may use this phone now. */
export async function forgetPictures(): Promise<void> {
  if ('caches' in window) await caches.delete(pictures)
}

/** An issue from the server, or as the phone remembers it; then failure says why it is no newer. */
export async function issueOf(id: string): Promise<{ issue: Issue | null; failure: Failure | null }> {
  const { data, failure } = await answer(api.GET('/api/v1/issues/{id}', { params: { path: { id } } }))
  if (data?.id) {
    setZone(data.timezone) // by a link: whoever is logged in knows both already
    setClock(data.server_time)
    await bestEffort('an issue is not kept for later', remember(mine(`issue/${id}`), data))
    return { issue: data, failure: null }
  }
  if (failure?.kind === 'problem' && failure.problem.status === 404) return { issue: null, failure: null }
  if (link && failure && causeOf(failure) === 'session') return { issue: null, failure } // a link that is over shows nothing more
  const kept = (await remembered<Issue>(mine(`issue/${id}`))) ?? null
  setZone(kept?.timezone)
  return { issue: kept, failure: failure ?? { kind: 'answer' } }
}

/** The name of a category in the person's language. */
export function nameOf(c: { name_zh: string; name_en: string }, language: string): string {
  return language === 'en' ? c.name_en : c.name_zh
}
