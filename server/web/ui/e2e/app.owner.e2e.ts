import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, drawn, held, logIn, openScreen, reports, Server } from './lib'

const server = new Server()
let browser: Browser
const jpeg = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z',
  'base64',
)
interface Told {
  place?: { lat: number; lon: number; source: string }
  reporter: { display_name: string }
  category: { code: string }
  flags: { kind: string }[]
}

beforeAll(async () => {
  await server.start()
  await server.city()
  browser = await chromium.launch({
    executablePath: chrome,
    args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', ...drawn],
  })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

/** Where the phones are, with more digits than the second of any moment has: that somebody was hired at 11:08:20.03 is no place. */
const latitude = 20.03127

/** A phone of which nobody knows anything. */
async function phone(): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
    locale: 'zh-CN',
    geolocation: { latitude, longitude: 110.33, accuracy: 8 },
    permissions: ['geolocation', 'camera'],
  })
  const page = await context.newPage()
  await page.goto(`${server.url}/app/`)
  return { context, page }
}
const toldOf = async (id: string): Promise<Told> => server.ask<Told>('GET', `/api/v1/issues/${id}`)
const sent = (page: Page): Promise<void> =>
  expect.poll(async () => (await held(page)).items.length, { timeout: 20_000 }).toBe(0)

/** Logs out by the screen of the person. */
async function logOut(page: Page, how: string): Promise<void> {
  await openScreen(page, 'me')
  await page.click('button:has-text("退出登录")')
  await page.click(`button:has-text("${how}")`)
}

/** How the photos of the browser's camera begin. */
const jpegBegins = 'ÿØÿà\0\u0010JFIF'

/** All that a page can read of this device: every database, cache and file of the origin, as text, bytes as their characters. */
function readable(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const all: string[] = Object.entries(localStorage).flat()
    const bytes = (data: ArrayBuffer): void =>
      void all.push(new TextDecoder('utf-8').decode(data), new TextDecoder('latin1').decode(data))
    const take = (v: unknown): void => {
      if (v instanceof ArrayBuffer) bytes(v)
      else if (ArrayBuffer.isView(v))
        bytes(new Uint8Array(v.buffer as ArrayBuffer, v.byteOffset, v.byteLength).slice().buffer)
      else if (typeof v === 'object' && v !== null) Object.values(v).forEach(take)
      else all.push(String(v))
    }
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve) => {
        const asked = indexedDB.open(name ?? '')
        asked.onsuccess = () => resolve(asked.result)
      })
      for (const store of db.objectStoreNames)
        await new Promise<void>((resolve) => {
          const asked = db.transaction(store).objectStore(store).getAll()
          asked.onsuccess = () => (take(asked.result), resolve())
        })
      db.close()
    }
    for (const name of await caches.keys()) {
      if (name.includes('precache')) continue // the app itself
      const cache = await caches.open(name)
      for (const key of await cache.keys()) bytes(await (await cache.match(key))!.arrayBuffer())
    }
    const files = (await navigator.storage.getDirectory()) as unknown as { keys(): AsyncIterable<string> }
    for await (const entry of files.keys()) all.push(entry)
    return all.join('\n')
  })
}

