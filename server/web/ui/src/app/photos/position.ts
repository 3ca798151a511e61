import { reactive, readonly } from 'vue'

/** Where the phone is, while somebody needs to know it. */
interface Here {
  lat: number
  lon: number
  accuracy: number
  at: number
}

interface Watched {
  here: Here | null
  /** Why there is none: refused, none found after 20 seconds, the last one too old, or nothing asked yet. */
  why: '' | 'refused' | 'none' | 'insecure' | 'stale'
}

/** A place that somebody marked by hand, in the datum of the map. */
export interface Pin {
  lat: number
  lon: number
  datum: 'wgs84' | 'gcj02'
}

/** How old a position may be when a photo is taken; milliseconds. */
export const freshMs = 60_000

const state = reactive<Watched>({ here: null, why: '' })
export const place = readonly(state)

let watch: number | undefined
let watchers = 0
let aging: ReturnType<typeof setTimeout> | undefined

/** Where the phone is now. A position that has become too old is none, and is asked for again. */
export function fresh(): Here | null {
  if (state.here && Date.now() - state.here.at > freshMs) {
    state.here = null
    state.why = 'stale'
    if (watch !== undefined) {
      navigator.geolocation.clearWatch(watch)
      begin()
    }
  }
  return state.here
}

/** Reads the position from now on until the function that it gives is called: never while no camera is open. */
export function watchPlace(): () => void {
  fresh()
  if (watchers++ === 0) begin()
  let ended = false
  return () => {
    if (ended) return
    ended = true
    if (--watchers === 0 && watch !== undefined) {
      navigator.geolocation.clearWatch(watch)
      watch = undefined
    }
  }
}

function begin(): void {
  if (!('geolocation' in navigator) || !window.isSecureContext) {
    state.why = 'insecure'
    return
  }
  watch = navigator.geolocation.watchPosition(
    ({ coords, timestamp }) => {
      const at = Math.min(timestamp, Date.now()) // the clock of the satellites may be ahead of the phone's
      state.here = { lat: coords.latitude, lon: coords.longitude, accuracy: coords.accuracy, at }
      state.why = ''
      clearTimeout(aging)
      aging = setTimeout(fresh, at + freshMs - Date.now() + 100)
    },
    (error) => {
      if (error.code === error.PERMISSION_DENIED) state.why = 'refused'
      else if (!fresh()) state.why = 'none'
    },
    { enableHighAccuracy: true, timeout: 20_000, maximumAge: 5_000 },
  )
}

/** Up to how many metres a position is good, and from how many it is none that others find the place by. */
const goodM = 50
const uselessM = 200

/** How good a position is: '' good, `poor`, or `bad`, where a pin says more. */
export function toneOf(here: { accuracy: number } | null): '' | 'poor' | 'bad' {
  if (!here || here.accuracy > uselessM) return 'bad'
  return here.accuracy > goodM ? 'poor' : ''
}

/** A pin as the API takes it. */
export function placeOfPin(pin: Pin): Record<string, unknown> {
  return { lat: round(pin.lat), lon: round(pin.lon), datum: pin.datum, source: 'map' }
}

/** The place as the API takes it, if the phone has one. */
export function placeIn(here: Here | null): Record<string, unknown> | undefined {
  if (!here) return undefined
  return {
    lat: round(here.lat),
    lon: round(here.lon),
    ...(here.accuracy >= 0 ? { accuracy_m: Math.round(here.accuracy * 10) / 10 } : {}),
    datum: 'wgs84',
    source: 'gps',
    captured_at: new Date(here.at).toISOString(),
  }
}

function round(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7
}

/** The way between two points in metres. */
export function metres(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const rad = Math.PI / 180
  const x = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad)
  const y = (b.lat - a.lat) * rad
  return Math.hypot(x, y) * 6_371_000
}
