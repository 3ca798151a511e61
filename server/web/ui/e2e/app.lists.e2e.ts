import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, logIn, openTab, Server } from './lib'

const server = new Server()
let browser: Browser
let unit = ''

beforeAll(async () => {
  await server.start()
  ;({ unit } = await server.city())
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

test('a unit with more tasks and messages than a page has sees all of them', async () => {
  const many = 105
  const lin = await server.as('lin')
  const clerk = await server.as('clerk')
  for (let n = 0; n < many; n++) {
    const id = crypto.randomUUID()
    const now = new Date().toISOString()
    await lin('PUT', `/api/v1/issues/${id}`, { category: '06010', photos: [], reported_at: now, sent_at: now })
    const due = new Date(Date.now() + (n + 2) * 3_600_000).toISOString()
    await clerk('PUT', `/api/v1/issues/${id}/actions/${crypto.randomUUID()}`, {
      action: 'assign',
      unit,
      due_at: due,
      done_at: now,
      sent_at: now,
    })
  }
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
    locale: 'zh-CN',
  })
  const page = await context.newPage()
  await page.goto(`${server.url}/app/`)
  await logIn(page, 'crew')
  await expect.poll(() => page.locator('main.tasks li').count(), { timeout: 30_000 }).toBe(many)
  expect(await page.locator('text=任务太多').count()).toBe(0)
  await openTab(page, 'inbox')
  await page.waitForSelector('.message')
  while ((await page.locator('.more').count()) > 0) {
    const before = await page.locator('.message').count()
    await page.click('.more')
    await expect.poll(() => page.locator('.message').count(), { timeout: 15_000 }).toBeGreaterThan(before)
  }
  expect(await page.locator('.message').count()).toBeGreaterThanOrEqual(many)
  if (process.env.E2E_SHOTS) await page.screenshot({ path: `${process.env.E2E_SHOTS}/inbox_more.png` })
  await context.close()
})
