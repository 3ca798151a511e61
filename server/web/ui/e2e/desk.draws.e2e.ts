import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { chromium, type Browser, type Locator } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, folder, logIn, Server } from './lib'

const server = new Server()
/** Where pictures go: a folder that is named, or one that is thrown away. */
const shots = process.env.E2E_SHOTS ?? folder()
let browser: Browser

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await server.start()
  const { area } = await server.city()
  for (let n = 0; n < 60; n++)
    await server.ask('PUT', `/api/v1/places/${crypto.randomUUID()}`, {
      kind: 'school_surroundings',
      name: `第${n + 1}小学`,
      position: { lat: 20.03 + n / 10_000, lon: 110.33, datum: 'wgs84' },
      area,
      valid_from: '2020-01-01',
    })
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser?.close()
  await server.end()
})

test('J17: ten of sixty schools are drawn with two inspectors each, and the list is printed, in eight steps', async () => {
  const context = await browser.newContext({
    locale: 'zh-CN',
    viewport: { width: 1440, height: 900 },
    acceptDownloads: true,
  })
  const page = await context.newPage()
  await page.addInitScript(() => {
    window.print = () => document.body.setAttribute('data-printed', 'yes')
  })
  await page.goto(`${server.url}/desk/`)
  await logIn(page, 'clerk')
  let steps = 0
  const click = async (on: Locator): Promise<void> => {
    await on.click()
    steps++
  }
  await click(page.locator('nav a', { hasText: '抽查' }))
  await page.locator('.empty').waitFor()
  await click(page.locator('button.new'))
  await page.locator('input[name=purpose]').fill('秋季学校周边抽查')
  await page.locator('select[name=kind]').selectOption('school_surroundings')
  steps += 2
  await expect.poll(() => page.locator('.pool input:checked').count()).toBe(2)
  await page.screenshot({ path: `${shots}/draw-form.png` })
  await click(page.getByRole('button', { name: '锁定名单' }))
  await page.getByText('名单已锁定，尚未抽取。').waitFor()
  await page.screenshot({ path: `${shots}/draw-frozen.png` })
  await click(page.getByRole('button', { name: '抽取', exact: true }))
  await expect.poll(() => page.locator('tbody tr').count()).toBe(10)
  await click(page.getByRole('button', { name: '打印名单' }))
  expect(await page.locator('body').getAttribute('data-printed')).toBe('yes')
  console.log(`J17: ${steps} steps, at most 8`)
  expect(steps).toBeLessThanOrEqual(8)
  for (const row of await page.locator('tbody tr').all())
    expect(await row.locator('td').nth(3).textContent()).toMatch(/lin.*wang|wang.*lin/)
  await page.screenshot({ path: `${shots}/draw-drawn.png` })

  // Anybody draws again: the script prints as many lines, in the same order.
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('重算脚本').click()])
  const script = `${folder()}/draw.sh`
  await download.saveAs(script)
  expect(execFileSync('sh', [script], { encoding: 'utf8' }).trim().split('\n')).toHaveLength(10)

  // A school that is closed this week is replaced by the next one, with the reason on the sheet.
  const gone = (await page.locator('tbody tr').first().locator('td').nth(1).textContent()) ?? ''
  await page.locator('tbody tr').first().getByRole('button', { name: '换下一个' }).click()
  await page.locator('input[name=reason]').fill('本周停课')
  await page.locator('form.replace').getByRole('button', { name: '换下一个' }).click()
  await expect.poll(() => page.locator('tbody tr').count()).toBe(11)
  expect(await page.locator('tbody tr').first().textContent()).toContain('未检查：本周停课')
  expect(await page.locator('tbody tr').last().textContent()).toContain(`替换“${gone}”`)
  await page.screenshot({ path: `${shots}/draw-replaced.png` })
  await page.emulateMedia({ media: 'print' })
  expect(await page.getByRole('button', { name: '打印名单' }).isVisible()).toBe(false)
  await page.screenshot({ path: `${shots}/draw-print.png` })
  await page.emulateMedia({ media: 'screen' })

  // A second draw for the same purpose shows the first.
  await page.getByRole('button', { name: '全部抽查' }).click()
  await page.locator('button.new').click()
  await page.locator('input[name=purpose]').fill('秋季学校周边抽查')
  await page.locator('select[name=kind]').selectOption('school_surroundings')
  await expect.poll(() => page.locator('.pool input:checked').count()).toBe(2)
  await page.getByRole('button', { name: '锁定名单' }).click()
  await page.locator('.earlier').waitFor()
  expect(await page.locator('.earlier').textContent()).toContain('60 个中抽 10 个')
  await page.screenshot({ path: `${shots}/draw-again.png` })
  await context.close()
})
