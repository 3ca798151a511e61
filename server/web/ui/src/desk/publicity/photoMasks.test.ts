import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawn, moved, whole, type Mask } from './photoMasks'

const point = fc.record({
  x: fc.double({ min: -5000, max: 15_000, noNaN: true }),
  y: fc.double({ min: -5000, max: 15_000, noNaN: true }),
})
const inside = (m: Mask): boolean =>
  [m.x, m.y, m.w, m.h].every((v) => Number.isInteger(v) && v >= 0) && m.x + m.w <= whole && m.y + m.h <= whole

test('a mask lies in the picture, wherever the pointer goes', () => {
  fc.assert(
    fc.property(
      point,
      point,
      (a, b) => inside(drawn(a, b)) && JSON.stringify(drawn(a, b)) === JSON.stringify(drawn(b, a)),
    ),
  )
})

test('arrow keys never lead out of the picture, and leave something to see', () => {
  const key = fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown')
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.boolean()), { maxLength: 300 }), (keys) => {
      const m = keys.reduce((at, [k, size]) => moved(at, k, size), { x: 4000, y: 4000, w: 2000, h: 2000 })
      return inside(m) && m.w > 0 && m.h > 0
    }),
  )
  expect(moved({ x: 0, y: 0, w: 100, h: 100 }, 'ArrowRight', false).x).toBe(100)
})
