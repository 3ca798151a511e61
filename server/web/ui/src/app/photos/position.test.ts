// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type * as Position from './position'

let position: typeof Position
let found: PositionCallback
const asked = vi.fn((callback: PositionCallback) => {
  found = callback
  return asked.mock.calls.length
})
const at = (timestamp: number, accuracy = 8): void =>
  found({ timestamp, coords: { latitude: 20, longitude: 110, accuracy } } as GeolocationPosition)

beforeEach(async () => {
  vi.useFakeTimers({ now: 1_790_000_000_000 })
  vi.stubGlobal('isSecureContext', true)
  vi.stubGlobal('navigator', { geolocation: { watchPosition: asked, clearWatch: vi.fn() } })
  asked.mockClear()
  vi.resetModules()
  position = await import('./position')
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a position is there for a minute, then it is said that it is too old, and another one is asked for', () => {
  position.watchPlace()
  at(Date.now())
  vi.advanceTimersByTime(60_000)
  expect(position.fresh()).toMatchObject({ lat: 20, lon: 110 })
  vi.advanceTimersByTime(1000)
  expect(position.place).toMatchObject({ here: null, why: 'stale' })
  expect(asked).toHaveBeenCalledTimes(2)
  at(Date.now())
  expect(position.place).toMatchObject({ why: '', here: { lat: 20 } })
})

test('a phone that slept has no position when it wakes up', () => {
  position.watchPlace()
  at(Date.now())
  vi.setSystemTime(Date.now() + 88_000) // no timer ran
  expect(position.fresh()).toBeNull()
  expect(position.placeIn(position.fresh())).toBeUndefined()
})

test('a position of the screen before is not the one of this screen', () => {
  const end = position.watchPlace()
  at(Date.now())
  end()
  vi.setSystemTime(Date.now() + 88_000)
  position.watchPlace()
  expect(position.place.here).toBeNull()
})

test('the clock of the satellites is never ahead, and an accuracy that cannot be is none', () => {
  position.watchPlace()
  at(Date.now() + 5000, -1)
  expect(position.placeIn(position.fresh())).toEqual({
    lat: 20,
    lon: 110,
    datum: 'wgs84',
    source: 'gps',
    captured_at: new Date().toISOString(),
  })
})

test('a pin is in the datum of its map, and has neither accuracy nor age', () => {
  expect(position.placeOfPin({ lat: 20.123456789, lon: 110, datum: 'gcj02' })).toEqual({
    lat: 20.1234568,
    lon: 110,
    datum: 'gcj02',
    source: 'map',
  })
})
