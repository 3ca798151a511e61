import { reactive, readonly } from 'vue'
import { remember, remembered } from '../../outbox/keep'
import { owner } from '../../outbox/owner'
import { answer, bestEffort } from '../../shared/answers'
import type { components } from '../../shared/api.gen'
import { api, type Failure } from '../../shared/client'
import { plain } from '../../shared/plain'
import { draftName, type Shown } from '../photos/photoDraft'
import { declarationOf } from '../../outbox/shots'

export type Standard = components['schemas']['Standard']
export type DueVisit = components['schemas']['DueVisit']
export type Content = components['schemas']['StandardContent']
export type Item = components['schemas']['StandardItem']
export type Result = components['schemas']['AnswerResult']
export type Summary = components['schemas']['VisitSummary']
type Place = components['schemas']['Place']

/** What a visit that was begun is about; it is made by this version of the standard, whatever becomes of it meanwhile. */
export interface Begun {
  standard: string
  version: number
  content: Content
  subject: 'place' | 'area'
  target: string
  name: string
  rechecks?: string
  draw?: string
  with: { id: string; name: string }[]
  /** What was wrong there the last time. */
  last: Summary['failed']
  /** The items that are asked: all, or of a re-check those that failed. */
  asked: string[]
  at: string
}

/** Something that was found at an item; with a category it becomes an issue under this id. */
export interface Found {
  id: string
  item: string
  note: string
  shots: string[]
  place?: Record<string, unknown>
}

export interface Answer {
  result: Result
  note: string
}

export interface Signature {
  kind: '' | 'signed' | 'refused' | 'absent'
  name: string
  reason: string
}

/** Begins a visit: what it is about is kept before the first answer. It gives the id of the visit. */
export async function begin(of: Begun): Promise<string> {
  const id = crypto.randomUUID()
  const begun = plain(of)
  await remember(`draft:${draftName(`visit/${id}`)}`, {
    begun,
    answers: {},
    found: [],
    note: '',
    signature: { kind: '', name: '', reason: '' },
  })
  await remember(openKey(), [...(await openVisits()), { id, name: of.name, standard: of.content.name, at: of.at }])
  return id
}

/** A visit that was begun and not sent yet. */
export interface Open {
  id: string
  name: string
  standard: string
  at: string
}
const openKey = (): string => `of/${owner()}/visits-open`

/** The visits that were begun and not sent yet. */
export async function openVisits(): Promise<Open[]> {
  return (await remembered<Open[]>(openKey())) ?? []
}

/** A visit that was in the outbox is changed: it stands among those that were begun again. */
export async function reopen(id: string, form: Record<string, unknown>): Promise<void> {
  const begun = form.begun as Begun
  await remember(openKey(), [
    ...(await openVisits()).filter((o) => o.id !== id),
    { id, name: begun.name, standard: begun.content.name, at: begun.at },
  ])
}

/** A visit was sent, or is not to be made. */
export async function close(id: string): Promise<void> {
  await remember(
    openKey(),
    (await openVisits()).filter((o) => o.id !== id),
  )
}

