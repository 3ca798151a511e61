// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { filterOf, queryOf } from './issues/issueFilter'
import { filterOfKind, placeOf, type TodoKind } from './todo'

const at = '2026-11-30T02:00:00Z'
const kinds: TodoKind[] = [
  'assign',
  'returned',
  'extension',
  'hold',
  'appeal',
  'dismissal',
  'verify',
  'work',
  'rework',
  'soon',
  'overdue',
  'reply',
  'flags',
]

test.each(kinds)('the list of what waits keeps its whole filter in the address: %s', (kind) => {
  const filter = filterOfKind(kind, at)
  expect(Object.fromEntries(new URLSearchParams(queryOf(filterOf(filter))))).toEqual(
    Object.fromEntries(new URLSearchParams(filter)),
  )
})

test('what is no issue has a screen of its own', () => {
  expect(filterOfKind('papers', at)).toBe('')
  expect(placeOf('imports', at)).toEqual({ name: 'imports' })
  expect(placeOf('appeal', at)).toEqual({ name: 'list', params: { filter: 'pending=appeal&sort=received' } })
})
