import { shallowRef } from 'vue'
import type { components } from './api.gen'
import { i18n } from './i18n'

type Fault = NonNullable<components['schemas']['Problem']['errors']>[number]

/** The sentences of the server about single fields, as patterns, the most particular first; each with its words in Chinese, where {0} is the first part that varies. */
const patterns = shallowRef<{ pattern: RegExp; chinese: string }[]>([])
let coming: Promise<void> | undefined

/** Fetches the sentences, which no screen needs to be seen: once, and again after it failed. */
export function learnSentences(): Promise<void> {
  return (coming ??= import('../messages/faults.zh-CN.json').then(
    ({ default: words }) => {
      patterns.value = Object.entries(words as Record<string, string>)
        .sort(([a], [b]) => literal(b) - literal(a))
        .map(([format, chinese]) => ({ pattern: patternOf(format), chinese }))
    },
    () => (coming = undefined),
  ))
}

/** How much of a sentence is the same each time. */
function literal(format: string): number {
  return format.replace(/%[-+.\d]*[a-z]|…$/g, '').length
}
function patternOf(format: string): RegExp {
  const escaped = format.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replace(/%(\\?[-+.\d])*[a-z]/g, '(.+?)').replace(/…$/, '.*')}$`, 's')
}

/** What is wrong with a field, in the language of the person. Of a sentence that this build does not know the field is named, and nothing is said in a language that was not chosen. */
export function detailOf(detail: string): string {
  if (i18n.global.locale.value === 'en') return detail
  void learnSentences()
  for (const p of patterns.value) {
    const found = p.pattern.exec(detail)
    if (found) return p.chinese.replace(/\{(\d)\}/g, (_, n: string) => found[Number(n) + 1] ?? '')
  }
  return /\p{Script=Han}/u.test(detail) ? detail : ''
}

/** The name of the field that a pointer leads to, as forms call it; with the number of the line in a list. A pointer that begins with a number is about a table, whose rows the server counts from its first line on. */
export function fieldOf(pointer: string): string {
  const { t, te } = i18n.global
  const parts = pointer
    .replace(/^(query|path|form|header):/, '/')
    .split('/')
    .filter(Boolean)
  return parts
    .map((p, n) =>
      /^\d+$/.test(p) ? (n === 0 ? t('row', { n: p }) : `#${Number(p) + 1}`) : te(`field.${p}`) ? t(`field.${p}`) : p,
    )
    .join(' ')
}

/** All that is wrong, field by field; at most so many. */
export function faultsOf(errors: Fault[] | undefined, most = 6): string[] {
  return (errors ?? []).slice(0, most).map((e) => `${fieldOf(e.pointer)} ${detailOf(e.detail)}`.trim())
}
