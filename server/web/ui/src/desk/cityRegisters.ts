import { reactive, readonly } from 'vue'
import type { components } from '../shared/api.gen'
import { api } from '../shared/client'

export type Bootstrap = components['schemas']['Bootstrap']
export type Issue = components['schemas']['Issue']
export type IssueRow = components['schemas']['IssueRow']

const state = reactive<{ all: Bootstrap | null }>({ all: null })

/** Categories, units, areas and settings, read once for all screens. */
export const registers = readonly(state) as { all: Bootstrap | null }

/** Reads the registers again. */
export async function learn(): Promise<void> {
  const { data } = await api.GET('/api/v1/bootstrap').catch(() => ({ data: undefined }))
  if (data?.categories) state.all = data
}

/** The name of a category in a language. */
export function nameOf(c: { name_zh: string; name_en: string }, language: string): string {
  return language === 'en' ? c.name_en : c.name_zh
}
