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
    await server.ask('PUT', `/api/v1/issues/${crypto.randomUUID()}`, { category: '06010', area, address: `解放路 ${n + 1} 号`, place: { lat: 20.03 + (n % 3) / 50, lon: 110.33 + Math.floor(n / 3) / 50 }, photos: [], reported_at: now, sent_at: now })
  }
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'] })
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
  await expect.poll(() => page.url(), { timeout: 20_000 }).toMatch(/#\/map\/20\.\d+%2C110\.\d+%2C\d+/)

  // Another place in the address is another view: north-east of all but one.
  await page.goto(`${server.url}/desk/#/map/20.07,110.39,16`)
  await expect.poll(() => page.locator('aside li').count(), { timeout: 20_000 }).toBe(1)
  await page.selectOption('aside select', 'verified')
  await expect.poll(() => page.locator('aside li').count(), { timeout: 20_000 }).toBe(0)
  expect(errors).toEqual([])
})

test('without WebGL the list is there all the same', async () => {
  const plain = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox', '--disable-gpu', '--disable-3d-apis'] })
  const page = await (await plain.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en' })).newPage()
  await page.goto(`${server.url}/desk/#/map`)
  await logIn(page, 'clerk')
  await page.goto(`${server.url}/desk/#/map`)
  await page.waitForSelector('text=This computer cannot draw the map')
  await expect.poll(() => page.locator('aside li').count(), { timeout: 20_000 }).toBe(12)
  await plain.close()
})
