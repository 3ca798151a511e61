/**
 * A small network that finds faces: "tiny face detector" of @vladmandic/face-api 1.7.15 (MIT, model/LICENSE), read from its weights and run by these
 * lines alone. One convolution, five that are separable, and one that says of each cell of a grid how likely a face of each of five shapes is there.
 */

/** A picture of so many channels, row by row, channels last. */
export interface Plane {
  size: number
  channels: number
  values: Float32Array
}

/** A face that was found, in parts of the picture's sides. */
export interface Face {
  x: number
  y: number
  w: number
  h: number
  score: number
}

interface Weights {
  values: Float32Array
  shape: number[]
}

/** What lies in the file of weights, in its order: how many of each, and how a byte becomes a number. */
const parts: [shape: number[], scale: number, min: number][] = [
  [[3, 3, 3, 16], 0.009007044399485869, -1.2069439495311063],
  [[16], 0.005263455241334205, -0.9211046672334858],
  [[3, 3, 16], 0.004001977630690033, -0.5042491814669441],
  [[16, 32], 0.013836609615999109, -1.411334180831909],
  [[32], 0.0015159862590771096, -0.30926119685173037],
  [[3, 3, 32], 0.002666276225856706, -0.317286870876948],
  [[32, 64], 0.015265831292844286, -1.6792414422128714],
  [[64], 0.0020280554598453, -0.37113414915168985],
  [[3, 3, 64], 0.006100742489683862, -0.8907084034938438],
  [[64, 128], 0.016276211832083907, -2.0508026908425725],
  [[128], 0.003394414279975143, -0.7637432129944072],
  [[3, 3, 128], 0.006716050119961009, -0.8059260143953211],
  [[128, 256], 0.021875603993733724, -2.8875797271728514],
  [[256], 0.0041141652009066415, -0.8187188749804216],
  [[3, 3, 256], 0.008423839597141042, -0.9013508368940915],
  [[256, 512], 0.030007277283014035, -3.8709387695088107],
  [[512], 0.008402082966823203, -1.4871686851277068],
  [[512, 25], 0.028336129469030042, -4.675461362389957],
  [[25], 0.002268134028303857, -0.41053225912299807],
]

/** The shapes of a face, in cells of the grid, and what is taken from each colour before anything else. */
const anchors = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
] as const
const mean = [117.001, 114.697, 97.404] as const

/** Reads the weights from their file. */
export function readWeights(bytes: Uint8Array): Weights[] {
  let at = 0
  const all = parts.map(([shape, scale, min]) => {
    const count = shape.reduce((a, b) => a * b, 1)
    const values = new Float32Array(count)
    for (let n = 0; n < count; n++) values[n] = bytes[at + n]! * scale + min
    at += count
    return { values, shape }
  })
  if (at !== bytes.length) throw new Error(`the weights are ${bytes.length} bytes, want ${at}`)
  return all
}

const leaky = (v: number): number => (v > 0 ? v : v * 0.1)

/** A full convolution of 3×3 without an edge: the first step, from colours. */
function convolve(p: Plane, w: Weights, bias: Weights): Plane {
  const out = w.shape[3]!
  const size = p.size - 2
  const values = new Float32Array(size * size * out)
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const to = (y * size + x) * out
      for (let o = 0; o < out; o++) values[to + o] = bias.values[o]!
      for (let dy = 0; dy < 3; dy++)
        for (let dx = 0; dx < 3; dx++)
          for (let c = 0; c < p.channels; c++) {
            const v = p.values[((y + dy) * p.size + x + dx) * p.channels + c]!
            const from = ((dy * 3 + dx) * p.channels + c) * out
            for (let o = 0; o < out; o++) values[to + o]! += v * w.values[from + o]!
          }
      for (let o = 0; o < out; o++) values[to + o] = leaky(values[to + o]!)
    }
  return { size, channels: out, values }
}

