import { inject, provide, type InjectionKey } from 'vue'
import type { RouteLocationRaw } from 'vue-router'
import { answer } from '../shared/answers'
import type { components } from '../shared/api.gen'
import { api } from '../shared/client'
import { useReading, type Reading } from '../shared/reading'
import { session } from '../shared/session'

export type Todo = { at: string; items: TodoItem[]; days: components['schemas']['TodoDay'][] }
export type TodoItem = components['schemas']['TodoItem']
export type TodoKind = components['schemas']['TodoKind']

const key: InjectionKey<Reading<Todo>> = Symbol('todo')

/** How often it is looked at anew, in milliseconds. */
const pause = 60_000

/** Reads what waits for the person, for all screens below. */
export function provideTodo(): Reading<Todo> {
  const reading = useReading<Todo>(() => answer(api.GET('/api/v1/todo')), {
    on: () => session.me?.person.id,
    when: () => session.me !== null,
    again: () => pause,
  })
  provide(key, reading)
  return reading
}

/** What waits for the person. */
export function useTodo(): Reading<Todo> {
  const reading = inject(key)
  if (!reading) throw new Error('nobody reads what waits')
  return reading
}

/** The filter of the list that a kind of work on issues is; none for what is no issue. */
export function filterOfKind(kind: TodoKind, at: string): string {
  const day = new Date(Date.parse(at) + 86_400_000).toISOString()
  const filters: Partial<Record<TodoKind, Record<string, string>>> = {
    assign: { status: 'reported', sort: 'received' },
    verify: { status: 'fixed', sort: 'received' },
    work: { status: 'assigned', sort: 'due' },
    soon: { status: 'assigned', sort: 'due', due_from: new Date(at).toISOString(), due_to: day },
    overdue: { status: 'assigned', overdue: 'true', sort: 'due' },
    flags: { flagged: 'true', sort: 'received' },
  }
  const waits: TodoKind[] = ['returned', 'extension', 'hold', 'appeal', 'dismissal', 'rework', 'reply']
  const filter = filters[kind] ?? (waits.includes(kind) ? { pending: kind, sort: 'received' } : undefined)
  return filter ? new URLSearchParams(filter).toString() : ''
}

const screens: Partial<Record<TodoKind, string>> = {
  assign: 'triage',
  drafts: 'reports',
  to_issue: 'reports',
  imports: 'imports',
  returns: 'returns',
  contests: 'visits',
}

/** Where a kind of work is done. */
export function placeOf(kind: TodoKind, at: string): RouteLocationRaw {
  if (kind === 'papers') return { name: 'papers', query: { state: 'unsigned' } }
  const screen = screens[kind]
  return screen ? { name: screen } : { name: 'list', params: { filter: filterOfKind(kind, at) } }
}
