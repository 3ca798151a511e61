import { i18n } from './i18n'

const zone = 'Asia/Shanghai'

/** A moment as date and time in the city's zone. */
export function when(text: string | undefined): string {
  if (!text) return ''
  return new Intl.DateTimeFormat(i18n.global.locale.value, { timeZone: zone, month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false }).format(new Date(text))
}

/** How long something is away, in words: 3 小时 20 分. */
export function lasting(ms: number): string {
  const { t } = i18n.global
  const minutes = Math.round(Math.abs(ms) / 60_000)
  if (minutes < 60) return t('time.minutes', { n: minutes })
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return t('time.hours', { n: hours, m: minutes % 60 })
  return t('time.days', { n: Math.floor(hours / 24), h: hours % 24 })
}

/** How much time is left until a deadline, or how long it is past. */
export function left(due: string | undefined, now = Date.now()): string {
  if (!due) return ''
  const ms = new Date(due).getTime() - now
  return i18n.global.t(ms < 0 ? 'time.over' : 'time.left', { span: lasting(ms) })
}
