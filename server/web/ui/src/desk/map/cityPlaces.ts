import { answer } from '../../shared/answers'
import { api, type Failure } from '../../shared/client'
import { cornersOf, outlinesIn, type Area } from './areaOutlines'

interface Place {
  lat: number
  lon: number
}

/** Clusters of issues in a box, and why there are none. */
async function clustersIn(
  bbox: number[],
  zoom: number,
): Promise<{ clusters: (Place & { issues: number })[]; failure: Failure | null }> {
  const { data, failure } = await answer(api.GET('/api/v1/map', { params: { query: { bbox, zoom } } }))
  return { clusters: data?.clusters ?? [], failure }
}

/** Places all over the city: of the issues around where the most lie, or its outlines where there are none or somebody sees none. */
export async function placesOfTheCity(
  sees: boolean,
  areas: readonly Area[],
): Promise<{ places: Place[]; failure: Failure | null }> {
  const all = sees ? await clustersIn([-180, -85, 180, 85], 9) : { clusters: [], failure: null }
  if (all.failure) return { places: [], failure: all.failure }
  const most = [...all.clusters].sort((a, b) => b.issues - a.issues)[0]
  if (!most) {
    const { outlines, failure } = await outlinesIn(areas, 0)
    return { places: cornersOf(outlines), failure }
  }
  const near = await clustersIn([most.lon - 0.5, most.lat - 0.5, most.lon + 0.5, most.lat + 0.5], 12)
  return { places: near.clusters, failure: near.failure }
}
