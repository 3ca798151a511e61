import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { folder, logIn, phone, Server } from './lib'

const server = new Server()
const jpeg = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z',
  'base64',
)
/** A picture that promises 20,000 by 10,000 pixels. */
const large = Buffer.concat([
  jpeg.subarray(0, 2),
  Buffer.from([
    0xff,
    0xc0,
    0,
    17,
    8,
    10_000 >> 8,
    10_000 & 255,
    20_000 >> 8,
    20_000 & 255,
    3,
    1,
    34,
    0,
    2,
    17,
    1,
    3,
    17,
    1,
  ]),
  jpeg.subarray(2),
])

beforeAll(async () => {
  await server.start()
  await server.city()
})
afterAll(() => server.end())

test.each(['zh-CN', 'en'])(
  'what is picked and can be no photo is named with its reason, and the rest is kept (%s)',
  async (language) => {
    const context = await phone(folder(), language)
    const page = context.pages()[0] ?? (await context.newPage())
    await page.goto(`${server.url}/app/`)
    await logIn(page, 'lin')
    await page.waitForSelector('.kind')
    const file = (name: string, mimeType: string, buffer: Buffer) => ({ name, mimeType, buffer })
    await page.setInputFiles('.pick input', [
      file('film.mp4', 'video/mp4', Buffer.from('....ftypisom')),
      file('letter.jpg', 'image/jpeg', Buffer.from('hello')),
      file('huge.jpg', 'image/jpeg', large),
      file('street.jpg', 'image/jpeg', jpeg),
      file('none.jpg', 'image/jpeg', Buffer.alloc(0)),
    ])
    await expect.poll(() => page.locator('.shots li').count()).toBe(2) // the server keeps large ones too
    const said = await page.locator('.camera [role=alert]').allTextContents()
    expect(said.map((s) => s.match(/film.mp4|letter.jpg|huge.jpg|none.jpg/)?.[0])).toEqual([
      'film.mp4',
      'letter.jpg',
      'none.jpg',
    ])
    await page.setInputFiles(
      '.pick input',
      Array.from({ length: 25 }, (_, n) =>
        file(
          `${n}.jpg`,
          'image/jpeg',
          Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xfe, 0, 3, n]), jpeg.subarray(2)]),
        ),
      ),
    )
    await expect.poll(() => page.locator('.shots li').count()).toBe(20)
    expect(await page.locator('.camera [role=alert]').allTextContents()).toHaveLength(1)
    await context.close()
  },
)

test('a HEIC photo from the picker is taken as it is, though this browser cannot show it', async () => {
  const bytes = readFileSync(new URL('testdata/tiny.heic', import.meta.url))
  const context = await phone(folder(), 'zh-CN')
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(`${server.url}/app/`)
  await logIn(page, 'lin')
  await page.waitForSelector('.kind')
  await page.setInputFiles('.pick input', [{ name: 'IMG_0001.HEIC', mimeType: 'image/heic', buffer: bytes }])
  await page.waitForSelector('.shots .blind:has-text("无法预览")')
  await page.click('.kind >> nth=0')
  await page.click('.big')
  const sum = createHash('sha256').update(bytes).digest('hex')
  await expect
    .poll(async () => (await server.issues()).flatMap((i) => i.photos).find((p) => p.sha256 === sum)?.state, {
      timeout: 30_000,
    })
    .toBe('safe')
  const issue = (await server.issues()).find((i) => i.photos.some((p) => p.sha256 === sum))!
  expect(await server.digest(issue.id, issue.photos[0]!.id)).toBe(sum) // every byte of it
  const shown = () =>
    page.evaluate(
      async (path) => (await fetch(path)).status,
      `/api/v1/issues/${issue.id}/photos/${issue.photos[0]!.id}/display`,
    )
  await expect.poll(shown, { timeout: 60_000 }).toBe(200) // and the server makes pictures that everybody can see
  await context.close()
})
