import { reactive, readonly } from 'vue'
import { answer, bestEffort } from '../shared/answers'
import { api, type Failure } from '../shared/client'
import type { components } from '../shared/api.gen'
import { forget, forgetAll, remember, remembered } from '../outbox/keep'
import { owner } from '../outbox/owner'

export type Bootstrap = components['schemas']['Bootstrap']
export type Issue = components['schemas']['Issue']
export type IssueRow = components['schemas']['IssueRow']
export type Category = components['schemas']['Category']

interface Known {
  bootstrap: Bootstrap | null
  tasks: IssueRow[]
  tasksAt: number
  loading: boolean
  /** Why the last attempt to read it anew brought nothing; what is known stays. */
  failure: Failure | null
}

const state = reactive<Known>({ bootstrap: null, tasks: [], tasksAt: 0, loading: false, failure: null })

/** What the phone knows without the server. */
export const known = readonly(state) as Known

/** The name of something that is kept for who is logged in. */
const mine = (what: string): string => `of/${owner()}/${what}`

/** Reads what the phone remembers for this person, then asks the server for what is new. */
export async function learn(): Promise<void> {
  Object.assign(state, { bootstrap: null, tasks: [], tasksAt: 0, failure: null })
  state.bootstrap = (await remembered<Bootstrap>(mine('bootstrap'))) ?? null
  const tasks = await remembered<{ tasks: IssueRow[]; at: number }>(mine('tasks'))
  if (tasks) Object.assign(state, { tasks: tasks.tasks, tasksAt: tasks.at })
  await bestEffort('what an older version kept for anybody stays', forgetEverybodys())
  await refresh()
}
async function forgetEverybodys(): Promise<void> {
  await Promise.all([forget('bootstrap'), forget('tasks'), forgetAll('issue/')])
}

/** Asks the server for the registers and for my work; what cannot be had stays as it was, and why is said. */
export async function refresh(): Promise<void> {
  state.loading = true
  try {
    const { data, failure } = await answer(api.GET('/api/v1/bootstrap'))
    state.failure = failure ?? (data.categories ? null : { kind: 'answer' })
    if (data?.categories) {
      state.bootstrap = data
      await bestEffort('the registers are not kept for later', remember(mine('bootstrap'), data))
    }
    if (!state.failure) await work()
  } finally {
    state.loading = false
  }
}

/** How many issues are kept whole for when there is no network. */
const kept = 30

/** My work: what my unit has to fix, and what an inspector has to verify; each issue is kept whole for offline. */
async function work(): Promise<void> {
  const may = state.bootstrap?.me.may ?? []
  const status: ('assigned' | 'fixed')[] = []
  if (may.includes('fix')) status.push('assigned')
  if (may.includes('verify')) status.push('fixed')
  if (status.length === 0) return
  const { data, failure } = await answer(
    api.GET('/api/v1/issues', { params: { query: { status, sort: 'due', limit: 100 } } }),
  )
  state.failure = failure ?? (data.issues ? null : { kind: 'answer' })
  if (!data?.issues) return
  state.tasks = data.issues
  state.tasksAt = Date.now()
  await bestEffort(
    'the tasks are not kept for later',
    remember(mine('tasks'), { tasks: data.issues, at: state.tasksAt }),
  )
  for (const row of data.issues.slice(0, kept)) {
    const old = await remembered<Issue>(mine(`issue/${row.id}`))
    if (old?.version !== row.version || old.photos_safe !== row.photos_safe) await issueOf(row.id)
  }
  void bestEffort('pictures are not kept for later', keepPictures(data.issues.slice(0, kept)))
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
    await bestEffort('an issue is not kept for later', remember(mine(`issue/${id}`), data))
    return { issue: data, failure: null }
  }
  if (failure?.kind === 'problem' && failure.problem.status === 404) return { issue: null, failure: null }
  return { issue: (await remembered<Issue>(mine(`issue/${id}`))) ?? null, failure: failure ?? { kind: 'answer' } }
}

/** The name of a category in the person's language. */
export function nameOf(c: { name_zh: string; name_en: string }, language: string): string {
  return language === 'en' ? c.name_en : c.name_zh
}
