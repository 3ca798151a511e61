import { i18n } from './i18n'

/** The city's zone, in which every time is shown and read; the server says which it is. */
let zone = 'Asia/Shanghai'
const formats = new Map<string, Intl.DateTimeFormat>()

/** Takes the zone of the city. */
export function setZone(name: string | undefined): void {
  if (name && name !== zone) {
    zone = name
    formats.clear()
  }
}

/** A way to write times; made once, since making one takes longer than all that it will write on a screen. */
function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + Object.keys(options).join()
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(language, { timeZone: zone, hourCycle: 'h23', ...options })
  formats.set(key, made)
  return made
}

/** A moment as date and time in the city's zone. */
export function when(text: string | undefined): string {
  return text
    ? format(i18n.global.locale.value, { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).format(
        new Date(text),
      )
    : ''
}

/** When a photo was taken, by the phone's clock corrected by its skew; where nobody says, when it came, and that it is only that. */
export function shutterOf(p: { captured_at?: string; received_at?: string; skew_ms?: number }): string {
  const at = p.captured_at ? Date.parse(p.captured_at) + (p.skew_ms ?? 0) : 0
  if (at >= Date.UTC(2000, 0) && (!p.received_at || at - Date.parse(p.received_at) <= 86_400_000))
    return when(new Date(at).toISOString())
  return p.received_at ? i18n.global.t('photo.received', { at: when(p.received_at) }) : ''
}

/** A day of the city, so many days from today: 2026-11-24. */
export function cityDay(days = 0): string {
  return toCity(new Date(Date.now() + days * 86_400_000).toISOString()).slice(0, 10)
}

/** A moment as an input for date and time has it, in the city's zone: 2026-11-24T08:30. */
export function toCity(moment: string): string {
  return format('sv-SE', { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' })
    .format(new Date(moment))
    .replace(' ', 'T')
}

/** The moment that an input for date and time means in the city's zone. */
export function fromCity(text: string): string {
  const wanted = Date.parse(`${text}Z`)
  let at = wanted
  for (let n = 0; n < 2; n++) at += wanted - Date.parse(`${toCity(new Date(at).toISOString())}Z`) // twice, for the day on which clocks change
  return new Date(at).toISOString()
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

/** How far the server's clock is ahead of this device's; milliseconds, as it was last heard. It is kept for when there is no network. */
const aheadKey = 'spotcheck.clock'
let ahead = Number(localStorage.getItem(aheadKey) ?? 0) || 0

/** Takes the server's time as it was told a moment ago. */
export function setClock(serverTime: string | undefined): void {
  const at = Date.parse(serverTime ?? '')
  if (Number.isNaN(at)) return
  ahead = at - Date.now()
  localStorage.setItem(aheadKey, String(ahead))
}

/** The time now by the server's clock: deadlines are judged by it, whatever the clock of this device says. */
export function serverNow(): number {
  return Date.now() + ahead
}

/** How much time is left until a deadline, or how long it is past. */
export function left(due: string | undefined, now = serverNow()): string {
  if (!due) return ''
  const ms = new Date(due).getTime() - now
  return i18n.global.t(ms < 0 ? 'time.over' : 'time.left', { span: lasting(ms) })
}
