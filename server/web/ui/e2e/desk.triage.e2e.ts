import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, logIn, Server } from './lib'
import { Network } from './proxy'

const server = new Server()
let browser: Browser
let unit = ''
let area = ''
let piles = 0

/** Reports a pile in a street, each one kilometre from the one before; it gives its id. */
async function reportsPile(note: string): Promise<string> {
  const id = crypto.randomUUID()
  const now = new Date().toISOString()
  const n = piles++
  await server.ask('PUT', `/api/v1/issues/${id}`, {
    category: '06010',
    area,
    note,
    address: `解放路 ${n + 1} 号`,
    place: { lat: 20.03 + n / 100, lon: 110.33 },
    photos: [],
    reported_at: now,
    sent_at: now,
  })
  return id
}

beforeAll(async () => {
  await server.start()
  const city = await server.city()
  unit = city.unit
  area = city.area
  await server.ask('PUT', `/api/v1/responsibilities/${crypto.randomUUID()}`, {
    unit,
    area,
    valid_from: '2020-01-01',
  })
  for (const note of ['一', '二']) await reportsPile(note)
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
  await page.goto(`${server.url}/desk/#/triage`)
  await logIn(page, 'clerk')
  await page.waitForSelector('.list li.here')
  const press = (key: string): Promise<void> => page.keyboard.press(key)
  const left = (n: number): Promise<void> => expect.poll(() => page.locator('.list li:not(.empty)').count()).toBe(n)
  await left(2)
  await press('j')
  const here = await page.locator('.list li.here .cut').first().innerText()
  await reportsPile('三') // it comes by itself, and what is in sight stays there
  await left(3)
  expect(await page.locator('.list li.here .cut').first().innerText()).toBe(here)
  await press('k')
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

test('what waits for its moment of undo arrives over a slow network, all of it, when the tab is closed or another page is opened', async () => {
  const network = new Network()
  await network.start(server.port)
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })
  const leaves: ((page: Page) => Promise<unknown>)[] = [
    (page) => page.close({ runBeforeUnload: true }),
    (page) => page.goto('about:blank'),
  ]
  for (const [round, leave] of leaves.entries()) {
    const made = await Promise.all(Array.from({ length: 8 }, (_, n) => reportsPile(`第 ${round} 轮 ${n}`)))
    const page = await context.newPage()
    network.delayMs = 0
    await page.goto(`${network.url}/desk/#/triage`)
    await page.waitForSelector('input[name=name], .list li.here')
    if (await page.locator('input[name=name]').count()) await logIn(page, 'clerk')
    for (let n = made.length; n > 0; n--) {
      await expect.poll(() => page.locator('.list li:not(.empty)').count()).toBe(n)
      await page.waitForSelector('.proposal b:has-text("龙华环卫")')
      await page.keyboard.press('a')
    }
    network.delayMs = 400
    await leave(page)
    const assigned = async (): Promise<number> =>
      (await server.issues()).filter((i) => made.includes(i.id) && i.status === 'assigned').length
    await expect.poll(assigned, { timeout: 5000 }).toBe(8) // sooner than the ten seconds of undo
  }
  await context.close()
  network.end()
})
