import type { Position } from '../../shared/datum'

/** What an area looks like on record. */
export type Shape =
  | { type: 'Polygon'; coordinates: Position[][] }
  | { type: 'MultiPolygon'; coordinates: Position[][][] }
  | { type: 'Point'; coordinates: Position }

/** The rings of an outline, parts and holes alike; a centre has none. */
export function ringsOf(shape: Shape | undefined): Position[][] {
  if (shape?.type === 'Polygon') return shape.coordinates
  return shape?.type === 'MultiPolygon' ? shape.coordinates.flat() : []
}

/** The outline that rings make: one that lies in another is a hole of it, and one in that hole is a part again. */
export function outlineOf(rings: readonly Position[][]): Shape {
  const around = rings.map((ring) => rings.filter((other) => other !== ring && within(ring[0]!, other)))
  const parts = rings.filter((_, n) => around[n]!.length % 2 === 0).map((part) => [part])
  rings.forEach((ring, n) => {
    const depth = around[n]!.length
    if (depth % 2 === 1)
      parts
        .find(([outer]) => around[n]!.includes(outer!) && around[rings.indexOf(outer!)]!.length === depth - 1)
        ?.push(ring)
  })
  return parts.length === 1 ? { type: 'Polygon', coordinates: parts[0]! } : { type: 'MultiPolygon', coordinates: parts }
}

/** Where the name of an area stands: in the middle of its largest part, by the weight of its surface; a centre is its own. */
export function middleOf(shape: Shape): Position | undefined {
  if (shape.type === 'Point') return shape.coordinates
  let largest = 0
  let middle: Position | undefined
  for (const ring of shape.type === 'Polygon'
    ? shape.coordinates.slice(0, 1)
    : shape.coordinates.map((part) => part[0]!)) {
    const [ox, oy] = ring[0]! // sums of differences keep their digits
    let [twice, x, y] = [0, 0, 0]
    for (let n = 1; n < ring.length; n++) {
      const [ax, ay, bx, by] = [ring[n - 1]![0] - ox, ring[n - 1]![1] - oy, ring[n]![0] - ox, ring[n]![1] - oy]
      const cross = ax * by - bx * ay
      twice += cross
      x += (ax + bx) * cross
      y += (ay + by) * cross
    }
    if (Math.abs(twice) > largest) [largest, middle] = [Math.abs(twice), [ox + x / (3 * twice), oy + y / (3 * twice)]]
  }
  return middle
}

/** Whether a position lies in a ring: a ray to the east crosses it an odd number of times. */
function within([x, y]: Position, ring: Position[]): boolean {
  let inside = false
  for (let n = 0, m = ring.length - 1; n < ring.length; m = n++) {
    const [ax, ay] = ring[n]!
    const [bx, by] = ring[m]!
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
  }
  return inside
}
