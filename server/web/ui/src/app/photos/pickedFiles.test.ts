import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mostBytes, refusalOf } from './pickedFiles'

/** The first bytes of a JPEG with a comment before its frame. */
function jpeg(width: number, height: number, comment = 10): Uint8Array {
  const note = [0xff, 0xfe, (comment + 2) >> 8, (comment + 2) & 255, ...Array<number>(comment).fill(0x41)]
  return Uint8Array.from([
    0xff,
    0xd8,
    ...note,
    0xff,
    0xc0,
    0,
    17,
    8,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    3,
    0,
    0,
    0,
    0,
  ])
}
const text = (s: string): Uint8Array<ArrayBuffer> => Uint8Array.from([...s].map((c) => c.charCodeAt(0)))
const file = (bytes: Uint8Array, type = ''): Blob => new Blob([Uint8Array.from(bytes)], { type })

const branded = (major: string, ...more: string[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([0, 0, 0, 16 + 4 * more.length, ...text(`ftyp${major}....${more.join('')}`)])

test('what cannot be a photo is refused with its reason', async () => {
  const cases: [Blob, string | undefined][] = [
    [file(jpeg(4000, 3000), 'image/jpeg'), undefined],
    [file(jpeg(20_000, 10_000), 'image/jpeg'), undefined],
    [file(jpeg(10_000, 10_000)), undefined],
    [file(jpeg(4000, 3000, 60_000)), undefined],
    [file(new Uint8Array()), 'empty'],
    ...['heic', 'mif1', 'mif2', 'msf1', 'avif', 'avci'].map((b): [Blob, undefined] => [file(branded(b)), undefined]),
    [file(branded('qqqq', 'mif1')), undefined],
    [file(branded('isom', 'iso2', 'mp41')), 'video'],
    [file(jpeg(1, 1), 'video/mp4'), 'video'],
    [file(text('.PNG....')), undefined],
    [file(text('RIFF....WEBP')), undefined],
    [file(text('a letter')), 'other'],
    [new Blob([new Uint8Array(mostBytes + 1)]), 'large'],
  ]
  for (const [blob, want] of cases) expect(await refusalOf(blob)).toBe(want)
})

test('no bytes make it fail', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (bytes, boxed) => {
      if (boxed)
        bytes.set(
          [...'ftyp'].map((c) => c.charCodeAt(0)).slice(0, Math.max(0, bytes.length - 4)),
          Math.min(4, bytes.length),
        )
      const why = await refusalOf(file(bytes))
      expect([undefined, 'other', 'video', 'empty']).toContain(why)
    }),
  )
})
