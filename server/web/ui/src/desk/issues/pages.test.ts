import { expect, test } from 'vitest'
import { eachOnce } from './pages'

test('an issue whose deadline moved between two pages stands once, as it is now', () => {
  const rows = [
    { id: 'a', due: 1 },
    { id: 'b', due: 2 },
    { id: 'c', due: 3 },
    { id: 'a', due: 4 },
  ]
  expect(eachOnce(rows)).toEqual([
    { id: 'a', due: 4 },
    { id: 'b', due: 2 },
    { id: 'c', due: 3 },
  ])
})
