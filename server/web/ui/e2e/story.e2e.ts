import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, cityDay, folder, held, logIn, phone, reports, Server, verifies } from './lib'

const server = new Server()
const helpers = crypto.randomUUID()
let browser: Browser
const open: BrowserContext[] = []
const errors: string[] = []

beforeAll(async () => {
  await server.start()
  await server.city()
  await server.ask('PUT', `/api/v1/units/${helpers}`, { name: '交警支队', kind: 'bureau', peer_group: '部门' })
  await server.person(crypto.randomUUID(), {
    name: 'helper',
    display_name: 'helper',
    password: 'correct horse battery',
    grants: [{ role: 'unit', scope: { kind: 'unit', id: helpers } }],
  })
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await Promise.all(open.map((c) => c.close()))
  await browser.close()
  await server.end()
})

async function onPhone(name: string, language = 'zh-CN'): Promise<Page> {
  const context = await phone(folder(), language)
  open.push(context)
  const page = context.pages()[0] ?? (await context.newPage())
  page.on('pageerror', (e) => errors.push(`${name}: ${e.message}`))
  await page.goto(`${server.url}/app/#/tasks`)
  await logIn(page, name)
  return page
}

test('from a photo to the report of the week: reported, sorted, a second unit helps, fixed, verified, counted', async () => {
  const lin = await onPhone('lin')
  await lin.goto(`${server.url}/app/`)
  await reports(lin)
  await expect.poll(async () => (await held(lin)).items.length, { timeout: 20_000 }).toBe(0)

  const desk = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  desk.on('pageerror', (e) => errors.push(`desk: ${e.message}`))
  await desk.goto(`${server.url}/desk/#/triage`)
  await logIn(desk, 'clerk')
  await desk.waitForSelector('.list li.here')
  await desk.keyboard.press('u')
  await desk.keyboard.type('龙华')
  await desk.keyboard.press('Enter')
  const one = async () => (await server.issues())[0]
  await expect.poll(async () => (await one())?.status, { timeout: 20_000 }).toBe('assigned')

  const id = (await one())?.id ?? ''
  await desk.goto(`${server.url}/desk/#/issue/${id}`)
  await desk.click('.acts button:has-text("协办")')
  await desk.click('.action .el-select')
  await desk.keyboard.type('交警')
  await desk.click('.el-select-dropdown__item:has-text("交警支队")')
  await desk.fill('.action input[name=until]', '2099-01-01T12:00')
  await desk.fill('.action textarea[name=note]', '请查处带泥上路车辆')
  await desk.click('.action .send button')
  await desk.waitForSelector('li b:has-text("交警支队")')

  const helper = await onPhone('helper')
  await helper.click('main li a')
  await helper.waitForSelector('text=请查处带泥上路车辆')
  expect(await helper.locator('.acts .main:has-text("整改完成")').count()).toBe(0) // that is for the lead unit
  await helper.click('.acts button:has-text("协办反馈")')
  await helper.fill('form.act textarea', '已查处两辆')
  await helper.click('form.act button:not(.second) >> nth=-1')
  await expect.poll(async () => JSON.stringify(await one()), { timeout: 20_000 }).toContain('已查处两辆')

  const crew = await onPhone('crew')
  await crew.click('main li a')
  await crew.click('.acts button >> nth=0')
  await crew.waitForSelector('.shutter:not([disabled])')
  expect(await crew.locator('.ghost').count()).toBe(1)
  await crew.click('.shutter')
  await crew.waitForSelector('.shots li')
  await crew.click('form.act button:not(.second) >> nth=-1')
  await expect.poll(async () => (await one())?.status, { timeout: 20_000 }).toBe('fixed')

  const wang = await onPhone('wang', 'en')
  await wang.click('main li a')
  await wang.click('.acts button >> nth=0')
  await verifies(wang)
  await expect.poll(async () => (await one())?.status, { timeout: 20_000 }).toBe('verified')

  await desk.goto(`${server.url}/desk/#/board`)
  await expect.poll(() => desk.locator('.numbers b').first().textContent()).toBe('1')
  const week = await desk.evaluate(
    async (day) => (await fetch(`/api/v1/reports/compute?period=${day}&form=text`)).text(),
    cityDay(),
  )
  expect(week).toContain('受理 1 件')
  expect(errors).toEqual([])
})

test('an inspector who leaves hands the open work over', async () => {
  const now = new Date().toISOString()
  const lin = await onPhone('lin')
  await lin.goto(`${server.url}/app/`)
  await reports(lin)
  await expect.poll(async () => (await server.issues()).length, { timeout: 20_000 }).toBe(2)
  const clerk = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en' })).newPage()
  clerk.on('pageerror', (e) => errors.push(`clerk: ${e.message}`))
  await clerk.goto(`${server.url}/desk/#/admin/people`)
  await logIn(clerk, 'clerk')
  await clerk.goto(`${server.url}/desk/#/admin/people`)
  await clerk.click('tr:has-text("lin") button:has-text("Hand over")')
  await clerk.selectOption('form.edit select', { label: 'wang' })
  await clerk.click('form.edit button:not(.second)')
  await clerk.waitForSelector('[role=status]:has-text("1 issues")')
  const handed = (await server.issues()).find((i) => i.status !== 'verified') as unknown as {
    keeper: { display_name: string }
    reported_at: string
  }
  expect(handed.keeper.display_name).toBe('wang')
  expect(handed.reported_at <= new Date().toISOString() && now <= new Date().toISOString()).toBe(true)
  expect(errors).toEqual([])
})
