import { reactive, readonly } from 'vue'
import type { components } from '../shared/api.gen'
import { answer } from '../shared/answers'
import { api, type Failure } from '../shared/client'

export type Bootstrap = components['schemas']['Bootstrap']
export type Issue = components['schemas']['Issue']
export type IssueRow = components['schemas']['IssueRow']

interface Registers {
  all: Bootstrap | null
  /** Why the last attempt to read them brought nothing. */
  failure: Failure | null
}

const state = reactive<Registers>({ all: null, failure: null })

/** Categories, units, areas and settings, read once for all screens. */
export const registers = readonly(state) as Registers

/** Reads the registers again. */
export async function learn(): Promise<void> {
  const { data, failure } = await answer(api.GET('/api/v1/bootstrap'))
  state.failure = failure ?? (data.categories ? null : { kind: 'answer' })
  if (data?.categories) state.all = data
}

/** The name of a category in a language. */
export function nameOf(c: { name_zh: string; name_en: string }, language: string): string {
  return language === 'en' ? c.name_en : c.name_zh
}
