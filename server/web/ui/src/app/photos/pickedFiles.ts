/** Why a file that was picked cannot be a photo; none when it can. The server has the last word: it looks into every byte. */
export type Refusal = 'video' | 'other' | 'empty' | 'large'

/** The bounds of the server (mobile-api-spec/openapi.yaml, acceptPhoto). */
export const mostBytes = 64 * 1024 * 1024

/** How many photos a report takes at once. */
export const mostAtOnce = 20

/** How much of a file is read to know what it is. */
const head = 64

/** The brands of still pictures that the server takes (pkg/photo, Sniff). */
const stillBrands = /avif|avis|hei[cxms]|hev[cx]|mif[123]|msf1|miaf|avc[is]|jpe?gs?/

export async function refusalOf(file: Blob): Promise<Refusal | undefined> {
  if (file.size === 0) return 'empty'
  if (file.type.startsWith('video/')) return 'video'
  if (file.size > mostBytes) return 'large'
  const bytes = new Uint8Array(await file.slice(0, head).arrayBuffer())
  if (starts(bytes, 4, 'ftyp')) return stillBrands.test(brandsOf(bytes)) ? undefined : 'video'
  return starts(bytes, 1, 'PNG') || starts(bytes, 8, 'WEBP') || isJPEG(bytes) ? undefined : 'other'
}

/** The major brand and the compatible ones, apart. */
function brandsOf(bytes: Uint8Array): string {
  const size = (((bytes[0] ?? 0) << 24) | ((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)) >>> 0
  const all: string[] = []
  for (let at = 8; at + 4 <= Math.min(bytes.length, size); at += 4)
    if (at !== 12) all.push(String.fromCharCode(...bytes.subarray(at, at + 4)))
  return all.join(' ')
}
function starts(bytes: Uint8Array, at: number, text: string): boolean {
  return [...text].every((c, n) => bytes[at + n] === c.charCodeAt(0))
}
function isJPEG(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8
}
