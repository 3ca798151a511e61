import type { Kept } from '../../outbox/keep'
import { isRound, isVisit } from '../../outbox/rules'

type Some = Pick<Kept, 'id' | 'kind' | 'state' | 'bytes'>

/** How many bytes of photos there are, and how many of them the server has. */
export function bytesIn(items: readonly Some[], moving: { id: string; bytes: number } | null): [number, number] {
  let sent = 0
  let all = 0
  for (const i of items) {
    if (i.kind !== 'photo') continue
    all += i.bytes ?? 0
    if (i.state === 'done') sent += i.bytes ?? 0
    else if (moving?.id === i.id) sent += Math.min(moving.bytes, i.bytes ?? 0)
  }
  return [sent, all]
}

/** How many photos the server has, of how many: how far an outbox is, wherever it is told. */
export function photosIn(items: readonly Pick<Kept, 'kind' | 'state'>[]): { n: number; m: number } {
  const photos = items.filter((i) => i.kind === 'photo')
  return { n: photos.filter((i) => i.state === 'done').length, m: photos.length }
}

/** The share of the photos' bytes that the server has, in whole percent. */
export function percentOf(items: readonly Some[], moving: { id: string; bytes: number } | null): number {
  const [sent, all] = bytesIn(items, moving)
  return all > 0 ? Math.floor((100 * sent) / all) : 0
}

/** Bytes as people read them: 830 KB, 3.4 MB. */
export function sizeOf(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`
}

/** What waits about one issue. */
export interface Card {
  issue: string
  words: string
  /** Whether it is a report, and not something done about an issue. */
  report: boolean
  visit: boolean
  /** Whether it is the end of a round: what was done there is sent as it is, or given up. */
  round: boolean
  address: string
  items: Kept[]
  photos: Kept[]
  asked: Kept[]
}

/** Whether something that was refused may pass as it is: the bytes of a photo do not change. */
export function mayPass(item: Pick<Kept, 'kind' | 'problem'>): boolean {
  return item.kind !== 'photo' || item.problem?.retry !== 'never'
}

/** One card for each issue, in the order in which it was begun. */
export function cardsOf(items: readonly Kept[]): Card[] {
  return [...new Set(items.map((i) => i.issue))].map((issue) => {
    const all = items.filter((i) => i.issue === issue)
    const body = all.find((i) => i.body)?.body
    return {
      issue,
      words: all[0]?.words ?? '',
      report: all.some((i) => i.id === issue),
      visit: all.some(isVisit),
      round: all.some(isRound),
      address: String(body?.address ?? body?.note ?? body?.reason ?? ''),
      items: all,
      photos: all.filter((i) => i.kind === 'photo'),
      asked: all.filter((i) => i.state === 'asked'),
    }
  })
}

/** The fields of a report's screen, from what was to be sent. */
export function reportFields(card: Card): Record<string, unknown> {
  const b = card.items.find((i) => i.id === card.issue)?.body ?? {}
  const place = b.place as { lat: number; lon: number; datum: string; source: string } | undefined
  const line = b.line as { start: unknown; end?: unknown } | undefined
  return {
    category: b.category ?? '',
    note: b.note ?? '',
    address: b.address ?? '',
    joins: b.joins ?? '',
    recurs: b.recurs ?? '',
    placeID: b.place_id ?? '',
    lineFrom: line?.start ?? null,
    lineTo: line?.end ?? null,
    pin: place?.source === 'map' ? { lat: place.lat, lon: place.lon, datum: place.datum } : null,
  }
}

/** The action of a card and the fields of its form, from what was to be sent. */
export function actionFields(card: Card): { action: string; fields: Record<string, unknown> } {
  const b = card.items.find((i) => i.kind === 'action')?.body ?? {}
  return {
    action: String(b.action ?? ''),
    fields: {
      verdict: b.verdict ?? '',
      found: b.found ?? '',
      how: b.how ?? '',
      reason: b.reason ?? b.note ?? '',
      about: b.about ?? 'overdue',
    },
  }
}
