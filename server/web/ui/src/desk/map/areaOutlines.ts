import { answer } from '../../shared/answers'
import { api, type Failure } from '../../shared/client'
import type { Bootstrap } from '../cityRegisters'
import type { Position } from '../../shared/datum'
import type { Shape } from './polygonRings'

export type Area = Bootstrap['areas'][number]
export type Outline = { type: 'Feature'; geometry: Shape; properties: { name: string; level: string } }

/** From which zoom the areas of a level are drawn. */
const from: Record<string, number> = { district: 0, street: 11, community: 14, grid: 15, road: 14 }

/** How many outlines are read at once, and how many are drawn at most. */
const atOnce = 6
const most = 200

const kept = new Map<string, Outline>()

/** The outlines of the areas that a zoom shows, as far as they could be read, and why others could not; each is read once, and again after it failed. */
export async function outlinesIn(
  areas: readonly Area[],
  zoom: number,
): Promise<{ outlines: Outline[]; failure: Failure | null }> {
  const wanted = areas.filter((a) => a.outline && a.level in from && zoom >= (from[a.level] ?? 99)).slice(0, most)
  const missing = wanted.filter((a) => !kept.has(a.outline ?? ''))
  let failure: Failure | null = null
  for (let n = 0; n < missing.length && !failure; n += atOnce) {
    const failures = await Promise.all(missing.slice(n, n + atOnce).map(read))
    failure = failures.find((f) => f !== null) ?? null
  }
  return { outlines: wanted.map((a) => kept.get(a.outline ?? '')).filter((o) => o !== undefined), failure }
}

async function read(a: Area): Promise<Failure | null> {
  const { data, failure } = await answer(api.GET('/api/v1/areas/{id}/outline', { params: { path: { id: a.id } } }))
  if (data)
    kept.set(a.outline ?? '', {
      type: 'Feature',
      geometry: data.geometry,
      properties: { name: a.name, level: a.level },
    } as Outline)
  return failure
}

/** Outlines as they are drawn on a map that shows each position somewhere of its own. */
export function outlinesAt(outlines: Outline[], shown: (p: Position) => Position): Outline[] {
  const moved = (c: unknown): unknown =>
    Array.isArray(c) && typeof c[0] === 'number' ? shown(c as Position) : (c as unknown[]).map(moved)
  return outlines.map((o) => ({
    ...o,
    geometry: { ...o.geometry, coordinates: moved(o.geometry.coordinates) } as Shape,
  }))
}

/** The points of outlines, to bring them into sight. */
export function cornersOf(outlines: Outline[]): { lat: number; lon: number }[] {
  const points = (c: unknown): Position[] =>
    Array.isArray(c) && typeof c[0] === 'number' ? [c as Position] : (c as unknown[]).flatMap(points)
  return outlines.flatMap((o) => points(o.geometry.coordinates)).map(([lon, lat]) => ({ lat, lon }))
}
