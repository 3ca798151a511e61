import { distinct, facesIn, readWeights, type Face } from './faceModel'
import weightsUrl from './model/tinyFaces.bin?url'
import { plateBoxes } from './plateBoxes'

/** What is likely to be masked in a picture: faces, and plates with writing, in parts of its sides. */
export interface Proposals {
  faces: Face[]
  plates: Face[]
}

/** How large a square the network sees, how far tiles lie over each other, and from which likelihood a face is proposed. */
const side = 416
const lap = 0.2
const likely = 0.4
/** How wide a picture is looked at for plates, and how many of them are proposed. */
const plateSide = 1280
const mostPlates = 6

/** Faces in a part of the picture, seen as large as the network can. */
function look(
  picture: ImageBitmap,
  x: number,
  y: number,
  w: number,
  h: number,
  weights: ReturnType<typeof readWeights>,
): Face[] {
  const canvas = new OffscreenCanvas(side, side)
  const pen = canvas.getContext('2d', { willReadFrequently: true })!
  const scale = side / Math.max(w, h)
  const fill = { w: (w * scale) / side, h: (h * scale) / side }
  pen.fillRect(0, 0, side, side)
  pen.drawImage(picture, x, y, w, h, 0, 0, w * scale, h * scale)
  return facesIn(pen.getImageData(0, 0, side, side).data, side, fill, weights, likely).map((f) => ({
    x: (x + f.x * w) / picture.width,
    y: (y + f.y * h) / picture.height,
    w: (f.w * w) / picture.width,
    h: (f.h * h) / picture.height,
    score: f.score,
  }))
}

/** All of the picture, and its parts by themselves: who walks by is small in it. */
async function propose(picture: ImageBitmap): Promise<Proposals> {
  // eslint-disable-next-line no-restricted-globals -- bytes of this build; whoever asked for proposals has the failure in hand
  const file = await fetch(weightsUrl)
  const weights = readWeights(new Uint8Array(await file.arrayBuffer()))
  const { width, height } = picture
  const found = look(picture, 0, 0, width, height, weights)
  const [columns, rows] = width >= height ? [3, 2] : [2, 3]
  const [w, h] = [width / (columns - lap * (columns - 1)), height / (rows - lap * (rows - 1))]
  for (let row = 0; row < rows; row++)
    for (let col = 0; col < columns; col++)
      found.push(...look(picture, col * w * (1 - lap), row * h * (1 - lap), w, h, weights))
  const scale = Math.min(1, plateSide / Math.max(width, height))
  const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale))
  const pen = canvas.getContext('2d', { willReadFrequently: true })!
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height)
  const seen = pen.getImageData(0, 0, canvas.width, canvas.height)
  return { faces: distinct(found), plates: plateBoxes(seen.data, seen.width, seen.height, mostPlates) }
}

self.onmessage = async (e: MessageEvent<ImageBitmap>) => {
  self.postMessage(await propose(e.data))
}
