import type { LayerSpecification, Map as MapView, SourceSpecification } from 'maplibre-gl'
import type { components } from './api.gen'

export type Basemap = NonNullable<components['schemas']['Settings']['basemap']>

/** The quiet colours in which the layers of an unknown vector map are drawn. */
export interface Paints {
  line: string
  water: string
  text: string
}

/** Lays a basemap under everything else. What cannot be had leaves the map without one. */
export async function lay(map: MapView, b: Basemap, paints: Paints): Promise<void> {
  const under = map.getStyle().layers.find((l) => l.id !== 'ground')?.id
  const add = (source: SourceSpecification, layers: LayerSpecification[]): void => {
    map.addSource('basemap', source)
    for (const l of layers) map.addLayer(l, under)
  }
  const raster: LayerSpecification = {
    id: 'basemap',
    type: 'raster',
    source: 'basemap',
    paint: { 'raster-opacity': 0.85, 'raster-saturation': -0.4 },
  }
  if (b.kind === 'raster') return add({ type: 'raster', tiles: [b.url!], tileSize: 256 }, [raster])
  if (b.kind === 'vector') {
    const said = (await (await fetch(b.url!)).json()) as { vector_layers?: { id: string }[] }
    return add({ type: 'vector', url: b.url! }, drawn(said.vector_layers ?? [], paints))
  }
  const [{ PMTiles, Protocol }, { addProtocol }] = await Promise.all([import('pmtiles'), import('maplibre-gl')])
  const file = new PMTiles(b.url ?? `${location.origin}/api/v1/basemap.pmtiles`)
  const protocol = new Protocol()
  protocol.add(file)
  addProtocol('pmtiles', protocol.tile)
  const [header, said] = await Promise.all([
    file.getHeader(),
    file.getMetadata() as Promise<{ vector_layers?: { id: string }[] }>,
  ])
  const url = `pmtiles://${file.source.getKey()}`
  if (header.tileType === 1) add({ type: 'vector', url }, drawn(said.vector_layers ?? [], paints))
  else add({ type: 'raster', url, tileSize: 256 }, [raster])
}

/** Every layer of a vector map as areas, lines and names, whatever they are. */
function drawn(layers: { id: string }[], paints: Paints): LayerSpecification[] {
  const wet = (id: string): boolean => /water|sea|ocean|river|coast|lake/i.test(id)
  return layers.flatMap(({ id }): LayerSpecification[] => [
    {
      id: `basemap-${id}-areas`,
      type: 'fill',
      source: 'basemap',
      'source-layer': id,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': wet(id) ? paints.water : paints.line, 'fill-opacity': wet(id) ? 0.6 : 0.12 },
    },
    {
      id: `basemap-${id}-lines`,
      type: 'line',
      source: 'basemap',
      'source-layer': id,
      filter: ['!=', ['geometry-type'], 'Point'],
      paint: { 'line-color': wet(id) ? paints.water : paints.line, 'line-width': 1 },
    },
    {
      id: `basemap-${id}-names`,
      type: 'symbol',
      source: 'basemap',
      'source-layer': id,
      filter: ['==', ['geometry-type'], 'Point'],
      layout: { 'text-field': ['coalesce', ['get', 'name'], ''], 'text-size': 11 },
      paint: { 'text-color': paints.text },
    },
  ])
}
