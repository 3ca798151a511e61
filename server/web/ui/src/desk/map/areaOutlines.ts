import { api } from '../../shared/client'
import type { Bootstrap } from '../cityRegisters'
import type { Shape } from './polygonRings'

export type Area = Bootstrap['areas'][number]
export type Outline = { type: 'Feature'; geometry: Shape; properties: { name: string; level: string } }

/** From which zoom the areas of a level are drawn. */
const from: Record<string, number> = { district: 0, street: 11, community: 14, grid: 15, road: 14 }

/** How many outlines are read at once, and how many are drawn at most. */
const atOnce = 6
const most = 200

const kept = new Map<string, Outline | null>()

/** The outlines of the areas that a zoom shows; each is read once. */
export async function outlinesIn(areas: readonly Area[], zoom: number): Promise<Outline[]> {
  const wanted = areas.filter((a) => a.outline && a.level in from && zoom >= (from[a.level] ?? 99)).slice(0, most)
  const missing = wanted.filter((a) => !kept.has(a.outline ?? ''))
  for (let n = 0; n < missing.length; n += atOnce) await Promise.all(missing.slice(n, n + atOnce).map(read))
  return wanted.map((a) => kept.get(a.outline ?? '')).filter((o): o is Outline => !!o)
}

async function read(a: Area): Promise<void> {
  const { data } = await api.GET('/api/v1/areas/{id}/outline', { params: { path: { id: a.id } } }).catch(() => ({ data: undefined }))
  kept.set(a.outline ?? '', data ? ({ type: 'Feature', geometry: data.geometry, properties: { name: a.name, level: a.level } } as Outline) : null)
}
