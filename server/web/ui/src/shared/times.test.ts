import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { cityDay, fromCity, setZone, toCity, when } from './times'

vi.hoisted(() => vi.stubGlobal('localStorage', { getItem: () => 'zh-CN', setItem: () => undefined }))

test('a time of the city is read as it is shown, in any zone and whatever the zone of this machine', () => {
  const moment = fc
    .date({ min: new Date('2020-01-01'), max: new Date('2039-01-01'), noInvalidDate: true })
    .map((d) => new Date(Math.floor(d.getTime() / 60_000) * 60_000).toISOString())
  for (const zone of ['Asia/Shanghai', 'Asia/Urumqi', 'Asia/Kathmandu', 'America/St_Johns', 'UTC']) {
    setZone(zone)
    fc.assert(
      fc.property(moment, (m) => {
        const shown = toCity(m)
        expect(toCity(fromCity(shown))).toBe(shown) // an hour that the clocks repeat may be the other one
        if (zone !== 'America/St_Johns') expect(fromCity(shown)).toBe(m)
      }),
    )
  }
  setZone('Asia/Shanghai')
  expect(fromCity('2026-11-24T08:30')).toBe('2026-11-24T00:30:00.000Z')
  expect(toCity('2026-11-23T16:00:00.000Z')).toBe('2026-11-24T00:00')
  expect(when('2026-11-23T16:05:00.000Z')).toMatch(/11.24.*00:05/)
  expect(cityDay(1) > cityDay()).toBe(true)
})
