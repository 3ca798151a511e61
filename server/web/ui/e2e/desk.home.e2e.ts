import { mkdirSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Steps } from './jobs'
import { chrome, folder, logIn, password, Server } from './lib'

const server = new Server()
/** Where pictures go: a folder that is named, or one that is thrown away. */
const shots = process.env.E2E_SHOTS ?? folder()
let browser: Browser
let unit = ''

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await server.start()
  const city = await server.city()
  unit = city.unit
  for (const [name, role] of [
    ['boss', 'leader'],
    ['keeper', 'admin'],
  ])
    await server.person(crypto.randomUUID(), {
      name: name!,
      display_name: name,
      password,
      grants: [{ role, scope: { kind: 'city' } }],
    })
  const clerk = await server.as('clerk')
  const crew = await server.as('crew')
  const now = new Date().toISOString()
  const at = { done_at: now, sent_at: now }
  for (let n = 0; n < 3; n++) {
    const issue = crypto.randomUUID()
    await server.ask('PUT', `/api/v1/issues/${issue}`, {
      category: '06010',
      area: city.area,
      address: `解放路 ${n + 1} 号`,
      place: { lat: 20.03, lon: 110.33 },
      photos: [],
      reported_at: now,
      sent_at: now,
    })
    if (n === 0) continue
    const due = new Date(Date.now() + n * 3_600_000)
    const act = `/api/v1/issues/${issue}/actions`
    await clerk('PUT', `${act}/${crypto.randomUUID()}`, { action: 'assign', unit, due_at: due.toISOString(), ...at })
    if (n === 1)
      await crew('PUT', `${act}/${crypto.randomUUID()}`, {
        action: 'ask_extension',
        until: new Date(due.getTime() + 1_800_000).toISOString(),
        reason: '夜间才能封路',
        ...at,
      })
  }
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

async function opened(who: string, locale = 'zh-CN'): Promise<{ page: Page; refused: string[]; errors: string[] }> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale })).newPage()
  page.setDefaultTimeout(90_000)
  const refused: string[] = []
  const errors: string[] = []
  page.on('response', (r) => r.status() === 403 && refused.push(r.url()))
  page.on('pageerror', (e) => errors.push(e.message))
  page.on('console', (m) => /Content Security Policy/.test(m.text()) && errors.push(m.text()))
  await page.goto(`${server.url}/desk/`)
  await logIn(page, who)
  return { page, refused, errors }
}

test('J1: the office sees all that waits right after the log-in, and each kind opens the list of exactly those', async () => {
  const { page, errors } = await opened('clerk')
  await page.waitForSelector('[data-kind=assign] b:has-text("1")')
  expect(await page.locator('[data-kind=extension] b').innerText()).toBe('1')
  expect(await page.locator('[data-kind=soon] b').innerText()).toBe('2')
  expect(await page.locator('[data-kind=overdue] b').innerText()).toBe('0')
  await page.waitForSelector('.queue li:has-text("解放路 2 号")') // what has to be decided comes first
  new Steps(page).done('J1')
  await page.waitForSelector('.chart canvas')
  await page.screenshot({ path: `${shots}/work.png` })
  await page.click('[data-kind=soon]')
  await page.waitForFunction(() => document.querySelectorAll('.row a').length === 2)
  expect(errors).toEqual([])
})

test('a slash goes to the search, which opens an issue by half an address', async () => {
  const { page, errors } = await opened('clerk')
  await page.waitForSelector('[data-kind=assign]')
  await page.keyboard.press('/')
  await page.keyboard.type('解放路')
  await page.waitForSelector('.hits li:has-text("解放路 2 号")')
  await page.click('.hits li:has-text("解放路 2 号")')
  await page.waitForFunction(() => location.hash.startsWith('#/issue/'))
  expect(errors).toEqual([])
})

test('what somebody is told is read where it came: count, opening, going there', async () => {
  const { page, errors } = await opened('crew')
  await page.click('header button[aria-haspopup=dialog] >> nth=0')
  await page.waitForSelector('ul.told li')
  await page.screenshot({ path: `${shots}/inbox.png` })
  const before = await page.locator('ul.told .unread').count()
  expect(before).toBeGreaterThan(0)
  await page.click('ul.told .unread >> nth=0')
  await page.waitForFunction(() => location.hash.startsWith('#/issue/'))
  await page.click('header button[aria-haspopup=dialog] >> nth=0')
  await page.waitForSelector('ul.told li')
  expect(await page.locator('ul.told .unread').count()).toBe(before - 1)
  await page.keyboard.press('Escape')
  await page.waitForSelector('ul.told', { state: 'detached' })
  expect(errors).toEqual([])
})

test.each([
  ['clerk', 'work', '[data-kind=assign]'],
  ['crew', 'mine', '[data-kind=work]'],
  ['boss', 'overview', '.five b'],
  ['keeper', 'city', '[data-step=units]'],
])('%s begins at %s, and no entry of the navigation answers 403', async (who, first, shows) => {
  const { page, refused, errors } = await opened(who)
  await page.waitForSelector(shows)
  expect(page.url()).toContain(`#/${first}`)
  await page.screenshot({ path: `${shots}/${first}.png` })
  const entries = await page.locator('nav a').evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''))
  expect(entries[0]).toContain(first)
  for (const entry of entries) {
    await page.goto(`${server.url}/desk/${entry}`)
    await page.waitForTimeout(1500)
  }
  expect(refused).toEqual([])
  expect(errors).toEqual([])
})
