import { expect, test } from 'vitest'
import { beside, periodOf, periodWords, spanOf, type PeriodKind } from './periods'

test.each<[PeriodKind, string, number, string, string, string]>([
  ['day', '2026-11-30', 1, '2026-11-30', '2026-11-30', '2026-11-30'],
  ['week', '2026-11-30', 1, '2026-W49', '2026-11-30', '2026-12-06'],
  ['week', '2026-11-29', 1, '2026-W48', '2026-11-23', '2026-11-29'],
  ['week', '2026-11-29', 0, '2026-W49', '2026-11-29', '2026-12-05'],
  ['week', '2027-01-02', 1, '2026-W53', '2026-12-28', '2027-01-03'],
  ['week', '2024-12-31', 1, '2025-W01', '2024-12-30', '2025-01-05'],
  ['ten_days', '2026-02-28', 1, '2026-02-T3', '2026-02-21', '2026-02-28'],
  ['ten_days', '2026-02-10', 1, '2026-02-T1', '2026-02-01', '2026-02-10'],
  ['month', '2028-02-01', 1, '2028-02', '2028-02-01', '2028-02-29'],
  ['quarter', '2026-11-30', 1, '2026-Q4', '2026-10-01', '2026-12-31'],
  ['half_year', '2026-06-30', 1, '2026-H1', '2026-01-01', '2026-06-30'],
  ['year', '2026-06-30', 1, '2026', '2026-01-01', '2026-12-31'],
])('%s of %s with weeks from %i is %s', (kind, day, first, name, from, to) =>
  expect(periodOf(kind, day, first)).toEqual({ kind, name, from, to }),
)

test('what is before and after', () => {
  expect(beside(periodOf('month', '2026-03-31'), -1).name).toBe('2026-02')
  expect(beside(periodOf('week', '2026-12-31'), 1).name).toBe('2027-W01')
  expect(beside(spanOf('2026-03-01', '2026-03-10'), -1).name).toBe('2026-02-19..2026-02-28')
})

test.each([
  ['2026-W04', 'period.named.week 2026 4'],
  ['2026-11-T2', 'period.named.ten_days_2 2026'],
  ['2026-11', 'period.named.month 2026'],
  ['2026-Q4', 'period.named.quarter 2026 4'],
  ['2026-H1', 'period.named.half_year_1 2026'],
  ['2026', 'period.named.year 2026'],
  ['2026-11-01..2026-11-20', 'period.named.span 2026-11-01'],
  ['2026-11-30', '2026-11-30'],
])('%s is no code on a screen', (name, words) => {
  const t = (key: string, of: Record<string, string>): string =>
    [key, of.year ?? of.from, of.n === 'NaN' ? '' : of.n].filter(Boolean).join(' ')
  expect(periodWords(name, t)).toBe(words)
})
