import { mkdirSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, cityDay, dayBegins, folder, logIn, password, Server } from './lib'

const server = new Server()
/** Where pictures go: a folder that is named, or one that is thrown away. */
const shots = process.env.E2E_SHOTS ?? folder()
let browser: Browser
const errors: string[] = []

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await server.start()
  for (const [name, role] of [
    ['clerk', 'office'],
    ['checker', 'office'],
    ['chief', 'leader'],
    ['walker', 'inspector'],
  ])
    await server.person(crypto.randomUUID(), {
      name: name!,
      display_name: name,
      password,
      grants: [{ role, scope: { kind: 'city' } }],
    })
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

async function desk(name: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  page.on('pageerror', (e) => errors.push(e.message))
  await page.goto(`${server.url}/desk/#/reports`)
  await logIn(page, name)
  await page.goto(`${server.url}/desk/#/reports`)
  return page
}
interface Kept {
  id: string
  state: string
  revision: number
  sentences?: { better?: string[]; worse?: string[]; decisions?: string[] }
}
let token = ''
async function seen<T>(path: string): Promise<T> {
  token ||= await server.logIn('clerk', password)
  const response = await fetch(`${server.url}/api/v1/reports${path}`, { headers: { Authorization: `Bearer ${token}` } })
  return (await response.json()) as T
}
async function kept(): Promise<Kept[]> {
  return (await seen<{ reports: Kept[] }>('')).reports
}
async function sentences(): Promise<Kept['sentences']> {
  return (await seen<Kept>(`/${(await kept())[0]?.id}`)).sentences
}
/** Opens the form of sentences of the report on the page. */
async function form(page: Page): Promise<void> {
  await page.click('button:has-text("改写要点")')
  await page.waitForSelector('textarea >> nth=3')
}

test('起草 twice is one draft, and what was written is there after a reload, part by part', async () => {
  const page = await desk('clerk')
  const draft = page.locator('button:has-text("起草")')
  await draft.click()
  await page.waitForSelector('.report .state.draft')
  const first = page.url()
  await page.goto(`${server.url}/desk/#/reports`)
  await draft.click()
  await page.waitForSelector('.report .state.draft') // the draft that is there
  expect(page.url()).toBe(first)
  expect((await kept()).length).toBe(1)

  await page.reload()
  await form(page)
  await page.getByLabel('变好的方面').fill('主干道保洁明显好转')
  await page.click('.detail form button:has-text("保存")')
  await expect.poll(sentences).toEqual({ better: ['主干道保洁明显好转'] })

  await page.reload()
  await form(page)
  expect(await page.getByLabel('变好的方面').inputValue()).toBe('主干道保洁明显好转')
  await page.getByLabel('需要决策的事项').fill('增加一辆洗扫车\n整治𱍐街')
  await page.click('.detail form button:has-text("保存")')
  const both = { better: ['主干道保洁明显好转'], decisions: ['增加一辆洗扫车', '整治𱍐街'] }
  await expect.poll(sentences).toEqual(both)

  await page.reload()
  await form(page)
  expect(await page.getByLabel('变好的方面').inputValue()).toBe(both.better[0])
  expect(await page.getByLabel('需要决策的事项').inputValue()).toBe(both.decisions.join('\n'))
  await page.screenshot({ path: `${shots}/report-sentences.png` })

  await page.click('button:has-text("重新计算")') // computed anew the sentences stay, and the form goes with the new revision
  await expect.poll(async () => (await kept())[0]?.revision).toBe(4)
  expect(await sentences()).toEqual(both)
  expect(errors).toEqual([])
})

test('what cannot be printed is said before a report is issued', async () => {
  const [draft] = await kept()
  await (
    await server.as('checker')
  )('PUT', `/api/v1/reports/${draft?.id}/check`, { revision: draft?.revision })
  const page = await desk('chief')
  await page.goto(`${server.url}/desk/#/report/${draft?.id}`)
  await page.waitForSelector('.action [role=alert]:has-text("𱍐")')
  await page.click('button:has-text("印发")')
  expect((await kept())[0]?.state).toBe('checked')
  await page.screenshot({ path: `${shots}/report-unprinted.png` })
  await page.click('button:has-text("确认印发")')
  await page.waitForSelector('.state.issued')
  expect((await kept())[0]?.state).toBe('issued')
  expect(errors).toEqual([])
})

test('a vehicle that comes again is counted for the period and opens as a list', async () => {
  const walker = await server.as('walker')
  const now = new Date().toISOString()
  for (const plate of ['琼A·12345', '琼a 12345', '琼A99999'])
    await walker('PUT', `/api/v1/issues/${crypto.randomUUID()}`, {
      category: '08012',
      address: '龙昆南路',
      plate,
      source: 'patrol',
      place: { lat: 20, lon: 110, datum: 'wgs84', source: 'manual' },
      photos: [],
      reported_at: now,
      sent_at: now,
    })
  const page = await desk('clerk')
  await page.selectOption('select[name=period]', 'day')
  await page.fill('.picker input[type=date]', cityDay())
  await page.waitForSelector('.repeated tr:has-text("12345") td:has-text("2")')
  expect(await page.locator('.repeated tbody tr').count()).toBe(1)
  await page.locator('.repeated').scrollIntoViewIfNeeded()
  await page.screenshot({ path: `${shots}/repeated.png` })
  await page.click('.repeated tbody a')
  await page.waitForSelector('.pane .row >> nth=1')
  expect(await page.locator('.pane .row').count()).toBe(2)
  await page.waitForSelector('.filter.set button:has-text("车牌")')
  await page.screenshot({ path: `${shots}/repeated-list.png` })
  expect(errors).toEqual([])
})

test('a cut-off that is chosen holds for the figures, the files and the draft', async () => {
  const page = await desk('clerk')
  await page.selectOption('select[name=period]', 'day')
  await page.fill('.picker input[type=date]', cityDay())
  const received = page.locator('.key > * >> nth=0').locator('b')
  await expect.poll(() => received.innerText()).toBe('3')
  await page.getByLabel('截止时间').fill(`${cityDay()}T00:01`) // before the first of them
  await page.click('.reports form button:has-text("查询")')
  await expect.poll(() => received.innerText()).toBe('0')
  const moment = Date.parse(dayBegins(cityDay())) + 60_000
  const file = await page.locator('a:has-text("XLSX")').getAttribute('href')
  expect(Date.parse(new URLSearchParams(file!.split('?')[1]).get('cut_off')!)).toBe(moment)
  await page.click('button:has-text("起草")')
  await page.waitForSelector('.report .state.draft')
  await page.waitForSelector('.action:has-text("00:01")')
  const made = await seen<{ cut_at: string }>(`/${page.url().split('/').at(-1)}`)
  expect(Date.parse(made.cut_at)).toBe(moment)
  await page.screenshot({ path: `${shots}/report-cut-off.png` })
  expect(errors).toEqual([])
})
