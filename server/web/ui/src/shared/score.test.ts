import { expect, test } from 'vitest'
import { runningScore } from './score'

const item = (code: string, points: number, more: object = {}): { code: string; text: string; points: number } => ({
  code,
  text: code,
  points,
  ...more,
})

test('the running score is what the server will say', () => {
  const items = [
    item('1', 20, { deduction: 5 }),
    item('2', 20, { deduction: 10 }),
    item('3', 20, { deduction: 5, cap: 10 }),
    item('4', 20, { veto: true }),
    item('5', 20, { deduction: 2.5 }),
  ]
  const yes = { result: 'yes' as const, findings: 0 }
  const no = (findings: number): { result: 'no'; findings: number } => ({ result: 'no', findings })
  expect(runningScore(items, {})).toBeUndefined()
  expect(runningScore(items, { 1: { result: 'na', findings: 0 } })).toBeUndefined()
  expect(runningScore(items, { 1: no(2), 2: no(1), 3: yes, 4: { result: 'na', findings: 0 }, 5: no(2) })).toBe(68.75)
  expect(runningScore(items, { 1: no(9), 3: no(9), 4: no(0) })).toBe(16.67)
  expect(runningScore(items, { 5: no(0) })).toBe(87.5)
})
