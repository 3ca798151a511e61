import type { Map as MapView } from 'maplibre-gl'
import type { Position } from '../../shared/datum'
import { colour } from '../../shared/map'
import type { IssueRow } from '../cityRegisters'
import type { Outline } from './areaOutlines'
import { middleOf } from './polygonRings'

type Features<G> = {
  type: 'FeatureCollection'
  features: { type: 'Feature'; properties: Record<string, string>; geometry: G }[]
}
type Points = Features<{ type: 'Point'; coordinates: Position }>
type Lines = Features<{ type: 'LineString'; coordinates: Position[] }>

/** The names of areas, each in the middle of its outline. */
export function namesOf(outlines: Outline[]): Points {
  return {
    type: 'FeatureCollection',
    features: outlines.flatMap((o) => {
      const middle = middleOf(o.geometry)
      return middle
        ? [
            {
              type: 'Feature',
              properties: { name: o.properties.name },
              geometry: { type: 'Point', coordinates: middle },
            },
          ]
        : []
    }),
  }
}

/** Where issues are, for those that say so, as positions are shown. */
export function placesOf(issues: IssueRow[], shown: (p: Position) => Position): Points {
  return {
    type: 'FeatureCollection',
    features: issues.flatMap(({ place }) =>
      place
        ? [
            {
              type: 'Feature',
              properties: {},
              geometry: { type: 'Point', coordinates: shown([place.lon, place.lat]) },
            },
          ]
        : [],
    ),
  }
}

/** The lines along which vehicles lost mud. */
export function mudOf(issues: IssueRow[], shown: (p: Position) => Position): Lines {
  return {
    type: 'FeatureCollection',
    features: issues.flatMap(({ line }) =>
      line?.end
        ? [
            {
              type: 'Feature',
              properties: {},
              geometry: {
                type: 'LineString',
                coordinates: [shown([line.start.lon, line.start.lat]), shown([line.end.lon, line.end.lat])],
              },
            },
          ]
        : [],
    ),
  }
}

/** Adds what is drawn of areas and issues to a map, with nothing in it yet: from the outlines at the bottom to the numbers on top. */
export function addIssueLayers(map: MapView): void {
  for (const id of ['areas', 'names', 'issues', 'heat', 'mud'])
    map.addSource(id, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
  map.addLayer({
    id: 'areas',
    type: 'line',
    source: 'areas',
    paint: { 'line-color': colour('--line'), 'line-width': ['case', ['==', ['get', 'level'], 'district'], 2, 1] },
  })
  map.addLayer({
    id: 'names',
    type: 'symbol',
    source: 'names',
    layout: { 'text-field': ['get', 'name'], 'text-size': 12 },
    paint: { 'text-color': colour('--quiet') },
  })
  map.addLayer({
    id: 'heat',
    type: 'heatmap',
    source: 'heat',
    paint: { 'heatmap-radius': ['interpolate', ['linear'], ['zoom'], 9, 8, 16, 40], 'heatmap-opacity': 0.75 },
  })
  map.addLayer({
    id: 'mud',
    type: 'line',
    source: 'mud',
    paint: { 'line-color': colour('--wrong'), 'line-width': 5, 'line-opacity': 0.8 },
  })
  map.addLayer({
    id: 'issues',
    type: 'circle',
    source: 'issues',
    paint: {
      'circle-radius': ['interpolate', ['linear'], ['ln', ['get', 'issues']], 0, 9, 10, 34],
      'circle-color': [
        'match',
        ['get', 'most'],
        'reported',
        colour('--s-reported'),
        'assigned',
        colour('--s-assigned'),
        'fixed',
        colour('--s-fixed'),
        colour('--s-verified'),
      ],
      'circle-opacity': 0.85,
      'circle-stroke-width': 2,
      'circle-stroke-color': colour('--card'),
    },
  })
  map.addLayer({
    id: 'numbers',
    type: 'symbol',
    source: 'issues',
    layout: { 'text-field': ['to-string', ['get', 'issues']], 'text-size': 13, 'text-allow-overlap': true },
    paint: { 'text-color': colour('--on-act') },
  })
}
