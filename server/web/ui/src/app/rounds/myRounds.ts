import { computed, reactive, readonly } from 'vue'
import { outbox } from '../../outbox/outbox'
import { remember, remembered } from '../../outbox/keep'
import { owner } from '../../outbox/owner'
import { isRound } from '../../outbox/rules'
import { answer, bestEffort } from '../../shared/answers'
import type { components } from '../../shared/api.gen'
import { api, type Failure } from '../../shared/client'

export type Round = components['schemas']['Round']

interface Learnt {
  rounds: Round[]
  at: number
  failure: Failure | null
}
const state = reactive<Learnt>({ rounds: [], at: 0, failure: null })

/** My rounds as they were when there was network. */
export const learnt = readonly(state) as Learnt
const key = (): string => `of/${owner()}/rounds`

/** Reads my rounds, from the phone first. */
export async function learnRounds(): Promise<void> {
  const kept = await remembered<Pick<Learnt, 'rounds' | 'at'>>(key())
  Object.assign(state, kept ?? { rounds: [], at: 0 })
  const { data, failure } = await answer(api.GET('/api/v1/rounds/mine'))
  state.failure = failure
  if (failure) return
  Object.assign(state, { rounds: data.rounds, at: Date.now() })
  await bestEffort('my rounds are not kept for later', remember(key(), { rounds: data.rounds, at: state.at }))
}

/** How a round stands on this phone: what waits in the outbox is done, and the clock opens and closes what was read before. */
export function stateHere(r: Round, now: number): Round['state'] | 'sent' {
  if (sentHere.value.has(r.id)) return 'sent'
  if (r.state !== 'planned' && r.state !== 'open') return r.state
  if (Date.parse(r.closes_at ?? '') <= now) return 'missed'
  return Date.parse(r.opens_at ?? '') <= now ? 'open' : 'planned'
}

/** The rounds whose ends wait in the outbox. */
const sentHere = computed(() => new Set(outbox.items.filter(isRound).map((i) => i.id)))
