import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { cityDay, fromCity, setZone, shutterOf, toCity, when } from './times'

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

test('a photo stands under its corrected time, and under its receipt only with that word', () => {
  const received = '2026-11-24T02:00:00.000Z'
  const day = 86_400_000
  const of = (captured_at?: string, skew_ms?: number): string =>
    shutterOf({ captured_at, received_at: received, skew_ms })
  expect(of('2026-11-23T01:00:00.000Z', day)).toBe(when('2026-11-24T01:00:00.000Z'))
  expect(of('2026-11-24T01:00:00.000Z')).toBe(when('2026-11-24T01:00:00.000Z'))
  for (const impossible of [undefined, '1981-01-06T00:00:00.000Z', '2031-01-06T00:00:00.000Z'])
    expect(of(impossible)).toBe(`${when(received)} 收到`)
})
