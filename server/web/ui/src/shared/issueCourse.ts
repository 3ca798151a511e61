import type { Answer } from './answers'
import { answer } from './answers'
import type { components } from './api.gen'
import { api } from './client'
import { everyPage } from './pages'

export type CourseEvent = components['schemas']['RecordedEvent']

/** The texts of an event in the order in which they are shown. Those of the report itself stand above the course. */
export const courseTexts = ['reason', 'note', 'findings', 'handling'] as const

/** The whole course of an issue, without what only happened to its photos. */
export async function courseOf(issue: string): Promise<Answer<CourseEvent[]>> {
  return await everyPage(
    async (cursor) =>
      await answer(api.GET('/api/v1/issues/{id}/events', { params: { path: { id: issue }, query: { cursor } } })),
    (page) => (page.events ?? []).filter((e) => e.type.startsWith('issue.')),
  )
}

/** Why the last fix did not pass, while nothing was fixed since. */
export function lastFailure(events: CourseEvent[]): CourseEvent | undefined {
  const last = (...types: string[]): number => events.map((e) => types.includes(e.type)).lastIndexOf(true)
  const failed = last('issue.verification_failed', 'issue.false_fix')
  return failed > last('issue.fixed', 'issue.fixed_on_the_spot') ? events[failed] : undefined
}
