import { reactive } from 'vue'
import { answer } from '../shared/answers'
import { api } from '../shared/client'
import { continues } from '../shared/merkle'

/**
 * Each phone is a witness of the record: it keeps the last signed checkpoint of the log that it saw and asks, whenever it reads a newer one, for the proof that the
 * log only grew.
 */
const key = 'spotcheck.log'

/** A checkpoint as it was seen. */
interface Seen {
  origin: string
  size: number
  root: string
  made_at: string
}

/** What is wrong: the checkpoint that was seen before, and the one that does not go on from it; missing where there is none any more. */
export const witness = reactive({ broken: null as { seen: Seen; now: Seen | undefined } | null })

function seenBefore(): Seen | undefined {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? 'null') as Seen | null) ?? undefined
  } catch {
    return undefined // what is no JSON was not written here
  }
}

/** Asks for the last checkpoint and holds it against the one that was seen before. What cannot be asked now is asked the next time. */
export async function witnessLog(): Promise<void> {
  const seen = seenBefore()
  const { data, failure } = await answer(api.GET('/api/v1/log/checkpoint'))
  if (failure && !(failure.kind === 'problem' && failure.problem.code === 'log.unsigned')) return
  const now = data && { origin: data.origin, size: data.size, root: data.root, made_at: data.made_at }
  if (!seen) return accept(now)
  const grew = now ? await growsFrom(seen, now) : false
  if (grew === undefined) return
  if (grew) accept(now)
  else witness.broken = { seen, now }
}

/** Whether the log only grew; undefined where that could not be asked. */
async function growsFrom(seen: Seen, now: Seen): Promise<boolean | undefined> {
  if (seen.origin !== now.origin || now.size < seen.size) return false
  if (now.size === seen.size) return now.root === seen.root
  const { data, failure } = await answer(
    api.GET('/api/v1/log/consistency', { params: { query: { from: seen.size, to: now.size } } }),
  )
  if (failure) return failure.kind === 'problem' && failure.problem.code === 'log.sizes' ? false : undefined
  return continues(seen, now, data?.hashes ?? [])
}

/** Goes on from a checkpoint: the log grew to it, or somebody knows why it did not, as after a restore. */
export function accept(now: Seen | undefined): void {
  witness.broken = null
  if (now) localStorage.setItem(key, JSON.stringify(now))
  else localStorage.removeItem(key)
}