/** The body of a visit as the API takes it, and its photos with the issues that they are of. */
export function bodyOf(
  begun: Begun,
  answers: Record<string, Answer>,
  found: Found[],
  note: string,
  signature: Signature,
  shots: Shown[],
): { body: Record<string, unknown>; photos: { issue: string; shot: Shown }[] } {
  const photos: { issue: string; shot: Shown }[] = []
  const items = begun.content.items.filter((i) => begun.asked.includes(i.code))
  const findings = (i: Item): Record<string, unknown>[] =>
    found
      .filter((f) => f.item === i.code)
      .map((f) => {
        const words = f.note.trim() ? { note: f.note.trim() } : {}
        if (!i.category) return words
        const own = shots.filter((s) => f.shots.includes(s.id))
        photos.push(...own.map((shot) => ({ issue: f.id, shot })))
        const place = own.find((s) => s.place)?.place ?? f.place
        return {
          issue: f.id,
          ...words,
          ...(place ? { place } : {}),
          photos: own.map((s) => declarationOf(s, 'report')),
        }
      })
  const body = {
    standard: begun.standard,
    version: begun.version,
    subject: begun.subject,
    target: begun.target,
    ...(begun.rechecks ? { rechecks: begun.rechecks } : {}),
    ...(begun.draw ? { draw: begun.draw } : {}),
    ...(begun.with.length > 0 ? { with: begun.with.map((p) => p.id) } : {}),
    started_at: begun.at,
    done_at: new Date().toISOString(),
    answers: items.map((i) => {
      const a = answers[i.code]
      return {
        item: i.code,
        result: a?.result,
        ...(a?.note.trim() ? { note: a.note.trim() } : {}),
        ...(a?.result === 'no' ? { findings: findings(i) } : {}),
      }
    }),
    ...(note.trim() ? { note: note.trim() } : {}),
    signature: {
      kind: signature.kind,
      ...(signature.kind !== 'absent' && signature.name.trim() ? { name: signature.name.trim() } : {}),
      ...(signature.kind === 'refused' ? { reason: signature.reason.trim() } : {}),
    },
  }
  return { body, photos }
}

/** What stands in the way of sending: the first item that is not answered, or lacks its photo; a signature that is not complete. */
export function missingIn(
  begun: Begun,
  answers: Record<string, Answer>,
  found: Found[],
  signature: Signature,
  shots: Shown[],
): { item?: string; why: 'answer' | 'photo' | 'signature' } | undefined {
  for (const i of begun.content.items) {
    if (!begun.asked.includes(i.code)) continue
    const a = answers[i.code]
    if (!a) return { item: i.code, why: 'answer' }
    const photographed = found.some((f) => f.item === i.code && shots.some((s) => f.shots.includes(s.id)))
    if (a.result === 'no' && i.photo_needed && i.category && !photographed) return { item: i.code, why: 'photo' }
  }
  const { kind, name, reason } = signature
  const whole = kind === 'absent' || (kind === 'signed' && name.trim()) || (kind === 'refused' && reason.trim())
  return whole ? undefined : { why: 'signature' }
}

interface Learnt {
  standards: Standard[]
  due: DueVisit[]
  /** Places of the kinds that standards are for, for when there is no network. */
  places: Place[]
  at: number
  loading: boolean
  failure: Failure | null
}
const state = reactive<Learnt>({ standards: [], due: [], places: [], at: 0, loading: false, failure: null })

/** What is needed to begin a visit, as it was when there was network. */
export const learnt = readonly(state) as Learnt
const key = (): string => `of/${owner()}/visits`

/** How many places of each kind are kept for when there is no network. */
const keptPlaces = 200

/** Reads what is needed for visits, from the phone first. */
export async function learnVisits(): Promise<void> {
  const kept = await remembered<Pick<Learnt, 'standards' | 'due' | 'places' | 'at'>>(key())
  Object.assign(state, kept ?? { standards: [], due: [], places: [], at: 0 })
  state.loading = true
  try {
    const standards = await answer(api.GET('/api/v1/standards'))
    const due = await answer(api.GET('/api/v1/visits/due'))
    state.failure = standards.failure ?? due.failure
    if (!standards.data || !due.data) return
    const inForce = standards.data.standards.filter((s) => s.state === 'in_force')
    const places: Place[] = []
    for (const kind of new Set(inForce.flatMap((s) => s.kind ?? []))) {
      const { data, failure } = await answer(
        api.GET('/api/v1/places', { params: { query: { kind, limit: keptPlaces } } }),
      )
      state.failure = failure
      if (failure) return
      places.push(...data.places)
    }
    Object.assign(state, { standards: inForce, due: due.data.due, places, at: Date.now() })
    await bestEffort(
      'what visits need is not kept for later',
      remember(key(), plain({ standards: state.standards, due: state.due, places: state.places, at: state.at })),
    )
  } finally {
    state.loading = false
  }
}
