import type { Map as MapView, MapOptions } from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import { i18n } from './i18n'

/** A word of the palette as a map wants it. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

/** The library, which is large and comes when a map is opened. */
export async function mapLibrary(): Promise<typeof import('maplibre-gl')> {
  const [{ default: workerUrl }, library] = await Promise.all([
    import('maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'),
    import('maplibre-gl'),
  ])
  library.setWorkerUrl(workerUrl)
  return library
}

/** A map of nothing but its ground; undefined on a machine without WebGL. */
export function openMap(
  library: typeof import('maplibre-gl'),
  container: HTMLElement,
  at: Partial<MapOptions>,
): MapView | undefined {
  try {
    return new library.Map({
      container,
      style: {
        version: 8,
        sources: {},
        layers: [{ id: 'ground', type: 'background', paint: { 'background-color': colour('--card') } }],
      },
      maxZoom: 19,
      attributionControl: false,
      dragRotate: false,
      locale: {
        'Map.Title': i18n.global.t('nav.map'),
        'Marker.Title': i18n.global.t('map.marker'),
        'NavigationControl.ZoomIn': i18n.global.t('map.zoomIn'),
        'NavigationControl.ZoomOut': i18n.global.t('map.zoomOut'),
      },
      ...at,
    })
  } catch {
    return undefined
  }
}