/** Each channel by itself with its neighbours, zero beyond the edge. */
function neighbours(p: Plane, w: Weights): Plane {
  const { size, channels } = p
  const values = new Float32Array(p.values.length)
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const to = (y * size + x) * channels
      for (let dy = Math.max(0, 1 - y); dy < Math.min(3, size + 1 - y); dy++)
        for (let dx = Math.max(0, 1 - x); dx < Math.min(3, size + 1 - x); dx++) {
          const from = ((y + dy - 1) * size + x + dx - 1) * channels
          const by = (dy * 3 + dx) * channels
          for (let c = 0; c < channels; c++) values[to + c]! += p.values[from + c]! * w.values[by + c]!
        }
    }
  return { size, channels, values }
}

/** Every point by itself over its channels. */
function mix(p: Plane, w: Weights, bias: Weights, after: (v: number) => number): Plane {
  const out = bias.values.length
  const values = new Float32Array(p.size * p.size * out)
  for (let n = 0; n < p.size * p.size; n++) {
    const to = n * out
    for (let o = 0; o < out; o++) values[to + o] = bias.values[o]!
    for (let c = 0; c < p.channels; c++) {
      const v = p.values[n * p.channels + c]!
      if (v === 0) continue
      const from = c * out
      for (let o = 0; o < out; o++) values[to + o]! += v * w.values[from + o]!
    }
    for (let o = 0; o < out; o++) values[to + o] = after(values[to + o]!)
  }
  return { size: p.size, channels: out, values }
}

/** The largest of four neighbours; by steps of two it halves the picture. */
function largest(p: Plane, step: 1 | 2): Plane {
  const size = step === 2 ? Math.ceil(p.size / 2) : p.size
  const { channels } = p
  const values = new Float32Array(size * size * channels).fill(-Infinity)
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      for (let dy = 0; dy < 2 && y * step + dy < p.size; dy++)
        for (let dx = 0; dx < 2 && x * step + dx < p.size; dx++) {
          const from = ((y * step + dy) * p.size + x * step + dx) * channels
          const to = (y * size + x) * channels
          for (let c = 0; c < channels; c++)
            if (p.values[from + c]! > values[to + c]!) values[to + c] = p.values[from + c]!
        }
  return { size, channels, values }
}

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v))

/** The faces in a square picture of red, green, blue and alpha; fill is how much of its width and height is picture, the rest is nothing. */
export function facesIn(
  rgba: Uint8ClampedArray,
  size: number,
  fill: { w: number; h: number },
  w: Weights[],
  least: number,
): Face[] {
  const values = new Float32Array(size * size * 3)
  for (let n = 0; n < size * size; n++)
    for (let c = 0; c < 3; c++) values[n * 3 + c] = (rgba[n * 4 + c]! - mean[c]!) / 255
  let p = largest(convolve({ size, channels: 3, values }, w[0]!, w[1]!), 2)
  for (let layer = 0; layer < 5; layer++) {
    const at = 2 + 3 * layer
    p = largest(mix(neighbours(p, w[at]!), w[at + 1]!, w[at + 2]!, leaky), layer < 4 ? 2 : 1)
  }
  const grid = mix(p, w[17]!, w[18]!, (v) => v)
  const found: Face[] = []
  for (let row = 0; row < grid.size; row++)
    for (let col = 0; col < grid.size; col++)
      anchors.forEach(([ax, ay], a) => {
        const at = (row * grid.size + col) * 25 + a * 5
        const score = sigmoid(grid.values[at + 4]!)
        if (score < least) return
        const width = (Math.exp(grid.values[at + 2]!) * ax) / grid.size / fill.w
        const height = (Math.exp(grid.values[at + 3]!) * ay) / grid.size / fill.h
        found.push({
          x: (col + sigmoid(grid.values[at]!)) / grid.size / fill.w - width / 2,
          y: (row + sigmoid(grid.values[at + 1]!)) / grid.size / fill.h - height / 2,
          w: width,
          h: height,
          score,
        })
      })
  return found
}

/** How much of two boxes is common to both. */
export function overlap(a: Omit<Face, 'score'>, b: Omit<Face, 'score'>): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x)
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y)
  if (w <= 0 || h <= 0) return 0
  return (w * h) / (a.w * a.h + b.w * b.h - w * h)
}

/** The likeliest of those that lie on each other. */
export function distinct(all: Face[]): Face[] {
  const kept: Face[] = []
  for (const f of [...all].sort((a, b) => b.score - a.score)) if (kept.every((k) => overlap(k, f) < 0.3)) kept.push(f)
  return kept
}
