import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, folder, logIn, Server } from './lib'

const server = new Server()
const shots = process.env.E2E_SHOTS ?? folder()
let browser: Browser

beforeAll(async () => {
  await server.start()
  await server.city()
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

test('the desk shows and signs the log; a phone that saw another one says so until somebody has asked', async () => {
  const errors: string[] = []
  const desk = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  desk.on('pageerror', (e) => errors.push(e.message))
  await desk.goto(`${server.url}/desk/`)
  await logIn(desk, 'admin', server.first)
  await desk.goto(`${server.url}/desk/#/security/record`)
  await desk.click('button:has-text("立即签名")')
  await desk.waitForSelector('dd code:has-text("spotcheck/")')
  await desk.screenshot({ path: `${shots}/signedlog_desk.png` })
  await desk.setViewportSize({ width: 390, height: 844 })
  await desk.screenshot({ path: `${shots}/signedlog_desk_390.png` })

  const app = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN' })).newPage()
  app.on('pageerror', (e) => errors.push(e.message))
  const seen = (): Promise<string | null> => app.evaluate(() => localStorage.getItem('spotcheck.log'))
  await app.goto(`${server.url}/app/`)
  await logIn(app, 'lin')
  await expect.poll(seen, { timeout: 20_000 }).toContain('spotcheck/')
  const first = JSON.parse((await seen()) ?? '') as { size: number; root: string }

  await desk.click('button:has-text("立即签名")') // the log-in is no event, so that something else has to happen
  await desk.click('button:has-text("审计全部记录")')
  await desk.waitForSelector('b:has-text("全部相符")', { timeout: 30_000 })
  await desk.click('button:has-text("立即签名")')
  await expect
    .poll(
      async () => {
        await app.reload()
        await app.waitForSelector('nav')
        return (JSON.parse((await seen()) ?? '') as { size: number }).size
      },
      { timeout: 30_000 },
    )
    .toBeGreaterThan(first.size)
  expect(await app.locator('.banner[role=alert]').count()).toBe(0)

  // the phone saw a log that this one does not go on from
  await app.evaluate(
    (was) => localStorage.setItem('spotcheck.log', JSON.stringify({ ...was, root: '7'.repeat(64) })),
    JSON.parse((await seen()) ?? '') as object,
  )
  await app.reload()
  await app.waitForSelector('.banner[role=alert]:has-text("对不上")')
  await app.screenshot({ path: `${shots}/signedlog_phone.png` })
  await app.reload() // it is said again
  await app.click('.banner[role=alert] button:has-text("已核实")')
  await app.waitForSelector('.banner[role=alert]', { state: 'detached' })
  expect(await seen()).not.toContain('7777')
  expect(errors).toEqual([])
})
