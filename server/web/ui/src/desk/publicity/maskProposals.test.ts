import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { distinct, facesIn, overlap, readWeights } from './faceModel'
import { maskOf } from './maskProposals'
import { plateBoxes } from './plateBoxes'

const weights = readWeights(new Uint8Array(readFileSync('src/desk/publicity/model/tinyFaces.bin')))

test('the network reads all of its weights, and sees no face on a plain wall', () => {
  expect(weights.reduce((n, w) => n + w.values.length, 0)).toBe(193_321)
  expect(() => readWeights(new Uint8Array(10))).toThrow('want 193321')
  const wall = new Uint8ClampedArray(128 * 128 * 4).fill(150)
  const grid = facesIn(wall, 128, { w: 1, h: 1 }, weights, 0)
  expect(grid).toHaveLength(4 * 4 * 5) // five shapes in each cell
  expect(Math.max(...grid.map((f) => f.score))).toBeLessThan(0.3)
})

test('of boxes that lie on each other the likeliest is left', () => {
  const box = { x: 0.1, y: 0.1, w: 0.2, h: 0.2 }
  const far = { ...box, x: 0.6, score: 0.5 }
  expect(overlap(box, box)).toBeCloseTo(1)
  expect(overlap(box, far)).toBe(0)
  const all = [{ ...box, score: 0.6 }, { ...box, x: 0.12, score: 0.9 }, far]
  expect(distinct(all).map((f) => f.score)).toEqual([0.9, 0.5])
})

test('a mask is wider than the face, and stays inside the picture', () => {
  expect(maskOf({ x: 0.4, y: 0.4, w: 0.2, h: 0.2 }, 0.25)).toEqual({ x: 3500, y: 3500, w: 3000, h: 3000 })
  expect(maskOf({ x: -0.1, y: 0.9, w: 0.3, h: 0.3 }, 0)).toEqual({ x: 0, y: 9000, w: 2000, h: 1000 })
})

test('a plate is found by its colour and its letters, and a plain blue box, asphalt and grass are not', () => {
  const [width, height] = [320, 200]
  const picture = new Uint8ClampedArray(width * height * 4)
  const fill = (x: number, y: number, w: number, h: number, [r, g, b]: number[]): void => {
    for (let py = y; py < y + h; py++)
      for (let px = x; px < x + w; px++) picture.set([r!, g!, b!, 255], (py * width + px) * 4)
  }
  for (let n = 0; n < width * height; n++)
    picture.set([90 + ((n * 37) % 40), 92 + ((n * 37) % 40), 95 + ((n * 37) % 40), 255], n * 4)
  expect(plateBoxes(picture, width, height, 6)).toEqual([])
  fill(200, 20, 60, 20, [23, 70, 201]) // a blue box without a letter
  fill(0, 150, width, 50, [40, 120, 40]) // grass
  expect(plateBoxes(picture, width, height, 6)).toEqual([])
  fill(40, 60, 66, 21, [23, 70, 201])
  for (let letter = 0; letter < 7; letter++) fill(44 + letter * 9, 64, 4, 13, [255, 255, 255])
  const [found, ...others] = plateBoxes(picture, width, height, 6)
  expect(others).toEqual([])
  expect(found).toMatchObject({ x: 40 / width, y: 60 / height, w: 66 / width, h: 21 / height })
})
