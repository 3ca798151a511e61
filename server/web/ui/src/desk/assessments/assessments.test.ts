import { expect, test } from 'vitest'
import { sumOf } from './assessments'

test('weights with decimals sum to 100, and a field that is empty counts nothing', () => {
  expect(sumOf([{ weight: 33.34 }, { weight: 33.33 }, { weight: 33.33 }])).toBe(100)
  expect(sumOf([{ weight: 50 }, { weight: '' as unknown as number }])).toBe(50)
})
