import { mkdirSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, folder, held, logIn, openTab, phone, Server } from './lib'

const server = new Server()
/** Where pictures go: a folder that is named, or one that is thrown away. */
const shots = process.env.E2E_SHOTS ?? folder()
let browser: Browser

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await server.start()
  const { area } = await server.city()
  for (const name of ['海秀路一段', '海秀路二段', '龙昆路一段'])
    await server.ask('PUT', `/api/v1/areas/${crypto.randomUUID()}`, {
      name,
      code: name,
      level: 'road',
      class: 'main_road',
      parent: area,
    })
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser?.close()
  await server.end()
})

test('a duty is made, its rounds open by themselves, one is made without network, one excused, and the plan shows it', async () => {
  const desk = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1440, height: 900 } })
  const office = await desk.newPage()
  await office.goto(`${server.url}/desk/`)
  await logIn(office, 'clerk')
  await office.locator('nav a', { hasText: '巡查' }).click()
  await office.getByText('这一周没有计划').waitFor()
  await office.locator('a', { hasText: '检查任务' }).click()
  await office.getByRole('button', { name: '新建检查任务' }).click()
  await office.locator('input[name=name]').fill('主干道日常巡查')
  await office.locator('select[name=class]').selectOption('main_road')
  await office.locator('select[name=every]').selectOption('day')
  await office.locator('input[name=least]').fill('1')
  await office.locator('input[name=most]').fill('2')
  await office.locator('select[name=rest_days]').selectOption('all')
  await office.locator('input[name=people]').first().check()
  await office.screenshot({ path: `${shots}/duty-form.png`, fullPage: true })
  await office.getByRole('button', { name: '保存', exact: true }).click()
  await office.locator('td', { hasText: '主干道日常巡查' }).waitFor()
  await office.screenshot({ path: `${shots}/duties.png` })
  await office.getByRole('button', { name: '值守表' }).click()
  await office.locator('tbody tr').nth(13).waitFor()
  await office.screenshot({ path: `${shots}/roster.png` })

  // The inspector opens the tasks while there is network, and makes a round without it.
  const home = folder()
  const context = await phone(home)
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(`${server.url}/app/`)
  await logIn(page, 'lin')
  await page.waitForFunction(() => navigator.serviceWorker.ready.then(() => true))
  await page.setViewportSize({ width: 390, height: 844 })
  await openTab(page, 'tasks')
  await page.locator('section.rounds .card.open').nth(2).waitFor()
  await page.screenshot({ path: `${shots}/phone-rounds.png` })
  await context.setOffline(true)
  await page.locator('section.rounds .card.open', { hasText: '海秀路一段' }).click()
  await page.locator('select[name=quantity]').selectOption('dirty_spots')
  await page.getByRole('button', { name: '加一', exact: true }).click()
  await page.locator('select[name=quantity]').selectOption('waste')
  await page.locator('input[name=quantity-waste]').fill('0.25')
  await page.locator('textarea[name=note]').fill('路口有两处死角，已清')
  await page.screenshot({ path: `${shots}/phone-round.png` })
  const begun = Date.now()
  await page.getByRole('button', { name: '完成巡查' }).click()
  await page.locator('section.rounds').waitFor()
  console.log(`from the last tap to 已存: ${Date.now() - begun} ms, at most 1000`)
  expect((await held(page)).items).toHaveLength(1)
  await expect.poll(() => page.locator('section.rounds .card.open').count()).toBe(2)
  await page.screenshot({ path: `${shots}/phone-round-waiting.png` })
  await context.setOffline(false)
  await expect.poll(async () => (await held(page)).items.length, { timeout: 60_000 }).toBe(0)

  // The office excuses one, and sees both in the plan, in compliance and in the sums of work.
  await office.locator('header a', { hasText: '周计划' }).click()
  await office.locator('.cell .is-done').waitFor()
  const open = office.locator('tr', { hasText: '龙昆路一段' }).locator('.cell').first()
  await open.click()
  await office.locator('aside').getByRole('button', { name: '免巡' }).click()
  await office.locator('aside textarea[name=reason]').fill('道路施工封闭')
  await office.locator('aside form').getByRole('button', { name: '免巡' }).click()
  await office.locator('aside').getByText('道路施工封闭').waitFor()
  await office.screenshot({ path: `${shots}/plan-excused.png` })
  await office.locator('aside').getByRole('button', { name: '关闭' }).click()
  await office.locator('tr', { hasText: '海秀路一段' }).locator('.cell').first().click()
  await office.locator('aside').getByText('路口有两处死角，已清').waitFor()
  await office.screenshot({ path: `${shots}/plan.png` })
  await office.locator('header a', { hasText: '落实率' }).click()
  await office.getByText('100.0 % (1 ÷ 1)').first().waitFor()
  await office.screenshot({ path: `${shots}/compliance.png` })
  await office.locator('header a', { hasText: '从未检查' }).click()
  await office.locator('td', { hasText: '海秀路二段' }).first().waitFor()
  await office.screenshot({ path: `${shots}/never.png` })
  await office.locator('header a', { hasText: '工作量' }).click()
  await office.locator('td', { hasText: '清理卫生死角' }).waitFor()
  await office.screenshot({ path: `${shots}/quantities.png` })
  await desk.close()
  await context.close()
})
