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
  /** Why there is none: refused, none found after 20 seconds, or nothing asked yet. */
  why: '' | 'refused' | 'none' | 'insecure'
}

const state = reactive<Watched>({ here: null, why: '' })
export const place = readonly(state)

let watch: number | undefined
let watchers = 0

/** Reads the position from now on until the function that it gives is called: never while no camera is open. */
export function watchPlace(): () => void {
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
      state.here = { lat: coords.latitude, lon: coords.longitude, accuracy: coords.accuracy, at: timestamp }
      state.why = ''
    },
    (error) => {
      if (error.code === error.PERMISSION_DENIED) state.why = 'refused'
      else if (!state.here) state.why = 'none'
    },
    { enableHighAccuracy: true, timeout: 20_000, maximumAge: 5_000 },
  )
}

/** The place as the API takes it, if the phone has one. */
export function placeIn(here: Here | null): Record<string, unknown> | undefined {
  if (!here) return undefined
  return {
    lat: round(here.lat),
    lon: round(here.lon),
    accuracy_m: Math.round(here.accuracy * 10) / 10,
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
