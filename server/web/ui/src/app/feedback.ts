import { bestEffort } from '../shared/answers'

/** What a hand feels: a photo was taken, something is safe on this phone, the server has it, it was refused. Nothing where a phone cannot. */
const patterns = { shot: [15], kept: [40], arrived: [30, 60, 30], refused: [120, 80, 120] }

/** Lets the phone be felt. */
export function buzz(what: keyof typeof patterns): void {
  if (typeof navigator.vibrate === 'function') navigator.vibrate(patterns[what])
}

/** Shows a number on the app's icon, where the system has that. */
export function badge(n: number): void {
  const app = navigator as { setAppBadge?: (n: number) => Promise<void>; clearAppBadge?: () => Promise<void> }
  const set = n > 0 ? app.setAppBadge?.(n) : app.clearAppBadge?.()
  if (set) void bestEffort('a browser tab has no icon', set)
}

interface Lock {
  release: () => Promise<void>
}
let lock: Lock | undefined

/** Keeps the screen on while something moves, so that the system does not stop it half way. */
export async function awake(wanted: boolean): Promise<void> {
  const system = (navigator as { wakeLock?: { request: (kind: 'screen') => Promise<Lock> } }).wakeLock
  if (!wanted) {
    const held = lock
    lock = undefined
    await held?.release()
  } else if (system && !lock && document.visibilityState === 'visible') {
    lock = await bestEffort('a system that saves power lets the screen go dark', system.request('screen'))
  }
}
