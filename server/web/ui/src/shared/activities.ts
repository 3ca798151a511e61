import { answer, answerTo, type Answer } from './answers'
import type { components } from './api.gen'
import { api } from './client'
import { base64Of, digestOf } from './crypto'

/** An activity as both apps show it. */
export type Activity = components['schemas']['Activity']
export type Stage = components['schemas']['PhotoStage']

export const activityKinds: Activity['kind'][] = ['clean_up', 'publicity', 'volunteering']
export const stages: Stage[] = ['before', 'after']

/** Photos of an activity by what they are by their content; the server looks at that, not at names. */
export const pictures = 'image/jpeg,image/png,image/webp,image/heic,image/avif'

/** Where a photo of an activity is read. */
export function photoPath(activity: string, sha256: string): string {
  return `/api/v1/activities/${activity}/photos/${sha256}`
}

/** Sends a photo of an activity with its digest; the same bytes again change nothing. */
export async function sendPhoto(activity: string, stage: Stage, file: Blob): Promise<Answer<unknown>> {
  const data = await file.arrayBuffer()
  const sha256 = await digestOf(data)
  return answerTo(`${photoPath(activity, sha256)}?stage=${stage}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/octet-stream', 'Content-Digest': `sha-256=:${base64Of(sha256)}:` },
    body: data,
  })
}

/** What came of an activity, as its forms hold it. */
export interface Outcome {
  note: string
  people: number
  places: number
  vehicles: number
  tonnes: number
  counted: boolean
}

/** An outcome to begin with: what was told, or nothing. */
export function outcomeOf(a: Activity): Outcome {
  const o = a.outcome
  return {
    note: o?.note ?? '',
    people: o?.people ?? 0,
    places: o?.places ?? 0,
    vehicles: o?.vehicles ?? 0,
    tonnes: o?.tonnes ?? 0,
    counted: o?.counted ?? true,
  }
}

/** Says what came of an activity. */
export function tellOutcome(activity: string, outcome: Outcome): Promise<Answer<unknown>> {
  return answer(
    api.PUT('/api/v1/activities/{id}/outcome', { params: { path: { id: activity } }, body: { ...outcome } }),
  )
}
