/** Why a file that was picked cannot be a photo; none when it can. The server has the last word: it looks into every byte. */
export type Refusal = 'video' | 'other' | 'empty' | 'large' | 'pixels'

/** The bounds of the server (mobile-api-spec/openapi.yaml, acceptPhoto). */
export const mostBytes = 32 * 1024 * 1024
export const mostPixels = 100_000_000

/** How many photos a report takes at once. */
export const mostAtOnce = 20

/** How much of a file is read to know what it is: headers of phones hold a preview before the size. */
const head = 256 * 1024

export async function refusalOf(file: Blob): Promise<Refusal | undefined> {
  if (file.size === 0) return 'empty'
  if (file.type.startsWith('video/')) return 'video'
  if (file.size > mostBytes) return 'large'
  const bytes = new Uint8Array(await file.slice(0, head).arrayBuffer())
  const pixels = jpegPixels(bytes)
  if (pixels !== undefined) return pixels > mostPixels ? 'pixels' : undefined
  if (starts(bytes, 4, 'ftyp'))
    return ['heic', 'heix', 'mif1', 'msf1', 'hevc', 'avif'].some((brand) => starts(bytes, 8, brand))
      ? undefined
      : 'video'
  return starts(bytes, 1, 'PNG') || starts(bytes, 8, 'WEBP') || isJPEG(bytes) ? undefined : 'other'
}

function starts(bytes: Uint8Array, at: number, text: string): boolean {
  return [...text].every((c, n) => bytes[at + n] === c.charCodeAt(0))
}
function isJPEG(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8
}

/** The pixels that the frame header of a JPEG promises; none where it is no JPEG or the header lies further behind. */
export function jpegPixels(bytes: Uint8Array): number | undefined {
  if (!isJPEG(bytes)) return undefined
  const two = (at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return two(at + 5) * two(at + 7)
    at += 2 + two(at + 2)
  }
  return undefined
}
