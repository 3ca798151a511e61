import { remember, remembered } from '../../outbox/keep'
import { owner } from '../../outbox/owner'
import { bestEffort } from '../../shared/answers'

/** So many are offered. */
const most = 6

const key = (): string => `of/${owner()}/phrases`

/** What somebody wrote of late, the latest first: it is offered again. */
export async function phrases(): Promise<string[]> {
  return (await bestEffort('what was written of late is not offered', remembered<string[]>(key()))) ?? []
}

/** Remembers a note that was sent, and gives what is offered now; long ones are about one place only. */
export async function remembersPhrase(note: string): Promise<string[]> {
  const text = note.trim()
  const before = await phrases()
  if (!text || text.length > 20) return before
  const now = [text, ...before.filter((p) => p !== text)].slice(0, most)
  await bestEffort('what was written is not offered again', remember(key(), now))
  return now
}
