import { mkdirSync, writeFileSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, cityDay, folder, logIn, password, Server } from './lib'

const server = new Server()
/** Where pictures go: a folder that is named, or one that is thrown away. */
const shots = process.env.E2E_SHOTS ?? folder()
let browser: Browser
/** Last month, and a moment in the middle of it. */
const month = cityDay(-Number(cityDay().slice(8))).slice(0, 7)
const then = `${month}-15T04:00:00.000Z`

/** Three streets of one group, of which two have a school that was visited last month, and those who check and issue. */
async function streets(): Promise<void> {
  const { area } = await server.city()
  const city = { kind: 'city' }
  const units = ['滨江街道', '白沙街道', '海府街道'].map((name) => ({ name, id: crypto.randomUUID() }))
  for (const u of units)
    await server.ask('PUT', `/api/v1/units/${u.id}`, { name: u.name, kind: 'street', peer_group: '街道' })
  for (const [name, role, scope] of [
    ['chen', 'office', city],
    ['leader', 'leader', city],
    ['street', 'unit', { kind: 'unit', id: units[0]!.id }],
  ] as const)
    await server.person(crypto.randomUUID(), {
      name,
      display_name: name,
      password,
      grants: [{ role, scope }],
    })
  const clerk = await server.as('clerk')
  const standard = crypto.randomUUID()
  await clerk('PUT', `/api/v1/standards/${standard}`, {
    name: '学校检查标准',
    subject: 'place',
    kind: 'school_surroundings',
    pass_mark: 60,
    recheck_mark: 92,
    grades: [{ name: 'A', from: 90 }],
    items: [{ code: '1', section: '校门口', text: '地面干净', points: 20, deduction: 5, category: '06010' }],
  })
  await clerk('PUT', `/api/v1/standards/${standard}/versions/1/force`)
  const lin = await server.as('lin')
  for (const [n, result] of ['yes', 'no'].entries()) {
    const place = crypto.randomUUID()
    await server.ask('PUT', `/api/v1/places/${place}`, {
      name: `第${n + 1}小学`,
      kind: 'school_surroundings',
      valid_from: `${month}-01`,
      position: { lat: 20.03, lon: 110.33, datum: 'wgs84' },
      area,
      unit: units[n]!.id,
    })
    await lin('PUT', `/api/v1/visits/${crypto.randomUUID()}`, {
      standard,
      version: 1,
      subject: 'place',
      target: place,
      started_at: then,
      done_at: then,
      sent_at: new Date().toISOString(),
      answers: [{ item: '1', result }],
      signature: { kind: 'signed', name: '王校长' },
    })
  }
}

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await server.start()
  await streets()
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser?.close()
  await server.end()
})

/** The assessments as somebody sees them. */
async function desk(name: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await page.goto(`${server.url}/desk/`)
  await logIn(page, name)
  await page.locator('nav a', { hasText: '考核' }).click()
  return page
}

test('an office makes a scheme and drafts last month, another person checks, the leader issues, and a street sees its own line', async () => {
  const page = await desk('clerk')
  await page.locator('.empty').waitFor()
  await page.screenshot({ path: `${shots}/assessment-none.png` })
  await page.getByRole('button', { name: '新考核办法' }).click()
  await page.locator('input[name=title]').fill('街道考核办法')
  await page.locator('select[name=peer_group]').selectOption('街道')
  await page.getByText('共 3 个单位').waitFor()
  await page.locator('input[name=closure]').fill('0')
  expect(await page.getByRole('button', { name: '保存' }).isDisabled()).toBe(true) // the weights sum to 60
  await page.locator('input[name=visits]').fill('80')
  await page.screenshot({ path: `${shots}/assessment-scheme.png`, fullPage: true })
  await page.getByRole('button', { name: '保存' }).click()
  await page.locator('.schemes', { hasText: '街道考核办法' }).waitFor()
  await page.getByRole('button', { name: `起草 ${month}` }).click()
  await page.locator('.state', { hasText: '草稿' }).waitFor()
  expect(await page.locator('tbody tr').first().textContent()).toContain('检查 1 次')

  // A point with its reason is registered, and counts when the figures are counted again.
  await page.getByText('登记加扣分').click()
  await page.waitForURL('**/admin/points')
  await page.getByText('加扣分').last().waitFor()
  await page.screenshot({ path: `${shots}/assessment-points.png` })
  const units = await server.ask<{ units: { id: string; name: string }[] }>('GET', '/api/v1/bootstrap')
  const street = units.units.find((u) => u.name === '白沙街道')?.id
  await (
    await server.as('clerk')
  )('PUT', `/api/v1/assessment-points/${crypto.randomUUID()}`, {
    unit: street,
    day: `${month}-20`,
    points: 4.5,
    reason: '承办现场观摩会',
  })
  await page.goBack()
  await page.getByRole('button', { name: '重新统计' }).click()
  await page.getByText('+4.5').waitFor()
  await page.getByRole('button', { name: '明细' }).click()
  await page.getByText('承办现场观摩会').waitFor()
  await page.screenshot({ path: `${shots}/assessment-draft.png`, fullPage: true })
  expect(await page.getByRole('button', { name: '核对无误' }).count()).toBe(0) // by somebody else than who drafted

  const second = await desk('chen')
  await second.locator('.sheets .link').first().click()
  await second.getByRole('button', { name: '核对无误' }).click()
  await second.locator('.state', { hasText: '已核对' }).waitFor()
  await second.screenshot({ path: `${shots}/assessment-checked.png`, fullPage: true })

  const street1 = await desk('street')
  await street1.locator('.empty').waitFor()

  const leader = await desk('leader')
  await leader.locator('.sheets .link').first().click()
  await leader.getByRole('button', { name: '发布' }).click()
  await leader.locator('.state', { hasText: '已发布' }).waitFor()
  expect(await leader.locator('.sheet button:not(.second, .link)').count()).toBe(0)
  const file = await leader
    .context()
    .request.get(server.url + ((await leader.getByText('Excel').getAttribute('href')) ?? ''))
  expect(file.status()).toBe(200)
  writeFileSync(`${shots}/assessment.xlsx`, await file.body())
  const pdf = await leader
    .context()
    .request.get(server.url + ((await leader.getByText('PDF').getAttribute('href')) ?? ''))
  writeFileSync(`${shots}/assessment.pdf`, await pdf.body())
  await leader.screenshot({ path: `${shots}/assessment-issued.png`, fullPage: true })

  await street1.reload()
  await street1.locator('.sheets .link').first().click()
  await street1.locator('tbody tr', { hasText: '滨江街道' }).waitFor()
  expect(await street1.locator('tbody tr').count()).toBe(1)
  await street1.screenshot({ path: `${shots}/assessment-street.png`, fullPage: true })

  // The office finds it in its list.
  await page.reload()
  await page.getByRole('button', { name: '全部考核' }).click()
  await page.screenshot({ path: `${shots}/assessment-list.png`, fullPage: true })
}, 120_000)
