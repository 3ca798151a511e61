import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, folder, logIn, password, phone, Server } from './lib'

const server = new Server()
let browser: Browser

beforeAll(async () => {
  await server.start()
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

async function opened(): Promise<{ page: Page; errors: string[] }> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en' })).newPage()
  const errors: string[] = []
  page.on('pageerror', (e) => errors.push(e.message))
  return { page, errors }
}

test('a new office is set up at the desk alone: a unit, a person with two roles who logs in, a setting, a rule that is tried out', async () => {
  const { page, errors } = await opened()
  await page.goto(`${server.url}/desk/`)
  await page.fill('input[name=name]', 'admin')
  await page.fill('input[name=password]', server.first)
  await page.click('form button')
  await page.waitForSelector('nav')

  await page.goto(`${server.url}/desk/#/admin/units`)
  await page.click('button:has-text("Add")')
  await page.fill('form.edit input >> nth=0', 'Longhua sanitation')
  await page.selectOption('form.edit select >> nth=0', 'bureau')
  await page.click('form.edit button:not(.second)')
  await page.waitForSelector('td:has-text("Longhua sanitation")')

  await page.goto(`${server.url}/desk/#/admin/people`)
  await page.click('.row button:has-text("Add")')
  await page.fill('.person input >> nth=0', 'mei')
  await page.fill('.person input >> nth=1', 'Mei')
  await page.fill('.person input[type=password]', 'short')
  await page.selectOption('.person fieldset select >> nth=0', 'office')
  await page.click('.person button:not(.second)')
  await page.waitForSelector('.person [role=alert]') // the password is too weak: it says so, and nothing is lost
  expect(await page.inputValue('.person input >> nth=1')).toBe('Mei')
  await page.fill('.person input[type=password]', password)
  await page.click('button:has-text("Add a role")')
  await page.selectOption('.person fieldset select >> nth=2', 'unit')
  await page.selectOption('.person fieldset select >> nth=3', { label: 'Longhua sanitation' })
  await page.click('.person .row >> nth=-1 >> button:not(.second)')
  await page.waitForSelector('td:has-text("Mei")')

  // Her new phone: the code of the picture logs her in once.
  await page.click('tr:has-text("Mei") button:has-text("QR code")')
  const address = (await page.getAttribute('.code img', 'alt')) ?? ''
  expect(address).toMatch(/\/app\/#\/enrol\/[a-z0-9]{20,}$/)
  const hers = await phone(folder(), 'zh-CN')
  const app = hers.pages()[0] ?? (await hers.newPage())
  await app.goto(address)
  await app.waitForSelector('nav')
  expect(app.url()).not.toContain('enrol')
  const second = await phone(folder(), 'zh-CN')
  const late = second.pages()[0] ?? (await second.newPage())
  await late.goto(address)
  await late.waitForSelector('[role=alert]:has-text("二维码已用过")')
  await Promise.all([hers.close(), second.close()])

  await page.goto(`${server.url}/desk/#/admin/settings`)
  await page.fill('label:has-text("Name of the city") textarea', 'Haikou')
  await page.click('form:has-text("Name of the city") button')
  await page.waitForSelector('[role=status]:has-text("saved")')
  await page.fill('label:has-text("Share of fixes") textarea', '200')
  await page.click('form:has-text("Share of fixes") button')
  await page.waitForSelector('[role=alert]')

  await page.goto(`${server.url}/desk/#/admin/rules`)
  await page.fill('.try input >> nth=0', '2026-09-30T17:40')
  await page.fill('.try input >> nth=1', '1')
  await page.click('.try button')
  await page.waitForSelector('output:has-text("October")')
  expect(errors).toEqual([])

  const again = await opened()
  await again.page.goto(`${server.url}/desk/`)
  await logIn(again.page, 'mei')
  await again.page.waitForSelector('nav a:has-text("Map")')
  expect(again.errors).toEqual([])
})
