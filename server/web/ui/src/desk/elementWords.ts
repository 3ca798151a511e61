import en from 'element-plus/es/locale/lang/en'
import zhCn from 'element-plus/es/locale/lang/zh-cn'
import type { Language } from '../shared/i18n'

/** The words of Element Plus's own controls (pages, pickers, empty lists) in the languages of the desk. */
export const elementWords: Record<Language, typeof zhCn> = { 'zh-CN': zhCn, en }
