import { mkdirSync, readFileSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dayBegins, chrome, folder, logIn, password, phone, Server } from './lib'

const server = new Server()
/** Where pictures go: a folder that is named, or one that is thrown away. */
const shots = process.env.E2E_SHOTS ?? folder()
/** What somebody chooses instead of the password that the administrator gave. */
const hers = 'a word of her own'
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

async function opened(): Promise<{ page: Page; errors: string[] }> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en' })).newPage()
  const errors: string[] = []
  page.on('pageerror', (e) => errors.push(e.message))
  return { page, errors }
}

test('a new office is set up at the desk alone: a unit, a person with two roles who logs in, a setting, a rule that is tried out', async () => {
  const { page, errors } = await opened()
  await page.goto(`${server.url}/desk/`)
  await logIn(page, 'admin', server.first)

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
  const first = await phone(folder(), 'zh-CN')
  const app = first.pages()[0] ?? (await first.newPage())
  await app.goto(address)
  await app.click('.redeem')
  await app.waitForSelector('nav')
  await expect.poll(() => app.url()).not.toContain('enrol') // the code stays in no address
  const second = await phone(folder(), 'zh-CN')
  const late = second.pages()[0] ?? (await second.newPage())
  await late.goto(address)
  await late.click('.redeem')
  await late.waitForSelector('[role=alert]:has-text("二维码已用过")')
  await Promise.all([first.close(), second.close()])

  await page.goto(`${server.url}/desk/#/admin/settings`)
  await page.fill('input[name=city_name]', 'Haikou')
  await page.click('.settings footer button')
  await page.waitForSelector('[role=status]:has-text("saved")')
  await page.fill('input[name=visit_share]', '200')
  await page.click('.settings footer button')
  await page.waitForSelector('[data-setting=visit_share] [role=alert]')

  await page.goto(`${server.url}/desk/#/admin/rules`)
  await page.fill('.try input >> nth=0', '2026-09-30T17:40')
  await page.fill('.try input >> nth=1', '1')
  await page.click('.try button')
  await page.waitForSelector('output:has-text("October")')
  expect(errors).toEqual([])

  const again = await opened()
  await again.page.goto(`${server.url}/desk/`)
  await again.page.fill('input[name=name]', 'mei')
  await again.page.fill('input[name=password]', password)
  await again.page.click('form button')
  await again.page.waitForSelector('text=Somebody else set this password') // she chooses one of her own before she sees anything
  await again.page.waitForSelector('input[autocomplete=new-password]:focus')
  expect(await again.page.locator('nav').count()).toBe(0)
  await again.page.screenshot({ path: `${shots}/own-password-desk.png`, fullPage: true })
  await again.page.fill('input[autocomplete=new-password]', password)
  await again.page.click('form button')
  await again.page.waitForSelector('form [role=alert]') // not the one that the administrator knows
  await again.page.fill('input[autocomplete=new-password]', hers)
  await again.page.click('form button')
  await again.page.waitForSelector('nav a:has-text("Map")')
  expect(again.errors).toEqual([])
})

test.each([
  [1440, 'en'],
  [390, 'zh-CN'],
] as const)(
  'whoever left the desk for a while gives the password again before a role or a code, and logs in again after a day: %d px, %s',
  async (width, locale) => {
    const page = await (await browser.newContext({ viewport: { width, height: 844 }, locale })).newPage()
    page.setDefaultTimeout(60_000)
    await page.goto(`${server.url}/desk/`)
    await logIn(page, 'admin', server.first)
    await page.goto(`${server.url}/desk/#/admin/people`)
    await page.waitForSelector('td:has-text("Mei")')
    const ask = '.authenticate input[type=password]'
    const code = page.locator('tr:has-text("Mei") button', { hasText: locale === 'en' ? 'QR code' : '二维码登录' })

    server.ageSessions('authenticated_at')
    await code.click()
    await page.waitForSelector(ask)
    await page.waitForSelector(`${ask}:focus`)
    await page.screenshot({ path: `${shots}/password-again-${width}.png` })
    await page.fill(ask, 'not the password')
    await page.click('.authenticate button')
    await page.waitForSelector('.authenticate [role=alert]')
    await page.fill(ask, server.first)
    await page.click('.authenticate button')
    await page.waitForSelector('.code img') // what was asked for is done without another word
    await expect.poll(() => page.locator(ask).count()).toBe(0)

    server.ageSessions('authenticated_at')
    await page.click(`tr:has-text("Mei") button:has-text("${locale === 'en' ? 'Edit' : '修改'}")`)
    await page.fill('.person input[type=password]', 'another long password')
    const save = page.locator('.person .row >> nth=-1 >> button:not(.second)')
    await save.click()
    await page.waitForSelector(ask)
    await page.keyboard.press('Escape')
    await page.waitForSelector('.person [role=alert]') // nothing was done, and nothing of it is lost
    expect(await page.inputValue('.person input[type=password]')).toBe('another long password')

    server.ageSessions('seen_at')
    await save.click()
    await page.waitForSelector('.login-over input[name=name]')
    await page.fill('.login-over input[name=name]', 'admin')
    await page.fill('.login-over input[name=password]', server.first)
    await page.click('.login-over form button')
    await page.waitForSelector('.login-over', { state: 'detached' })
    expect(await page.inputValue('.person input[type=password]')).toBe('another long password')
    await page.check('.person input[type=checkbox]') // somebody who is disabled is offered no code
    await page.fill('.person input[type=password]', '')
    await save.click()
    await expect.poll(() => code.count()).toBe(0)
    await page.click(`tr:has-text("Mei") button:has-text("${locale === 'en' ? 'Edit' : '修改'}")`)
    await page.uncheck('.person input[type=checkbox]')
    await save.click()
    await expect.poll(() => code.count()).toBe(1)
    await page.context().close()
  },
)

