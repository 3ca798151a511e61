import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, logIn, Server } from './lib'

const server = new Server()
let browser: Browser

beforeAll(async () => {
  await server.start()
  const { area } = await server.city()
  for (let n = 0; n < 12; n++) {
    const now = new Date().toISOString()
    await server.ask('PUT', `/api/v1/issues/${crypto.randomUUID()}`, {
      category: '06010',
      area,
      address: `解放路 ${n + 1} 号`,
      place: { lat: 20.03 + (n % 3) / 50, lon: 110.33 + Math.floor(n / 3) / 50 },
      photos: [],
      reported_at: now,
      sent_at: now,
    })
  }
  browser = await chromium.launch({
    executablePath: chrome,
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

test('the map shows the whole city, lists what lies in sight, and keeps its place in the address', async () => {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  const errors: string[] = []
  page.on('pageerror', (e) => errors.push(e.message))
  page.on('console', (m) => m.type() === 'error' && !m.text().includes('401') && errors.push(m.text()))
  await page.goto(`${server.url}/desk/#/map`)
  await logIn(page, 'clerk')
  await page.click('nav a:has-text("地图")')
  await expect.poll(() => page.getAttribute('.view', 'data-shown'), { timeout: 20_000 }).toBe('12')
  await expect.poll(() => page.locator('aside li').count(), { timeout: 20_000 }).toBe(12)
  await expect.poll(() => page.url(), { timeout: 20_000 }).toMatch(/#\/map\/20\.\d+,110\.\d+,\d+/)

  // Another place in the address is another view: north-east of all but one.
  await page.goto(`${server.url}/desk/#/map/20.07,110.39,16`)
  await expect.poll(() => page.locator('aside li').count(), { timeout: 20_000 }).toBe(1)
  await page.selectOption('aside select', 'verified')
  await expect.poll(() => page.locator('aside li').count(), { timeout: 20_000 }).toBe(0)
  expect(errors).toEqual([])
})

test('whoever leaves the map while it is still reading is on the next screen, without an error', async () => {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  const errors: string[] = []
  page.on('pageerror', (e) => errors.push(e.message))
  await page.goto(`${server.url}/desk/`)
  await logIn(page, 'clerk')
  const inSight = /\/api\/v1\/issues\?.*bbox/
  let letGo = (): void => undefined
  const held = new Promise<void>((resolve) => (letGo = resolve))
  await page.route(inSight, async (route) => {
    await held
    await route.continue()
  })
  const asked = page.waitForRequest(inSight)
  await page.click('nav a:has-text("地图")')
  await asked
  await page.click('nav a:has-text("案卷")')
  await page.waitForSelector('.pane .row')
  const answered = page.waitForResponse(inSight)
  letGo()
  await (await answered).finished()
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  expect(errors).toEqual([])
  await page.close()
})

test('a basemap of one file lies under the issues; a category of the last days is drawn as heat; on a map of another datum all is shifted', async () => {
  copyFileSync(new URL('testdata/haikou_test_wgs84.pmtiles', import.meta.url), join(server.data, 'basemap.pmtiles'))
  await server.ask('PUT', '/api/v1/settings/basemap', {
    value: { kind: 'pmtiles', datum: 'wgs84', attribution: 'Vonng/adcode CC BY 4.0; GSHHG' },
  })
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  const errors: string[] = []
  page.on('pageerror', (e) => errors.push(e.message))
  page.on('console', (m) => m.type() === 'error' && !m.text().includes('401') && errors.push(m.text()))
  await page.goto(`${server.url}/desk/`)
  await logIn(page, 'clerk')
  await page.click('nav a:has-text("地图")')
  await expect
    .poll(async () => Number(await page.getAttribute('.view', 'data-basemap')), { timeout: 30_000 })
    .toBeGreaterThan(3)
  await page.waitForSelector('text=GSHHG')
  await page.screenshot({ path: process.env.SHOTS ? `${process.env.SHOTS}/basemap.png` : undefined })
  await page.selectOption('aside label:has-text("类别") select', '06010')
  await expect.poll(() => page.getAttribute('.view', 'data-heat'), { timeout: 20_000 }).toBe('12')
  await page.locator('aside input[type=range]').fill('7')
  await expect.poll(() => page.getAttribute('.view', 'data-heat'), { timeout: 20_000 }).toBe('12')
  await page.screenshot({ path: process.env.SHOTS ? `${process.env.SHOTS}/heat.png` : undefined })

  // The address stays WGS-84 whatever the map is.
  await server.ask('PUT', '/api/v1/settings/basemap', {
    value: { kind: 'raster', url: `${server.url}/none/{z}/{x}/{y}.png`, datum: 'gcj02' },
  })
  const other = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  await other.goto(`${server.url}/desk/#/list`)
  await logIn(other, 'clerk')
  await other.goto(`${server.url}/desk/#/map/20.03000,110.33000,16.0`)
  await expect.poll(() => other.locator('aside li').count(), { timeout: 20_000 }).toBe(1)
  await expect.poll(() => other.url(), { timeout: 20_000 }).toMatch(/#\/map\/20\.0300\d,110\.3300\d,16/)
  expect(errors).toEqual([])
  await server.ask('PUT', '/api/v1/settings/basemap', { value: null })
})

test('an outline is drawn on the map: one that crosses itself is refused with its reason, a right one is used', async () => {
  const grid = crypto.randomUUID()
  await server.ask('PUT', `/api/v1/areas/${grid}`, { name: '画的网格', code: 'D1', level: 'grid' })
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  const errors: string[] = []
  page.on('pageerror', (e) => errors.push(e.message))
  await page.goto(`${server.url}/desk/#/map/20.03,110.33,15`)
  await logIn(page, 'admin', server.first)
  await page.goto(`${server.url}/desk/#/map/20.03,110.33,15`)
  await page.waitForSelector('.view canvas')
  await page.click('button:has-text("绘制区域边界")')
  const draws = async (points: [number, number][], more = false): Promise<void> => {
    if (!more) {
      await page.selectOption('.draw select', '')
      await page.selectOption('.draw select', grid)
      await page.waitForTimeout(1500) // the drawing is fetched
    } else await page.click('button:has-text("再画一块")')
    const box = (await page.locator('.view canvas').boundingBox())!
    for (const [x, y] of points) {
      await page.mouse.move(box.x + x, box.y + y, { steps: 3 })
      await page.mouse.click(box.x + x, box.y + y)
      await page.waitForTimeout(120)
    }
    await page.keyboard.press('Enter')
  }
  await draws([
    [200, 200],
    [500, 500],
    [500, 200],
    [200, 500],
  ])
  await page.waitForSelector('.draw li:has-text("自相交")', { timeout: 15_000 })
  expect(await page.locator('.draw button:has-text("启用")').count()).toBe(0)
  await draws([
    [200, 200],
    [500, 200],
    [500, 500],
    [200, 500],
  ])
  await page.waitForSelector('.draw >> text=没有发现问题', { timeout: 15_000 })
  await page.screenshot({ path: process.env.SHOTS ? `${process.env.SHOTS}/draw.png` : undefined })
  await page.click('.draw button:has-text("启用")')
  await page.waitForSelector('.draw', { state: 'detached' })
  const outline = await server.ask<{ geometry: { coordinates: [number, number][][] } }>(
    'GET',
    `/api/v1/areas/${grid}/outline`,
  )
  const ring = outline.geometry.coordinates[0]!
  expect(ring.length).toBe(5)
  for (const [lon, lat] of ring) expect(Math.abs(lon - 110.33) < 0.05 && Math.abs(lat - 20.03) < 0.05).toBe(true)

  // A part of its own and a hole in the first one; what is there is shown ring by ring.
  await page.click('button:has-text("绘制区域边界")')
  await page.selectOption('.draw select', grid)
  await page.waitForTimeout(1500) // the drawing and the map are where the outline is
  await draws(
    [
      [12, 150],
      [60, 150],
      [60, 200],
      [12, 200],
    ],
    true,
  )
  await page.waitForSelector('.draw >> text=没有发现问题', { timeout: 15_000 })
  const box = (await page.locator('.view canvas').boundingBox())!
  const [x, y] = [Math.round(box.width / 2), Math.round(box.height / 2)]
  await draws(
    [
      [x - 30, y - 30],
      [x + 30, y - 30],
      [x + 30, y + 30],
      [x - 30, y + 30],
    ],
    true,
  )
  await page.waitForSelector('.draw >> text=没有发现问题', { timeout: 15_000 })
  await page.screenshot({ path: process.env.SHOTS ? `${process.env.SHOTS}/parts.png` : undefined })
  await page.click('.draw button:has-text("启用")')
  await page.waitForSelector('.draw', { state: 'detached' })
  const parts = await server.ask<{ geometry: { type: string; coordinates: [number, number][][][] } }>(
    'GET',
    `/api/v1/areas/${grid}/outline`,
  )
  expect(parts.geometry.type).toBe('MultiPolygon')
  expect(parts.geometry.coordinates.map((part) => part.length).sort()).toEqual([1, 2])
  expect(errors).toEqual([])
})

test('without WebGL the list is there all the same', async () => {
  const plain = await chromium.launch({
    executablePath: chrome,
    args: ['--no-sandbox', '--disable-gpu', '--disable-3d-apis'],
  })
  const page = await (await plain.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en' })).newPage()
  await page.goto(`${server.url}/desk/#/map`)
  await logIn(page, 'clerk')
  await page.goto(`${server.url}/desk/#/map`)
  await page.waitForSelector('text=This computer cannot draw the map')
  await expect.poll(() => page.locator('aside li').count(), { timeout: 20_000 }).toBe(12)
  await plain.close()
})