test('what one inspector wrote and photographed cannot be read by who logs in next, and goes out when they are back', async () => {
  const { context, page } = await phone()
  await logIn(page, 'lin')
  await page.route('**/api/v1/issues/**', (route) => route.abort())
  await page.waitForSelector('.where:has-text("±8")') // the position is one of the secrets
  await page.fill('.place', '龙昆南路八十八号')
  await reports(page, 2)
  await page.click('.shutter') // a draft that is not sent yet
  await page.waitForFunction(() => document.querySelectorAll('.shots li').length === 1)
  await page.fill('.place', '海秀路的草稿')
  await page.waitForTimeout(1000)
  const own = await readable(page)
  for (const secret of ['龙昆南路', '海秀路', jpegBegins, String(latitude)])
    expect(own.includes(secret), `lin reads ${secret}`).toBe(false)
  await page.reload() // the key outlives the page
  await expect.poll(() => page.locator('.shots li').count()).toBe(1)
  await expect.poll(() => page.inputValue('.place')).toBe('海秀路的草稿')
  await logOut(page, '留在本机并退出')
  await page.waitForSelector('text=手机里有 3 项等待上传')
  for (const next of ['', 'wang']) {
    if (next) await logIn(page, next)
    const all = await readable(page)
    for (const secret of ['龙昆南路', '海秀路', jpegBegins, String(latitude)])
      expect(all.includes(secret), `${next} reads ${secret}`).toBe(false)
  }
  await page.unroute('**/api/v1/issues/**')
  await logOut(page, '留在本机并退出')
  await logIn(page, 'lin')
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  await sent(page)
  const made = await server.issues()
  expect(made).toHaveLength(1)
  expect(await server.ask<{ address: string }>('GET', `/api/v1/issues/${made[0]!.id}`)).toMatchObject({
    address: '龙昆南路八十八号',
  })
  for (const p of made[0]!.photos) expect(await server.digest(made[0]!.id, p.id)).toBe(p.sha256)
  await openScreen(page, 'outbox')
  await page.click('nav button:first-child')
  await expect.poll(() => page.locator('.shots li').count()).toBe(1)
  await expect.poll(() => page.inputValue('.place')).toBe('海秀路的草稿')
  await context.close()
})

test('what a phone kept from before there were keys is sealed at the next start, and sent', async () => {
  const { context, page } = await phone()
  const before = new Set((await server.issues()).map((i) => i.id))
  await page.route('**/seal-key', (route) => route.abort()) // as a server of before answers
  await page.route('**/api/v1/sessions', async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    const got = await route.fetch()
    const { seal_key: _, ...body } = (await got.json()) as Record<string, unknown>
    return route.fulfill({ response: got, json: body })
  })
  await logIn(page, 'wang')
  await page.route('**/api/v1/issues/**', (route) => route.abort())
  await page.waitForSelector('.where:has-text("±8")') // the position is one of the secrets
  await page.fill('.place', '文明东路十号')
  await reports(page)
  const open = await readable(page)
  for (const secret of ['文明东路十号', jpegBegins, String(latitude)])
    expect(open.includes(secret), `before: ${secret}`).toBe(true)
  await page.unroute('**/seal-key')
  await page.reload()
  const shown = async (): Promise<string[]> => {
    const all = await readable(page)
    return ['文明东路十号', jpegBegins, String(latitude)].filter((secret) => all.includes(secret))
  }
  await expect.poll(shown).toEqual([])
  await page.unroute('**/api/v1/issues/**')
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  await sent(page)
  const made = (await server.issues()).find((i) => !before.has(i.id))
  expect(await server.ask<{ address: string }>('GET', `/api/v1/issues/${made!.id}`)).toMatchObject({
    address: '文明东路十号',
  })
  await context.close()
})

test('what one inspector queued is neither seen nor sent by the next on the same phone; logging out keeps or clears it', async () => {
  const { context, page } = await phone()
  const before = new Set((await server.issues()).map((i) => i.id))
  await logIn(page, 'lin')
  await page.route('**/api/v1/issues/**', (route) => route.abort()) // a report does not get through
  await reports(page)
  await logOut(page, '留在本机并退出')
  await page.waitForSelector('text=手机里有 2 项等待上传')
  await logIn(page, 'wang')
  await page.unroute('**/api/v1/issues/**')
  await openScreen(page, 'outbox')
  await page.waitForSelector('text=本机还有其他人的 2 项待传')
  await page.waitForSelector('text=全部已上传')
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  await page.waitForTimeout(1500)
  expect((await server.issues()).filter((i) => !before.has(i.id))).toEqual([])
  await logOut(page, '留在本机并退出')
  await logIn(page, 'lin')
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  await sent(page)
  const issue = (await server.issues()).find((i) => !before.has(i.id))
  expect((await toldOf(issue!.id)).reporter.display_name).toBe('lin')

  await page.route('**/api/v1/issues/**', (route) => route.abort())
  await page.click('nav button:first-child')
  await reports(page)
  await openScreen(page, 'me')
  await page.click('button:has-text("退出登录")')
  await page.click('button:has-text("清除本机内容并退出")')
  await page.click('button:has-text("确定丢弃")')
  await page.waitForSelector('input[name=name]')
  await expect.poll(() => held(page)).toEqual({ items: [], bytes: 0 })
  await context.close()
})

