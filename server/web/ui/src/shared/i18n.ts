import { createI18n } from 'vue-i18n'
import appEn from '../messages/app.en.json'
import appZh from '../messages/app.zh-CN.json'
import en from '../messages/en.json'
import problemsZh from '../messages/problems.zh-CN.json'
import zh from '../messages/zh-CN.json'

export const languages = ['zh-CN', 'en'] as const
export type Language = (typeof languages)[number]

const key = 'spotcheck.language'

/** The language that the person chose, or that of the browser. */
function firstLanguage(): Language {
  const chosen = localStorage.getItem(key) ?? navigator.language
  return chosen.startsWith('en') ? 'en' : 'zh-CN'
}

export const i18n = createI18n({
  legacy: false,
  locale: firstLanguage(),
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': { ...zh, ...appZh, ...problemsZh }, en: { ...en, ...appEn } },
})

/** Takes a language for all screens, and keeps it for the next start. */
export function speak(language: Language): void {
  i18n.global.locale.value = language
  localStorage.setItem(key, language)
  document.documentElement.lang = language
}
