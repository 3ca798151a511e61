import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Position } from '../../shared/datum'
import { middleOf, outlineOf, ringsOf, type Shape } from './polygonRings'

function square(x: number, y: number, side: number): Position[] {
  return [
    [x, y],
    [x + side, y],
    [x + side, y + side],
    [x, y + side],
    [x, y],
  ]
}

test('rings in rings are holes, and parts again in them; in whichever order they were drawn', () => {
  const island = square(0, 0, 10)
  const lake = square(2, 2, 6)
  const islet = square(4, 4, 2)
  const apart = square(20, 0, 5)
  const pond = square(21, 1, 1)
  fc.assert(
    fc.property(fc.shuffledSubarray([island, lake, islet, apart, pond], { minLength: 5 }), (rings) => {
      const shape = outlineOf(rings) as Extract<Shape, { type: 'MultiPolygon' }>
      expect(shape.type).toBe('MultiPolygon')
      expect(new Set(shape.coordinates.map((part) => JSON.stringify(part)))).toEqual(
        new Set([[island, lake], [islet], [apart, pond]].map((part) => JSON.stringify(part))),
      )
      expect(ringsOf(shape)).toHaveLength(5)
    }),
  )
  expect(outlineOf([lake, island])).toEqual({ type: 'Polygon', coordinates: [island, lake] })
  expect(ringsOf({ type: 'Point', coordinates: [1, 2] })).toEqual([])
  expect(ringsOf(undefined)).toEqual([])
})

test('the name of an area stands in the middle of its largest part', () => {
  expect(
    middleOf({ type: 'MultiPolygon', coordinates: [[square(50, 50, 1)], [square(0, 0, 10), square(1, 1, 1)]] }),
  ).toEqual([5, 5])
  expect(middleOf({ type: 'Polygon', coordinates: [[...square(110, 20, 1)].reverse()] })).toEqual([110.5, 20.5])
  expect(middleOf({ type: 'Point', coordinates: [1, 2] })).toEqual([1, 2])
  expect(
    middleOf({
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [1, 1],
          [0, 0],
        ],
      ],
    }),
  ).toBeUndefined()
})
