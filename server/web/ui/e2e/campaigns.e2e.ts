import { mkdirSync, writeFileSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, cityDay, folder, logIn, openTab, phone, Server } from './lib'

const server = new Server()
/** Where pictures go: a folder that is named, or one that is thrown away. */
const shots = process.env.E2E_SHOTS ?? folder()
let browser: Browser
let area = ''
let unit = ''

/** A picture of a size of its own, so that no two are alike. */
function picture(n: number): string {
  const path = `${folder()}/work-${n}.png`
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
  )
  writeFileSync(path, Buffer.concat([png, Buffer.from([n])]))
  return path
}

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await server.start()
  ;({ area, unit } = await server.city())
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser?.close()
  await server.end()
})

test('a clean-up is planned at the desk, told with photos on the phone, and counts for a campaign that is closed with a report', async () => {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await page.goto(`${server.url}/desk/`)
  await logIn(page, 'clerk')

  // The office plans a clean-up that began this morning, with a code for who likes to sign in.
  await page.locator('nav a', { hasText: '活动' }).click()
  await page.locator('.empty').waitFor()
  await page.getByRole('button', { name: '新活动' }).click()
  await page.locator('input[name=title]').fill('周五大扫除')
  await page.locator('input[name=starts]').fill(`${cityDay(0)}T00:00`)
  await page.locator('input[name=ends]').fill(`${cityDay(0)}T23:30`)
  await page.locator('select[name=area]').selectOption(area)
  await page.locator('select[name=unit]').selectOption(unit)
  await page.locator('input[name=sign_in]').check()
  await page.screenshot({ path: `${shots}/activity-form.png` })
  await page.getByRole('button', { name: '保存' }).click()
  await page.locator('.code img').waitFor()
  await page.screenshot({ path: `${shots}/activity-planned.png` })

  // Somebody without an account scans the code and signs in without a name.
  const address = (await page.locator('.code img').getAttribute('alt')) ?? ''
  const guest = await (await browser.newContext({ locale: 'zh-CN', viewport: { width: 390, height: 844 } })).newPage()
  await guest.goto(address)
  await guest.screenshot({ path: `${shots}/sign-in.png` })
  await guest.getByRole('button', { name: '签到' }).click()
  await guest.getByText('已签到，感谢参加。').waitFor()

  // An inspector in the street sends photos before and after, and the numbers.
  const street = await phone(folder())
  const app = await street.newPage()
  await app.goto(`${server.url}/app/`)
  await logIn(app, 'lin')
  await app
    .getByRole('button', { name: '知道了' })
    .click({ timeout: 2000 })
    .catch(() => undefined)
  await openTab(app, 'tasks')
  await app.getByRole('button', { name: '活动' }).click()
  await app.locator('.card', { hasText: '周五大扫除' }).waitFor()
  await app.screenshot({ path: `${shots}/phone-activities.png` })
  await app.locator('.card', { hasText: '周五大扫除' }).click()
  await app.locator('input[name=before]').setInputFiles(picture(1))
  await expect.poll(() => app.locator('.photos img').count()).toBe(1)
  await app.locator('input[name=after]').setInputFiles(picture(2))
  await expect.poll(() => app.locator('.photos img').count()).toBe(2)
  await app.locator('input[name=people]').fill('38')
  await app.locator('input[name=places]').fill('12')
  await app.locator('input[name=vehicles]').fill('3')
  await app.locator('input[name=tonnes]').fill('4.5')
  await app.screenshot({ path: `${shots}/phone-activity.png`, fullPage: true })
  await app.getByRole('button', { name: '保存' }).click()
  await app.getByText('已保存。').waitFor()
  await street.close()

  await page.reload()
  await page.getByText('现场清点').waitFor()
  await page.screenshot({ path: `${shots}/activity-done.png` })

  // A campaign of two groups counts it for the one that has the area.
  await page.locator('nav a', { hasText: '专项' }).click()
  await page.locator('.empty').waitFor()
  await page.getByRole('button', { name: '新专项' }).click()
  await page.locator('input[name=title]').fill('百日攻坚')
  await page.locator('input[name=from]').fill(cityDay(-9))
  await page.locator('input[name=to]').fill(cityDay(0))
  await page.locator('select[name=measure]').selectOption('people')
  await page.locator('input[name=goal]').fill('30')
  await page.getByRole('button', { name: '增加目标' }).click()
  await page.locator('select[name=measure]').nth(1).selectOption('tonnes')
  await page.locator('input[name=goal]').nth(1).fill('10')
  await page.getByRole('button', { name: '增加工作组' }).click()
  for (const n of [0, 1]) {
    await page
      .locator('select[name=leader]')
      .nth(n)
      .selectOption({ index: n + 1 })
    await page.locator('.group').nth(n).locator('.el-select').nth(n).click() // the area of the first, the unit of the second
    await page.locator('.el-select-dropdown__item:visible').first().click()
    await page.locator('input[name=title]').click()
    await expect.poll(() => page.locator('.el-select-dropdown__item:visible').count()).toBe(0)
  }
  await page.screenshot({ path: `${shots}/campaign-form.png`, fullPage: true })
  await page.locator('form').getByRole('button', { name: '保存' }).click()
  await page.locator('tfoot').waitFor()
  expect(await page.locator('tfoot').textContent()).toContain('38 / 60')
  expect(await page.locator('tfoot').textContent()).toContain('4.5 / 20')
  expect(await page.locator('td.behind').count()).toBeGreaterThan(0)
  await page.screenshot({ path: `${shots}/campaign.png`, fullPage: true })

  // A figure opens to what is behind it.
  await page.locator('tfoot .cell').first().click()
  await page.locator('.el-drawer', { hasText: '周五大扫除' }).waitFor()
  await page.screenshot({ path: `${shots}/campaign-facts.png` })
  await page.keyboard.press('Escape')

  // Closing freezes it, and the report is a paper.
  await page.getByRole('button', { name: '结束专项' }).click()
  await page.locator('textarea[name=conclusion]').fill('两个组完成清扫，剩余问题转入日常。')
  await page.locator('form').getByRole('button', { name: '结束专项' }).click()
  await page.locator('.state', { hasText: '已结束' }).waitFor()
  expect(await page.getByRole('button', { name: '修改' }).count()).toBe(0)
  await page.screenshot({ path: `${shots}/campaign-closed.png`, fullPage: true })
  const href = (await page.getByText('报告（PDF）').getAttribute('href')) ?? ''
  const report = await context.request.get(server.url + href)
  expect(report.status()).toBe(200)
  expect((await report.body()).subarray(0, 4).toString()).toBe('%PDF')
  writeFileSync(`${shots}/campaign.pdf`, await report.body())
}, 120_000)
