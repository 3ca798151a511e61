import { expect, test } from 'vitest'
import { addDays, shareText, weekday } from './roundDays'

test('days go over months and years, whatever the zone of the browser', () => {
  expect(addDays('2026-12-28', 7)).toBe('2027-01-04')
  expect(addDays('2026-03-01', -1)).toBe('2026-02-28')
  expect(weekday('2026-11-23')).toBe(1)
  expect(weekday('2026-11-29')).toBe(7)
})

test('a share shows what it is made of, and no data is none', () => {
  expect(shareText({ share: 10 / 11, kept: 10, due: 11 })).toBe('90.9 % (10 ÷ 11)')
  expect(shareText({ kept: 0, due: 0 })).toBe('—')
})