test('the registers of places and agreements, the catalogue and webhooks are kept at the desk', async () => {
  const { page, errors } = await opened()
  await page.goto(`${server.url}/desk/`)
  await logIn(page, 'admin', server.first)
  const field = (name: string, kind = 'input') => page.locator(`form.edit label:has-text("${name}") >> ${kind}`).first()
  const save = async (shows: string) => {
    await page.click('form.edit button:not(.second)')
    await page.waitForSelector(`td:has-text("${shows}")`)
  }
  const add = async (register: string) => {
    await page.goto(`${server.url}/desk/#/admin/${register}`)
    await page.waitForSelector(
      `h1:has-text("${{ places: 'Places', agreements: 'Agreements', categories: 'Categories', webhooks: 'Webhooks' }[register]}")`,
    )
    await page.click('button:has-text("Add")')
  }
  await add('places')
  await field('Kind', 'select').selectOption('construction_site')
  await field('Name').fill('Site by the river')
  await field('Latitude').fill('20.03')
  await field('Longitude').fill('110.33')
  await field('Plates', 'textarea').fill('琼A12345\n琼A54321')
  await field('From').fill('2026-01-01')
  await save('Site by the river')

  await add('agreements')
  await page.waitForSelector('form.edit option:has-text("Site by the river")', { state: 'attached' })
  await field('Place', 'select').selectOption({ label: 'Site by the river' })
  await field('Kind', 'select').selectOption('three_fronts')
  await field('Signed on').fill('2026-01-02')
  await field('Signed by').fill('Li')
  await save('three fronts')
  const jpeg = Buffer.from(
    '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z',
    'base64',
  )
  await page.setInputFiles('.file input', { name: 'scan.jpg', mimeType: 'image/jpeg', buffer: jpeg })
  await expect
    .poll(
      async () =>
        (await server.ask<{ agreements: { scan?: object }[] }>('GET', '/api/v1/agreements')).agreements[0]?.scan !==
        undefined,
    )
    .toBe(true)

  await add('categories')
  await field('Code').fill('X-77')
  await field('Chinese name').fill('测试小类')
  await field('English name').fill('A test item')
  await field('Group').fill('litter')
  await page.locator('form.edit label:has-text("Limit") >> input').first().fill('4')
  await page.locator('form.edit select').first().selectOption('working_hour')
  await field('Added here').check()
  await save('A test item')

  await add('webhooks')
  await field('Name').fill('program')
  await field('Address').fill('https://program.example/')
  await field('Events', 'textarea').fill('issue.filed')
  await page.click('form.edit button:not(.second)')
  await page.waitForSelector('[role=status] code') // shown this once
  expect(errors).toEqual([])
})

