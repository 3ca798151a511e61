import { expect, test } from 'vitest'
import { standingOf, type Paper } from './paperStates'

const now = Date.parse('2026-11-30T08:00:00Z')
const paper = (more: Partial<Paper>): Paper => ({ issued_at: '2026-11-30T07:00:00Z', signed: false, ...more }) as Paper

test('a paper is issued, then signed or overdue; void or replaced before all else', () => {
  expect(standingOf(paper({}), now)).toBe('issued')
  expect(standingOf(paper({ issued_at: '2026-11-29T07:00:00Z' }), now)).toBe('overdue')
  expect(standingOf(paper({ issued_at: '2026-11-29T07:00:00Z', signed: true }), now)).toBe('signed')
  expect(standingOf(paper({ corrected_by: { id: 'x', number: '2' } }), now)).toBe('corrected')
  expect(standingOf(paper({ cancelled_at: '2026-11-30T07:30:00Z' }), now)).toBe('cancelled')
})
