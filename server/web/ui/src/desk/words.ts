import en from '../messages/desk.en.json'
import zh from '../messages/desk.zh-CN.json'
import { i18n } from '../shared/i18n'

/** Adds the words that the desk alone has: the phone does not carry them. */
export function learnWords(): void {
  const add = i18n.global.mergeLocaleMessage as (language: string, words: object) => void
  add('zh-CN', zh)
  add('en', en)
}