test('holidays come from a table; the list shows any filter of the address and the columns that somebody wants', async () => {
  const { page, errors } = await opened()
  await page.goto(`${server.url}/desk/#/admin/holidays`)
  await logIn(page, 'admin', server.first)
  await page.goto(`${server.url}/desk/#/admin/holidays`)
  const table = (rows: string) =>
    page.setInputFiles('input[type=file]', {
      name: 'days.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`date,kind,name\n${rows}`),
    })
  await table('2027-13-01,holiday,元旦\n')
  await page.waitForSelector('[role=alert]')
  await table('2027-01-01,holiday,元旦\n2027-01-03,swapped_working_day,元旦\n')
  await page.waitForSelector('tr:has-text("2027-01-03"):has-text("working day")')
  // two tables in one file: the row of the heads says which is meant
  await page.getByLabel('Row of the heads').fill('4')
  await table('2028-01-01,holiday,old\n2028-01-02,holiday,old\ndate,kind,name\n2028-05-01,holiday,Labour Day\n')
  await page.waitForSelector('tr:has-text("2028-05-01")')
  expect(await page.locator('tr:has-text("2028-01-01")').count()).toBe(0)

  const now = new Date().toISOString()
  const lin = crypto.randomUUID()
  await server.person(lin, {
    name: 'lin',
    display_name: 'Lin',
    password,
    grants: [{ role: 'inspector', scope: { kind: 'city' } }],
  })
  const as = await server.as('lin')
  for (const n of [1, 2])
    await as('PUT', `/api/v1/issues/${crypto.randomUUID()}`, {
      category: '06010',
      address: `Street ${n}`,
      source: n === 1 ? 'hotline' : 'patrol',
      place: { lat: 20, lon: 110 },
      photos: [],
      reported_at: now,
      sent_at: now,
    })
  const desk = await opened()
  await desk.page.goto(`${server.url}/desk/#/list/source=hotline&reported_to=${dayBegins('2026-01-02')}`)
  await logIn(desk.page, 'mei', hers)
  await desk.page.goto(`${server.url}/desk/#/list/source=hotline&reported_to=${dayBegins('2026-01-02')}`)
  await desk.page.waitForSelector('.set button:has-text("Reported to 2026-01-01")')
  await desk.page.waitForSelector('.pane .empty')
  await desk.page.click('.set button:has-text("Reported to")')
  await desk.page.waitForSelector('.pane .row:has-text("Street 1")')
  expect(await desk.page.locator('.pane .row').count()).toBe(1)
  await desk.page.click('button:has-text("More filters")')
  await desk.page.fill('label:has-text("Reported from") input', '2026-01-01')
  await expect
    .poll(() => decodeURIComponent(decodeURIComponent(desk.page.url())))
    .toContain(`reported_from=${dayBegins('2026-01-01')}`)
  await desk.page.click('button:has-text("Columns")')
  await desk.page.check('label:has-text("Reporter") >> nth=-1 >> input')
  await desk.page.waitForSelector('.pane .row:has-text("Lin")')
  expect(desk.errors).toEqual([])
  expect(errors).toEqual([])
})

test('the record is audited and held against a checkpoint that was kept; health says what goes on', async () => {
  const { page, errors } = await opened()
  await page.goto(`${server.url}/desk/`)
  await logIn(page, 'admin', server.first)
  await page.goto(`${server.url}/desk/#/security/record`)
  await page.waitForSelector('text=Nobody has audited it yet')
  await page.waitForSelector('h2:has-text("Signed log")')
  await page.click('button:has-text("Sign now")')
  await page.waitForSelector('dd:has-text(" events") >> nth=0')
  await page.waitForSelector('dd code:has-text("spotcheck/")')
  const [signed] = await Promise.all([page.waitForEvent('download'), page.click('a:has-text("Save the checkpoint")')])
  await page.click('button:has-text("Audit the whole record")')
  await page.waitForSelector('b:has-text("all of it agrees")', { timeout: 30_000 })

  const [download] = await Promise.all([page.waitForEvent('download'), page.click('a:has-text("Download")')])
  const kept = readFileSync(await download.path(), 'utf8')
  const against = (text: string) =>
    page.setInputFiles('input[type=file]', {
      name: 'checkpoint.json',
      mimeType: 'application/json',
      buffer: Buffer.from(text),
    })
  await against(kept)
  await page.waitForSelector('li:has-text("held against a kept checkpoint") b:has-text("all of it agrees")', {
    timeout: 30_000,
  })
  const document = JSON.parse(kept) as { root: string }
  await against(JSON.stringify({ ...document, root: document.root.replace(/./g, '7') })) // of another record
  await page.waitForSelector('li:has-text("held against a kept checkpoint") b.wrong', { timeout: 30_000 })
  await page.click('summary >> nth=0')
  await page.waitForSelector('li.wrong code:has-text("checkpoint")')
  const note = readFileSync(await signed.path(), 'utf8')
  await against(note)
  await page.waitForSelector(
    'li:nth-child(1):has-text("held against a kept checkpoint") b:has-text("all of it agrees")',
    {
      timeout: 30_000,
    },
  )
  await against(note.replace(/^\d+$/m, (n) => String(Number(n) - 1)))
  await page.waitForSelector('li:nth-child(1):has-text("held against a kept checkpoint") b.wrong', { timeout: 30_000 })
  await against('[1, 2')
  await page.waitForSelector('[role=alert]:has-text("no checkpoint")')
  await against('{"schema": 1}')
  await page.waitForSelector('[role=alert]:has-text("root")')

  await page.goto(`${server.url}/desk/#/admin/health`)
  await page.waitForSelector('dt:has-text("Database") + dd:has-text("fine")')
  await page.waitForSelector('dt:has-text("Jobs in trouble") + dd:has-text("none")')
  expect(errors).toEqual([])
})
