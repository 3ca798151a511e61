/** Longitude and latitude, as GeoJSON has them. */
export type Position = [number, number]

const a = 6378245 // semi-major axis of the Krasovsky 1940 ellipsoid, metres
const e2 = 0.006693421622965943 // its eccentricity squared

/** The GCJ-02 position that stands for a WGS-84 one, by the open description of the offset (as pkg/geo has it). */
export function toGCJ([lon, lat]: Position): Position {
  const x = lon - 105
  const y = lat - 35
  const { sin, cos, abs, sqrt, PI } = Math
  const common = 20 * (sin(6 * PI * x) + sin(2 * PI * x))
  const root = sqrt(abs(x))
  const north =
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * root +
    ((common + 20 * sin(PI * y) + 40 * sin((PI / 3) * y) + 160 * sin((PI / 12) * y) + 320 * sin((PI / 30) * y)) * 2) / 3
  const east =
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * root +
    ((common + 20 * sin(PI * x) + 40 * sin((PI / 3) * x) + 150 * sin((PI / 12) * x) + 300 * sin((PI / 30) * x)) * 2) / 3
  const phi = (lat * PI) / 180
  const w = 1 - e2 * sin(phi) * sin(phi)
  const degrees = 180 / PI
  return [
    lon + (east / ((a / sqrt(w)) * cos(phi))) * degrees,
    lat + (north / ((a * (1 - e2)) / (w * sqrt(w)))) * degrees,
  ]
}

/** The WGS-84 position that a GCJ-02 one stands for, to less than a millimetre. */
export function fromGCJ(p: Position): Position {
  let [lon, lat] = p
  for (let n = 0; n < 4; n++) {
    const s = toGCJ([lon, lat])
    lon += p[0] - s[0]
    lat += p[1] - s[1]
  }
  return [lon, lat]
}

/** The BD-09 position of Baidu that stands for a WGS-84 one. */
export function toBD(p: Position): Position {
  const [x, y] = toGCJ(p)
  const k = (Math.PI * 3000) / 180
  const z = Math.hypot(x, y) + 0.00002 * Math.sin(y * k)
  const theta = Math.atan2(y, x) + 0.000003 * Math.cos(x * k)
  return [z * Math.cos(theta) + 0.0065, z * Math.sin(theta) + 0.006]
}
