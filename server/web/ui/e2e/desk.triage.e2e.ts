import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, logIn, Server } from './lib'

const server = new Server()
let browser: Browser
let unit = ''

beforeAll(async () => {
  await server.start()
  const city = await server.city()
  unit = city.unit
  await server.ask('PUT', `/api/v1/responsibilities/${crypto.randomUUID()}`, {
    unit,
    area: city.area,
    valid_from: '2020-01-01',
  })
  for (const [n, note] of ['一', '二', '三'].entries()) {
    const now = new Date().toISOString()
    await server.ask('PUT', `/api/v1/issues/${crypto.randomUUID()}`, {
      category: '06010',
      area: city.area,
      note,
      address: `解放路 ${n + 1} 号`,
      place: { lat: 20.03 + n / 100, lon: 110.33 },
      photos: [],
      reported_at: now,
      sent_at: now,
    })
  }
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

test('three issues are sorted by keys alone: accepted, given to a unit by name, dismissed after an undo', async () => {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  const errors: string[] = []
  page.on('pageerror', (e) => errors.push(e.message))
  await page.goto(`${server.url}/desk/`)
  await logIn(page, 'clerk')
  await page.waitForSelector('.list li.here')
  const press = (key: string): Promise<void> => page.keyboard.press(key)
  const left = (n: number): Promise<void> => expect.poll(() => page.locator('.list li:not(.empty)').count()).toBe(n)
  await left(3)
  await page.waitForSelector('.proposal b:has-text("龙华环卫")')
  await press('a')
  await left(2)
  await press('z') // and back again
  await left(3)
  await page.waitForSelector('.proposal b:has-text("龙华环卫")')
  await press('a')
  await left(2)
  await press('u')
  await page.keyboard.type('龙华')
  await press('Enter')
  await left(1)
  await press('x')
  await page.keyboard.type('不是问题')
  await press('Enter')
  await left(0)
  await expect
    .poll(async () => (await server.issues()).map((i) => i.status).sort(), { timeout: 20_000 })
    .toEqual(['assigned', 'assigned', 'dismissed'])
  expect(errors).toEqual([])

  // The list: a filter as an address, and the figures of the week.
  await page.goto(`${server.url}/desk/#/list/status=assigned`)
  await expect.poll(() => page.locator('.pane .row').count()).toBe(2)
  await page.goto(`${server.url}/desk/#/board`)
  await expect.poll(() => page.locator('.numbers b').first().textContent()).toBe('3')
  await page.goto(`${server.url}/desk/#/reports`)
  await page.waitForSelector('.key')
  await page.click('.reports section:nth-child(2) button')
  await page.waitForSelector('.state.draft')
  expect(errors).toEqual([])
})
