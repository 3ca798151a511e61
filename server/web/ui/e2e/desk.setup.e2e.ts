import { mkdirSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, folder, logIn, Server } from './lib'

const server = new Server()
server.onePerson = false
const shots = process.env.E2E_SHOTS ?? folder()
let browser: Browser

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await server.start()
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

test('an administrator who is nothing else sets an empty city up: goes to the map in between, and makes an account for the office', async () => {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  const wrong: string[] = []
  page.on('pageerror', (e) => wrong.push(e.message))
  page.on('response', (r) => r.status() === 403 && wrong.push(r.url()))
  await page.goto(`${server.url}/desk/`)
  await logIn(page, 'admin', server.first)

  await page.waitForSelector('[data-step=backup]:has-text("还没有")')
  await page.waitForSelector('[data-step=office]:has-text("还没有")')
  await page.click('a:has-text("建立新区")')
  await page.fill('input[name=area]', '石山区')
  await page.click('.open button:has-text("下一步")')
  await page.click('a:has-text("在地图上画边界")')
  await page.waitForSelector('h1:has-text("片区边界")')
  await page.waitForSelector('.maplibregl-canvas')
  await page.waitForSelector('option:has-text("石山区")', { state: 'attached' })
  await page.screenshot({ path: `${shots}/setup-map.png` })
  expect(await page.locator('.failure').count()).toBe(0)
  await page.goBack()
  await page.waitForSelector('h1:has-text("建立新区")') // where it was left, and the area is not made a second time
  await page.fill('input[name=unit]', '石山环卫')
  await page.click('.open button:has-text("下一步")')
  await page.waitForSelector('.open:has-text("石山区 的全部事项由 石山环卫 负责")')
  await page.click('.open button:has-text("下一步")')
  for (const [n, name, login] of [
    [0, '巡查甲', 'ss-a'],
    [1, '环卫乙', 'ss-b'],
    [2, '办公丙', 'ss-c'],
  ] as const) {
    const one = `.someone >> nth=${n} >> `
    await page.fill(`${one}input[name=display_name]`, name)
    await page.fill(`${one}input[name=login]`, login)
    await page.click(`${one}button`)
    await page.waitForSelector(n < 2 ? `${one}figure img[alt*="enrol"]` : `${one}code`)
  }
  await page.waitForSelector('.end:has-text("石山区 已建立")')
  await page.screenshot({ path: `${shots}/setup-end.png`, fullPage: true })
  const given = await page.innerText('.someone code')
  const { areas } = await server.ask<{ areas: { name: string }[] }>('GET', '/api/v1/areas')
  expect(areas.map((a) => a.name)).toEqual(['石山区'])
  await page.goto(`${server.url}/desk/#/city`)
  await page.waitForSelector('[data-step=office]:has-text("已有 1")')
  expect(wrong).toEqual([])

  const office = await (await browser.newContext({ locale: 'zh-CN' })).newPage()
  await office.goto(`${server.url}/desk/`)
  await office.fill('input[name=name]', 'ss-c')
  await office.fill('input[name=password]', given)
  await office.click('form button')
  await office.fill('input[autocomplete=new-password]', 'a word of her own')
  await office.click('form button')
  await office.waitForSelector('nav a:has-text("受理")')
})
