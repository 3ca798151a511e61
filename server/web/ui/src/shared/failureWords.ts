import type { Failure } from './client'
import { faultsOf } from './fieldFaults'
import { i18n } from './i18n'

/** A failure in the person's language: the server's own words are English, and so are those of a code that this build does not know. */
export function wordsOf(failure: Failure | null): string {
  const { t, te } = i18n.global
  if (!failure) return ''
  if (failure.kind !== 'problem') return t(`failed.${failure.kind}`, { ...failure })
  const key = `problem.${failure.problem.code}`
  const words = te(key) ? t(key) : (failure.problem.detail ?? failure.problem.title)
  const faults = faultsOf(failure.problem.errors)
  if (faults.length > 0) return `${words} ${faults.join(i18n.global.locale.value === 'en' ? '; ' : '；')}`
  return failure.problem.code === 'internal' ? `${words} ${failure.problem.request_id}` : words // to be found in the log
}
