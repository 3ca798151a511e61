import type { Mask } from './photoMasks'
import { whole } from './photoMasks'
import type { Proposals } from './proposals.worker'

/** A mask that is proposed: nothing is masked before a person takes it. */
export interface Proposed extends Mask {
  kind: 'face' | 'plate'
}

/** How much wider a mask is than the face in it, on each side: hair, ears and chin make somebody known too. */
const wider = 0.25

/** A box in parts of the sides as a mask, made wider by so much of itself, inside the picture. */
export function maskOf(box: { x: number; y: number; w: number; h: number }, by: number): Mask {
  const edge = (v: number): number => Math.round(Math.min(Math.max(v, 0), 1) * whole)
  const [x, y] = [edge(box.x - box.w * by), edge(box.y - box.h * by)]
  return { x, y, w: edge(box.x + box.w * (1 + by)) - x, h: edge(box.y + box.h * (1 + by)) - y }
}

/** Looks for faces and plates in a picture, beside the page; it rejects where this browser cannot. */
export async function proposalsFor(picture: HTMLImageElement): Promise<Proposed[]> {
  const bitmap = await createImageBitmap(picture)
  const worker = new Worker(new URL('./proposals.worker.ts', import.meta.url), { type: 'module' })
  try {
    const found = await new Promise<Proposals>((resolve, reject) => {
      worker.onmessage = (e: MessageEvent<Proposals>) => resolve(e.data)
      worker.onerror = (e) => reject(new Error(e.message))
      worker.postMessage(bitmap, [bitmap])
    })
    return [
      ...found.faces.map((f) => ({ kind: 'face' as const, ...maskOf(f, wider) })),
      ...found.plates.map((p) => ({ kind: 'plate' as const, ...maskOf(p, 0.1) })),
    ].filter((m) => m.w > 0 && m.h > 0)
  } finally {
    worker.terminate()
  }
}