test('a report whose category was switched off says so, and is mended on the phone', async () => {
  const { context, page } = await phone()
  await logIn(page, 'lin')
  const before = new Set((await server.issues()).map((i) => i.id))
  await page.waitForSelector('.kind')
  await page.route('**/api/v1/issues/**', (route) => route.abort())
  await reports(page)
  await server.ask('PUT', '/api/v1/categories/06010', {
    name_zh: '暴露垃圾',
    name_en: 'Exposed rubbish',
    group: 'litter',
    limit: 2,
    limit_unit: 'working_hour',
    enabled: false,
  })
  await page.unroute('**/api/v1/issues/**')
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  await openScreen(page, 'outbox')
  await page.waitForSelector('.mend .wrong:has-text("问题类别")', { timeout: 20_000 })
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/mend.png`, fullPage: true })
  await page.click('.mend .kind:not([aria-pressed=true]) >> nth=0')
  await page.click('.mend button:has-text("改好后重传")')
  await sent(page)
  const made = (await server.issues()).find((i) => !before.has(i.id))
  expect((await toldOf(made!.id)).category.code).not.toBe('06010')
  expect(made!.photos[0]!.state).toBe('safe')
  await context.close()
})

test('a photo from the gallery does not get the place of now; a pin is its place', async () => {
  const { context, page } = await phone()
  await logIn(page, 'wang')
  const before = new Set((await server.issues()).map((i) => i.id))
  await page.waitForSelector('.where:has-text("8")')
  const pick = async (n: number): Promise<void> => {
    const bytes = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xfe, 0, 3, n]), jpeg.subarray(2)])
    await page.setInputFiles('.pick input', [{ name: `${n}.jpg`, mimeType: 'image/jpeg', buffer: bytes }])
    await expect.poll(() => page.locator('.shots li').count()).toBe(1)
    await page.waitForSelector('text=从相册选取的照片没有位置')
  }
  const newest = async (): Promise<Told> => {
    const made = (await server.issues()).find((i) => !before.has(i.id))!
    before.add(made.id)
    return toldOf(made.id)
  }
  await pick(1)
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/gallery.png`, fullPage: true })
  await page.click('.kind >> nth=0')
  await page.click('.big')
  await sent(page)
  const plain = await newest()
  expect(plain.place).toBeUndefined()
  expect(plain.flags.map((f) => f.kind)).toContain('place.none')

  await pick(2)
  await page.click('button:has-text("在地图上标位置")')
  await page.waitForSelector('.pin[data-ready]', { timeout: 30_000 })
  await page.waitForSelector('.pin .here') // without a basemap: where one is, how far is how far, and what to do
  await page.waitForSelector('.pin .maplibregl-ctrl-zoom-in')
  await page.waitForSelector('.pin .maplibregl-ctrl-scale')
  await page.waitForSelector('text=点一下问题所在的地方')
  await page.click('.pin canvas', { position: { x: 200, y: 60 } })
  await page.waitForSelector('text=已标位置')
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/pin.png`, fullPage: true })
  await page.click('.kind >> nth=0')
  await page.click('.big')
  await sent(page)
  const pinned = await newest()
  expect(pinned.place).toMatchObject({ source: 'map' })
  expect(Math.abs(pinned.place!.lat - 20.03)).toBeGreaterThan(0.0001)
  expect(Math.abs(pinned.place!.lat - 20.03)).toBeLessThan(0.05)
  await context.close()
})
