import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { fromGCJ, toBD, toGCJ } from './datum'

/** Points that others converted, the same that the server is held against: longitude and latitude before and after. */
const rows = readFileSync(
  fileURLToPath(new URL('../../../../../pkg/geo/testdata/coordinate_test_vectors.csv', import.meta.url)),
  'utf8',
)
  .trim()
  .split('\n')
  .slice(1)
  .map((l) => l.split(',').map(Number))

test('positions are shifted as others shift them, and back', () => {
  expect(rows.length).toBe(5)
  for (const [lon, lat, x, y] of rows as [number, number, number, number][]) {
    const shown = toGCJ([lon, lat])
    expect(Math.abs(shown[0] - x)).toBeLessThan(6e-8)
    expect(Math.abs(shown[1] - y)).toBeLessThan(6e-8)
    const back = fromGCJ(shown)
    expect(Math.hypot(back[0] - lon, back[1] - lat)).toBeLessThan(1e-8)
  }
})

test('a position of Baidu is where the published example has it', () => {
  const [lon, lat] = toBD([116.403988, 39.914266])
  expect(lon).toBeCloseTo(116.41661560068297, 6)
  expect(lat).toBeCloseTo(39.92196580126834, 6)
})
