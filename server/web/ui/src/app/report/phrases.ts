import { owner } from '../../outbox/owner'

/** So many are offered. */
const most = 6

const key = (): string => `spotcheck.phrases/${owner()}`

/** What somebody wrote of late, the latest first: it is offered again. */
export function phrases(): string[] {
  return JSON.parse(localStorage.getItem(key()) ?? '[]') as string[]
}

/** Remembers a note that was sent; long ones are about one place only. */
export function remembersPhrase(note: string): void {
  const text = note.trim()
  if (text && text.length <= 20)
    localStorage.setItem(key(), JSON.stringify([text, ...phrases().filter((p) => p !== text)].slice(0, most)))
}
