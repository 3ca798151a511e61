import { reactive, readonly } from 'vue'
import { api } from '../shared/client'
import type { components } from '../shared/api.gen'
import { remember, remembered } from '../outbox/keep'

export type Bootstrap = components['schemas']['Bootstrap']
export type Issue = components['schemas']['Issue']
export type IssueRow = components['schemas']['IssueRow']
export type Category = components['schemas']['Category']

interface Known {
  bootstrap: Bootstrap | null
  tasks: IssueRow[]
  tasksAt: number
  loading: boolean
}

const state = reactive<Known>({ bootstrap: null, tasks: [], tasksAt: 0, loading: false })

/** What the phone knows without the server. */
export const known = readonly(state) as Known

/** Reads what the phone remembers, then asks the server for what is new. */
export async function learn(): Promise<void> {
  state.bootstrap = (await remembered<Bootstrap>('bootstrap')) ?? null
  const tasks = await remembered<{ tasks: IssueRow[]; at: number }>('tasks')
  if (tasks) Object.assign(state, { tasks: tasks.tasks, tasksAt: tasks.at })
  await refresh()
}

/** Asks the server for the registers and for my work; what cannot be had stays as it was. */
export async function refresh(): Promise<void> {
  state.loading = true
  try {
    const { data } = await api.GET('/api/v1/bootstrap')
    if (data?.categories) {
      state.bootstrap = data
      await remember('bootstrap', data)
    }
    await work()
  } catch {
    // without the network the old ones do
  } finally {
    state.loading = false
  }
}

/** My work: what my unit has to fix, and what an inspector has to verify; each issue is kept whole for offline. */
async function work(): Promise<void> {
  const may = state.bootstrap?.me.may ?? []
  const status: string[] = []
  if (may.includes('fix')) status.push('assigned')
  if (may.includes('verify')) status.push('fixed')
  if (status.length === 0) return
  const { data } = await api.GET('/api/v1/issues', { params: { query: { status: status.join(','), sort: 'due', limit: 100 } } })
  if (!data?.issues) return
  state.tasks = data.issues
  state.tasksAt = Date.now()
  await remember('tasks', { tasks: data.issues, at: state.tasksAt })
  for (const row of data.issues.slice(0, 30)) {
    const old = await remembered<Issue>(`issue/${row.id}`)
    if (old?.version !== row.version || old.photos_safe !== row.photos_safe) await issueOf(row.id)
  }
}

/** An issue from the server, or as the phone remembers it; stale says which. */
export async function issueOf(id: string): Promise<{ issue: Issue | null; stale: boolean }> {
  try {
    const { data, response } = await api.GET('/api/v1/issues/{id}', { params: { path: { id } } })
    if (data?.id) {
      await remember(`issue/${id}`, data)
      return { issue: data, stale: false }
    }
    if (response.status === 404) return { issue: null, stale: false }
  } catch {
    // as the phone remembers it
  }
  return { issue: (await remembered<Issue>(`issue/${id}`)) ?? null, stale: true }
}

/** The name of a category in the person's language. */
export function nameOf(c: { name_zh: string; name_en: string }, language: string): string {
  return language === 'en' ? c.name_en : c.name_zh
}
