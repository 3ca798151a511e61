import type { Face } from './faceModel'

/**
 * Boxes of one strong colour with writing on it: number plates (blue, yellow, green) and door numbers (blue, green). Asphalt, leaves and posters have
 * no such boxes; writing on other grounds is not looked for. What is found is a proposal, and no reading of it.
 */

type Colour = 'blue' | 'yellow' | 'green'

/** The shape of a plate: how much wider than high, and how much of its box has its colour. */
const shape = { narrowest: 1.2, widest: 5.5, filled: 0.42 }
/** The smallest that is worth a mask, points high, and from how many changes between colour and letter along a row it has writing. */
const smallest = 9
const changes = 6

function colourOf(r: number, g: number, b: number): Colour | undefined {
  const [low, high] = [Math.min(r, g, b), Math.max(r, g, b)]
  if (high < 60 || (high - low) / high < 0.42) return undefined
  if (b === high && b > r * 1.5 && b > g * 1.15) return 'blue'
  if (r === high && g > b * 1.6 && g > r * 0.55) return 'yellow'
  return g === high && g > r * 1.25 && g > b * 1.12 ? 'green' : undefined
}

/** Boxes of plates in a picture of red, green, blue and alpha, the likeliest first, in parts of its sides. */
export function plateBoxes(rgba: Uint8ClampedArray, width: number, height: number, most: number): Face[] {
  const found: Face[] = []
  for (const colour of ['blue', 'yellow', 'green'] as const) {
    const mask = new Uint8Array(width * height)
    for (let n = 0; n < mask.length; n++)
      if (colourOf(rgba[n * 4]!, rgba[n * 4 + 1]!, rgba[n * 4 + 2]!) === colour) mask[n] = 1
    for (const box of boxesOf(mask, width, height)) {
      const [w, h] = [box.right - box.left + 1, box.bottom - box.top + 1]
      if (h < smallest || w < h * shape.narrowest || w > h * shape.widest || w > width / 2) continue
      const filled = box.points / (w * h)
      const seen = changesIn(mask, width, box)
      if (filled < shape.filled || filled > 0.97 || seen < changes) continue
      found.push({ x: box.left / width, y: box.top / height, w: w / width, h: h / height, score: filled })
    }
  }
  return found.sort((a, b) => b.score - a.score).slice(0, most)
}

interface Box {
  left: number
  top: number
  right: number
  bottom: number
  points: number
}

/** How often, in the middle rows of a box, colour and no colour change: letters do that. */
function changesIn(mask: Uint8Array, width: number, b: Box): number {
  let most = 0
  const third = Math.floor((b.bottom - b.top) / 3)
  for (let y = b.top + third; y <= b.bottom - third; y++) {
    let n = 0
    for (let x = b.left + 1; x <= b.right; x++) if (mask[y * width + x] !== mask[y * width + x - 1]) n++
    most = Math.max(most, n)
  }
  return most
}

/** The boxes around what hangs together. */
function boxesOf(mask: Uint8Array, width: number, height: number): Box[] {
  const seen = new Uint8Array(mask.length)
  const all: Box[] = []
  const stack: number[] = []
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || seen[start]) continue
    const box = { left: width, top: height, right: 0, bottom: 0, points: 0 }
    stack.push(start)
    seen[start] = 1
    while (stack.length > 0) {
      const at = stack.pop()!
      const [x, y] = [at % width, Math.floor(at / width)]
      box.left = Math.min(box.left, x)
      box.right = Math.max(box.right, x)
      box.top = Math.min(box.top, y)
      box.bottom = Math.max(box.bottom, y)
      box.points++
      for (const [to, inside] of [
        [at - 1, x > 0],
        [at + 1, x < width - 1],
        [at - width, y > 0],
        [at + width, y < height - 1],
      ] as const)
        if (inside && mask[to] && !seen[to]) {
          seen[to] = 1
          stack.push(to)
        }
    }
    all.push(box)
  }
  return all
}
