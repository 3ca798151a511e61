import { mkdirSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, folder, logIn, password, Server } from './lib'

const server = new Server()
/** Where pictures go: a folder that is named, or one that is thrown away. */
const shots = process.env.E2E_SHOTS ?? folder()
let browser: Browser
let page: Page
let area = ''

async function reported(): Promise<void> {
  const now = new Date().toISOString()
  await server.ask('PUT', `/api/v1/issues/${crypto.randomUUID()}`, {
    category: '06010',
    area,
    address: '解放路 1 号',
    place: { lat: 20.03, lon: 110.33 },
    photos: [],
    reported_at: now,
    sent_at: now,
  })
}

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await server.start()
  area = (await server.city()).area
  await reported()
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  await page.goto(`${server.url}/desk/`)
  await logIn(page, 'clerk')
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

test('a board that cannot be read anew keeps its figures, says how old they are, and is read again', async () => {
  await page.goto(`${server.url}/desk/#/board`)
  await page.waitForSelector('.numbers b:has-text("1")')
  await page.route('**/api/v1/figures*', (route) => route.abort())
  await reported() // the stream says so, and the board reads
  await page.waitForSelector('.failure.unreachable[role=alert]:has-text("连不上服务器")')
  expect(await page.locator('.failure').innerText()).toContain('可能已经变化')
  expect(await page.locator('.numbers b').first().innerText()).toBe('1')
  const [notice, retry] = await Promise.all(
    ['.failure', '.failure button'].map((part) => page.locator(part).boundingBox()),
  )
  expect(retry!.width * retry!.height).toBeLessThan((notice!.width * notice!.height) / 4) // beside its words, not over them
  await page.screenshot({ path: `${shots}/board-stale.png` })
  await page.unroute('**/api/v1/figures*')
  await page.click('.failure button')
  await page.waitForSelector('.numbers b:has-text("2")')
  await page.waitForSelector('.failure', { state: 'detached' })
})

test('a list that cannot be read is no empty list', async () => {
  await page.route('**/api/v1/issues?*', (route) => route.fulfill({ status: 502, body: 'bad gateway' }))
  await page.goto(`${server.url}/desk/#/list`)
  await page.waitForSelector('.failure.server:has-text("502")')
  expect(await page.locator('.empty').count()).toBe(0)
  await page.unroute('**/api/v1/issues?*')
  await page.click('.failure button')
  await page.waitForSelector('.row a')
  expect(await page.locator('.failure').count()).toBe(0)
})

test('a session that is over is begun anew on the screen where it ended', async () => {
  await page.goto(`${server.url}/desk/#/triage`)
  await page.waitForSelector('.list li.here')
  await page.context().clearCookies()
  await page.evaluate(() => (location.hash = '#/list/status=reported'))
  await page.waitForSelector('.login-over form')
  await page.screenshot({ path: `${shots}/list-session-over.png` })
  await page.fill('.login-over input[name=name]', 'clerk')
  await page.fill('.login-over input[name=password]', password)
  await page.click('.login-over form button')
  await page.waitForSelector('.row a')
  expect(page.url()).toContain('#/list/status=reported')
  expect(await page.locator('.failure').count()).toBe(0)
})
