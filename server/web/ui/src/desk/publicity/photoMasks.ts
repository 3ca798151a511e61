/** A part of a picture that nobody may recognise, in ten-thousandths of its sides. */
export interface Mask {
  x: number
  y: number
  w: number
  h: number
}

/** The whole of a side. */
export const whole = 10_000

/** How far an arrow key moves. */
const step = 100

/** The mask between two points, whichever corner came first, inside the picture. */
export function drawn(a: { x: number; y: number }, b: { x: number; y: number }): Mask {
  const in0 = (v: number): number => Math.round(Math.min(Math.max(v, 0), whole))
  const [x, y] = [in0(Math.min(a.x, b.x)), in0(Math.min(a.y, b.y))]
  return { x, y, w: in0(Math.max(a.x, b.x)) - x, h: in0(Math.max(a.y, b.y)) - y }
}

/** A mask moved by an arrow key, or made larger or smaller by it; it stays inside the picture. */
export function moved(m: Mask, key: string, size: boolean): Mask {
  const dx = key === 'ArrowLeft' ? -step : key === 'ArrowRight' ? step : 0
  const dy = key === 'ArrowUp' ? -step : key === 'ArrowDown' ? step : 0
  const fit = (v: number, least: number, most: number): number => Math.min(Math.max(v, least), most)
  return size
    ? { ...m, w: fit(m.w + dx, step, whole - m.x), h: fit(m.h + dy, step, whole - m.y) }
    : { ...m, x: fit(m.x + dx, 0, whole - m.w), y: fit(m.y + dy, 0, whole - m.h) }
}
