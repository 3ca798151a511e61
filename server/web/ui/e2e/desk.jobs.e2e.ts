import { mkdirSync, readFileSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asksOf } from './asks'
import { Steps } from './jobs'
import { chrome, cityDay, drawn, folder, logIn, password, Server } from './lib'
import { workbook } from './workbook'

const server = new Server()
/** Where pictures go: a folder that is named, or one that is thrown away. */
const shots = process.env.E2E_SHOTS ?? folder()
let browser: Browser
let city: { unit: string; area: string }
const errors: string[] = []
let places = 0

const { ask, act, shows } = asksOf(server)
/** Reports something half a kilometre from what was reported before. */
async function reported(address: string, area = city.area): Promise<string> {
  const id = crypto.randomUUID()
  const now = new Date().toISOString()
  await ask('lin', 'PUT', `/api/v1/issues/${id}`, {
    category: '06010',
    area,
    address,
    note: '人行道堆放建筑垃圾',
    place: { lat: 19.6 + places++ / 200, lon: 110.33, accuracy_m: 4 },
    photos: [],
    reported_at: now,
    sent_at: now,
  })
  return id
}
async function seen<T = Record<string, never>>(issue: string): Promise<T> {
  return await ask('clerk', 'GET', `/api/v1/issues/${issue}`)
}
async function put(path: string, body: object): Promise<string> {
  const id = crypto.randomUUID()
  await server.ask('PUT', `/api/v1/${path}/${id}`, body)
  return id
}
async function at(who: string, { language = 'zh-CN', width = 1440, height = 900, dark = false } = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height },
    locale: language,
    colorScheme: dark ? 'dark' : 'light',
    acceptDownloads: true,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  page.on('pageerror', (e) => errors.push(`${who}: ${e.message}`))
  page.on('console', (m) => m.text().includes('Content Security Policy') && errors.push(`${who}: ${m.text()}`))
  await page.goto(`${server.url}/desk/`)
  await logIn(page, who)
  return page
}
/** Keeps a screen as it looks by day and by night, and on a small screen. */
async function pictures(page: Page, name: string): Promise<void> {
  if (!process.env.E2E_SHOTS) return
  for (const [suffix, width, height, colorScheme] of [
    ['', 1440, 900, 'light'],
    ['-dark', 1440, 900, 'dark'],
    ['-small', 1280, 720, 'light'],
  ] as const) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme })
    await page.waitForTimeout(400)
    await page.screenshot({ path: `${shots}/${name}${suffix}.png` })
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.emulateMedia({ colorScheme: 'light' })
}

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await server.start()
  city = await server.city()
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
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox', ...drawn] })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

test('J3: ten new issues are sorted where rules propose a unit, J4: one whose unit is wrong gets one of its own district by initials', async () => {
  const district = await put('areas', { name: '美兰区', level: 'district' })
  const street = await put('areas', { name: '白龙街道', level: 'street', parent: district })
  const own = await put('units', { name: '美兰市政维护', kind: 'contractor' })
  await put('units', { name: '安居物业', kind: 'contractor' }) // before it by name, and of another district
  await put('responsibilities', { unit: city.unit, area: street, valid_from: '2020-01-01' })
  await put('responsibilities', { unit: own, area: district, category: '08012', valid_from: '2020-01-01' })
  const ids: string[] = []
  for (let n = 0; n < 11; n++) ids.push(await reported(`白龙路 ${n + 1} 号`, street))
  const page = await at('clerk')
  await page.waitForSelector('[data-kind=assign] b:has-text("11")')
  const ten = new Steps(page)
  await ten.click('nav a:has-text("受理")')
  for (let n = 11; n > 1; n--) {
    await expect.poll(() => page.locator('.triage .list li:not(.empty)').count()).toBe(n)
    await page.waitForSelector('.proposal b:has-text("龙华环卫")')
    await ten.press('a')
  }
  ten.done('J3')
  await expect.poll(() => page.locator('.triage .list li:not(.empty)').count()).toBe(1)
  await page.click('nav a:has-text("工作台")')
  await page.waitForSelector('[data-kind=assign]')
  const one = new Steps(page)
  await one.click('nav a:has-text("受理")')
  await page.waitForSelector('.proposal b:has-text("龙华环卫")')
  await one.press('u')
  await page.waitForSelector('.ask li')
  expect((await page.locator('.ask li').first().innerText()).includes('龙华环卫')).toBe(true)
  expect(await page.locator('.ask li').nth(1).innerText()).toContain('美兰市政维护')
  expect(await page.locator('.ask li').nth(1).innerText()).toContain('本区')
  await pictures(page, 'jobs-triage')
  await one.type('mlsz')
  await page.waitForFunction(() => document.querySelectorAll('.ask li').length === 1)
  await one.press('Enter')
  await expect.poll(() => page.locator('.triage .list li:not(.empty)').count()).toBe(0)
  one.done('J4')
  await page.goto(`${server.url}/desk/#/list`) // what waited is sent when the screen is left
  await expect.poll(async () => (await seen<{ unit?: { name: string } }>(ids[10]!)).unit?.name).toBe('美兰市政维护')
  for (const id of ids.slice(0, 10))
    await expect.poll(async () => (await seen<{ unit?: { name: string } }>(id)).unit?.name).toBe('龙华环卫')
  expect(errors).toEqual([])
})

test('J5: the category is put right and the pin is moved, and what happens to the deadline is said before', async () => {
  const issue = await reported('海府路 3 号')
  await act('clerk', issue, 'assign', { unit: city.unit })
  const page = await at('clerk')
  await page.goto(`${server.url}/desk/#/list`)
  await page.waitForSelector(`a[href*="${issue}"]`)
  const steps = new Steps(page)
  await steps.click(`a[href*="${issue}"]`)
  await steps.click('article.issue button:has-text("更正")')
  await steps.choose('.correct select >> nth=0', '08012')
  const map = page.locator('.place-map[data-ready] canvas')
  await map.waitFor()
  await map.click({ position: { x: 120, y: 60 } }) // the pin moves there
  steps.n++
  await expect.poll(() => page.inputValue('[name=position]')).toMatch(/^19\.\d+, 110\.\d+$/)
  await pictures(page, 'jobs-correct')
  await steps.write('.correct label:has-text("原因") input', '位置和类别有误')
  await steps.click('.correct .row button:not(.second)')
  await expect.poll(async () => (await seen<{ category: { code: string } }>(issue)).category.code).toBe('08012')
  steps.done('J5')
})

test('J8: an issue is found by half an address, its photo opened large and compared, its case file downloaded', async () => {
  const issue = await reported('琼山大道与椰海大道交叉口东北角')
  await shows('lin', issue, 'report')
  await act('clerk', issue, 'assign', { unit: city.unit })
  await act('crew', issue, 'fix', { photos: [await shows('crew', issue, 'after')] })
  const page = await at('clerk')
  await page.waitForSelector('[data-kind=assign]')
  const steps = new Steps(page)
  await steps.write('header [role=search] input', '椰海大道交叉')
  await steps.click('.hits li:has-text("琼山大道")')
  await steps.click('.photos figure button >> nth=0')
  await page.waitForSelector('.viewer .stage img')
  await steps.press('c')
  await page.waitForSelector('.viewer .two img >> nth=1')
  await page.screenshot({ path: `${shots}/jobs-viewer.png` })
  const [download] = await Promise.all([page.waitForEvent('download'), steps.click('.viewer a.file')])
  steps.done('J8')
  expect(download.suggestedFilename()).toMatch(/^案卷-\d{4}-\d{6}\.pdf$/)
  expect(
    readFileSync((await download.path())!)
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-')
  await page.keyboard.press('Escape')
  await page.waitForSelector('.viewer', { state: 'detached' })
  await pictures(page, 'jobs-casefile')
})

test('J9: all of a filter go to one unit, and what is left out is said before', async () => {
  const area = await put('areas', { name: '金盘街道', level: 'street' })
  const ids: string[] = []
  for (let n = 0; n < 21; n++) ids.push(await reported(`金盘路 ${n + 1} 号`, area))
  await act('clerk', ids[20]!, 'assign', { unit: city.unit })
  const page = await at('clerk')
  const steps = new Steps(page)
  await steps.click('nav a:has-text("案卷")')
  await page.waitForSelector('.pane .row')
  await steps.choose('.filter label:has-text("区域") select', area)
  await page.waitForFunction(
    () => document.querySelectorAll('.pane .row').length > 0 && location.hash.includes('area='),
  )
  await steps.click('button:has-text("全选 21 件")')
  await steps.choose('.bulk select >> nth=1', { label: '龙华环卫' })
  await page.waitForSelector('.bulk .left:has-text("以下 1 件不会处理")')
  await page.waitForSelector('.bulk:has-text("期限")')
  await pictures(page, 'jobs-bulk')
  await steps.click('.bulk button:has-text("派遣 20 件")')
  await page.waitForSelector('.count:has-text("20 件成功")')
  steps.done('J9')
  for (const id of ids) expect((await seen<{ status: string }>(id)).status).toBe('assigned')

  // Back from an issue the list is where it was, and the keyboard stands at the row.
  const { id } = (await page.evaluate(async () => (await fetch('/api/v1/issues?limit=100')).json())).issues[12]
  const href = `#/issue/${id}`
  await page.locator('.pane').evaluate((pane) => (pane.scrollTop = 500))
  const row = page.locator(`.pane .row a[href="${href}"]`)
  await expect.poll(() => row.count()).toBe(1) // the two blocks of rows follow a scroll one after the other
  await row.scrollIntoViewIfNeeded() // a click does so
  const pane = await page.$('.pane')
  const place = await pane!.evaluate((p) => p.scrollTop)
  const drawn = await pane!.evaluate((p) => p.querySelectorAll('.row').length)
  await row.click()
  await page.waitForSelector('article.issue')
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  // Its rows stay drawn while it is away: the keyboard finds its row however late the browser measures it again.
  expect(await pane!.evaluate((p) => p.querySelectorAll('.row').length)).toBe(drawn)
  await page.goBack()
  await page.waitForFunction((h) => document.activeElement?.getAttribute('href') === h, href)
  expect(await page.locator('.pane').evaluate((pane) => pane.scrollTop)).toBe(place)
  expect(await page.locator('.pane .row.last').count()).toBe(1)
  expect(errors).toEqual([])
})

test("J16: the office hours and the week's first day are changed, and what moves is said before", async () => {
  const issue = await reported('南沙路 8 号')
  await act('clerk', issue, 'assign', { unit: city.unit })
  const page = await at('keeper')
  await page.waitForSelector('[data-step=units]')
  const steps = new Steps(page)
  await steps.click('nav a:has-text("管理")')
  await steps.click('a:has-text("城市设置")')
  await page.waitForSelector('[data-setting=working_hours] input')
  expect(await page.locator('.settings textarea').count()).toBe(1) // the notice of privacy is the only long text
  await steps.write('[name="working_hours.0.from"]', '09:00')
  await page.waitForSelector('[data-setting=working_hours] .moves')
  await steps.choose('[name="formula.week_start"]', '0')
  await page.waitForSelector('[data-setting=formula] .moves:has-text("本周改为")')
  await pictures(page, 'jobs-settings')
  await steps.click('.settings footer button')
  await page.waitForSelector('.settings footer:has-text("已保存 2 项")')
  steps.done('J16')
  const { settings } = await server.ask<{ settings: Record<string, never> }>('GET', '/api/v1/settings')
  expect(settings.working_hours).toEqual([
    { from: '09:00', to: '12:00' },
    { from: '14:00', to: '18:00' },
  ])
  expect(settings.formula).toMatchObject({ week_start: 0, version: 2 })
  await page.fill('[name="working_hours.0.from"]', '13:00') // after it ends: refused, and said where
  await page.waitForSelector('[data-setting=working_hours] [role=alert]')
  expect(errors).toEqual([])
})

test('J13: a leader goes from a bad figure to the photo behind it', async () => {
  const issue = await reported('滨海大道 30 号')
  await shows('lin', issue, 'report')
  const day = new Date(Date.now() + 60_000).toISOString()
  await act('clerk', issue, 'assign', { unit: city.unit, due_at: new Date(Date.now() + 1500).toISOString() })
  await new Promise((resolve) => setTimeout(resolve, 1600)) // until it is late
  expect(day).toBeTruthy()
  const page = await at('boss')
  await page.waitForSelector('[data-figure=on_time] b')
  await pictures(page, 'jobs-leader')
  const steps = new Steps(page)
  await steps.click('[data-figure=on_time]')
  await page.waitForSelector('.behind li:has-text("滨海大道 30 号")')
  await pictures(page, 'jobs-behind')
  await steps.click('.behind li:has-text("滨海大道 30 号") button.photo')
  await page.waitForSelector('.viewer .stage img')
  steps.done('J13')
  expect(errors).toEqual([])
})

test('J14: a leader issues the weekly report after reading it as it will look', async () => {
  const id = crypto.randomUUID()
  await server.person(crypto.randomUUID(), {
    name: 'second',
    display_name: 'second',
    password,
    grants: [{ role: 'office', scope: { kind: 'city' } }],
  })
  const made = await ask<{ report?: { revision: number }; revision?: number; period?: string }>(
    'clerk',
    'PUT',
    `/api/v1/reports/${id}`,
    {
      period: new Date(Date.now() - 86_400_000).toISOString().slice(0, 7),
      scope: 'city',
      language: 'zh',
      genre: 'closure',
    },
  )
  const draft = await ask<{ revision: number }>('clerk', 'GET', `/api/v1/reports/${id}`)
  expect(made).toBeTruthy()
  await ask('second', 'PUT', `/api/v1/reports/${id}/check`, { revision: draft.revision })
  const page = await at('boss')
  await page.waitForSelector('.drafts li')
  const steps = new Steps(page)
  await steps.click('.drafts li a >> nth=0')
  await page.waitForSelector('.paper-page[data-there]')
  expect(await page.locator('.paper-page h1').innerText()).not.toBe('') // the page stands in a root of its own
  expect(await page.locator('.paper-page h1').evaluate((e) => getComputedStyle(e).textAlign)).toBe('center')
  // The page stands beside what is said of it, and not under it.
  const [paper, aside] = await Promise.all(
    ['.paper-page', '.report aside'].map((part) => page.locator(part).boundingBox()),
  )
  expect(paper!.x + paper!.width).toBeLessThanOrEqual(aside!.x)
  await pictures(page, 'jobs-report')
  await steps.click('.report .action button:has-text("印发")')
  await steps.click('.report .action button:has-text("确认印发")')
  await page.waitForSelector('.report .state.issued')
  steps.done('J14')
  expect(errors).toEqual([])
})

test('J15: a new district is set up by the guide: area from a file, unit, responsibility, two people with their codes', async () => {
  const page = await at('keeper')
  await page.waitForSelector('[data-step=units]')
  const steps = new Steps(page)
  await steps.click('a:has-text("建立新区")')
  await steps.write('input[name=area]', '琼山区')
  const ring = [
    [110.5, 20.1],
    [110.52, 20.1],
    [110.52, 20.12],
    [110.5, 20.12],
    [110.5, 20.1],
  ]
  const outline = JSON.stringify({
    type: 'Feature',
    properties: {},
    geometry: { type: 'Polygon', coordinates: [ring] },
  })
  await steps.give('.setup input[type=file]', {
    name: 'qiongshan.geojson',
    mimeType: 'application/geo+json',
    buffer: Buffer.from(outline),
  })
  await steps.click('.open button:has-text("下一步")')
  await steps.write('input[name=unit]', '琼山环卫')
  await steps.click('.open button:has-text("下一步")')
  await page.waitForSelector('.open:has-text("琼山区 的全部事项由 琼山环卫 负责")')
  await steps.click('.open button:has-text("下一步")')
  for (const [n, name, login] of [
    [0, '巡查甲', 'qs-a'],
    [1, '环卫乙', 'qs-b'],
  ] as const) {
    const one = `.someone >> nth=${n} >> `
    await steps.write(`${one}input[name=display_name]`, name)
    await steps.write(`${one}input[name=login]`, login)
    await steps.click(`${one}button`)
    await page.waitForSelector(`${one}figure img[alt*="enrol"]`)
  }
  await page.waitForSelector('.end:has-text("琼山区 已建立")')
  steps.done('J15')
  await pictures(page, 'jobs-setup')
  const { areas } = await server.ask<{ areas: { name: string; outline?: string }[] }>('GET', '/api/v1/areas')
  expect(areas.find((a) => a.name === '琼山区')?.outline).toBeTruthy()
  await page.goto(`${server.url}/desk/#/board`)
  await page.waitForSelector('h1')
  expect(errors).toEqual([])
})

test('a session that ends is begun again over the screen, and nothing is lost', async () => {
  const page = await at('keeper')
  await page.goto(`${server.url}/desk/#/admin/settings`)
  await page.fill('[name=city_name]', '写到一半')
  await page.context().clearCookies()
  await page.click('.settings footer button')
  await page.waitForSelector('.login-over form')
  await page.screenshot({ path: `${shots}/jobs-again.png` })
  await page.fill('.login-over input[name=name]', 'keeper')
  await page.fill('.login-over input[name=password]', password)
  await page.click('.login-over form button')
  await page.waitForSelector('.login-over', { state: 'detached' })
  expect(await page.inputValue('[name=city_name]')).toBe('写到一半')
  await page.click('.settings footer button')
  await page.waitForSelector('.settings footer:has-text("已保存 1 项")')
  expect(errors).toEqual([])
})

test('the board counts what the list counts, each mark opens it, and the wall fits its screen', async () => {
  const issue = await reported('人民大道 1 号')
  await act('clerk', issue, 'assign', { unit: city.unit })
  await act('crew', issue, 'fix', { photos: [await shows('crew', issue, 'after')] })
  const page = await at('boss')
  await page.goto(`${server.url}/desk/#/board`)
  const { total } = await ask<{ total: number }>('boss', 'GET', '/api/v1/issues?status=fixed&limit=1')
  await page.waitForSelector(`[data-tile=waiting] b:text-is("${total}")`)
  await page.waitForSelector('.charts canvas >> nth=2')
  await pictures(page, 'jobs-board')
  await page.click('[data-tile=waiting]')
  await page.waitForFunction((n) => document.querySelectorAll('.pane .row').length === n, total)
  for (const [width, height] of [
    [1920, 1080],
    [3840, 2160],
  ] as const) {
    await page.setViewportSize({ width, height })
    await page.goto(`${server.url}/desk/#/wall`)
    await page.waitForSelector('.wall .charts canvas >> nth=2')
    await page.waitForTimeout(500)
    const over = await page.evaluate(() => [
      document.documentElement.scrollHeight - innerHeight,
      document.documentElement.scrollWidth - innerWidth,
    ])
    expect(over).toEqual([0, 0])
    await page.screenshot({ path: `${shots}/jobs-wall-${height}.png` })
  }
  expect(errors).toEqual([])
})

test('J10: a hotline workbook with a title row and foreign words for categories is mapped once and remembered', async () => {
  const rows = (month: number, words: string[]): Buffer =>
    workbook([
      [`${month} 月 12345 热线工单汇总表`],
      ['工单编号', '来电时间', '诉求类型', '诉求内容', '事发地址', '承办单位'],
      ...words.map((w, n) => [
        `R${month}-${n}`,
        `2026-11-2${n} 09:00`,
        w,
        `占道堆放 ${n}`,
        `南宝路 ${month}${n} 号`,
        '龙华环卫',
      ]),
    ])
  const file = (month: number, words: string[]): { name: string; mimeType: string; buffer: Buffer } => ({
    name: `12345热线${month}月.xlsx`,
    mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    buffer: rows(month, words),
  })
  const page = await at('clerk')
  await page.waitForSelector('[data-kind=assign]')
  const once = new Steps(page)
  await once.click('nav a:has-text("导入")')
  await once.give('input[type=file] >> nth=0', file(10, ['市容秩序', '道路扬尘', '市容秩序', '暴露垃圾']))
  await page.waitForSelector('.words:has-text("有 2 个类别词还不认识")')
  await pictures(page, 'jobs-imports')
  await once.choose('select[data-word="市容秩序"]', '06010')
  await once.choose('select[data-word="道路扬尘"]', '08012')
  await once.click('.mapping button:has-text("保存")')
  await page.waitForSelector('text=共 4 行：可立案 4')
  await once.click('button:has-text("立案 4 件")')
  await page.waitForSelector('b:has-text("已完成")')
  once.done('J10')
  await page.click('nav a:has-text("工作台")')
  await page.waitForSelector('[data-kind=assign]')
  const again = new Steps(page)
  await again.click('nav a:has-text("导入")')
  await page.waitForSelector('h2:has-text("以往导入")')
  await again.give('input[type=file] >> nth=0', file(11, ['道路扬尘', '市容秩序']))
  await page.waitForSelector('text=共 2 行：可立案 2')
  await again.click('button:has-text("立案 2 件")')
  await page.waitForSelector('b:has-text("已完成")')
  again.done('J10 again')
  expect(errors).toEqual([])
})

test('J12: a unit sends a return', async () => {
  await ask('clerk', 'PUT', `/api/v1/return-forms/${crypto.randomUUID()}`, {
    name: '每日清运',
    every: 'day',
    lines: ['吨数'],
    units: [city.unit],
    by: '23:59',
    from: cityDay(),
  })
  const page = await at('crew')
  await page.waitForSelector('[data-kind=work]')
  const steps = new Steps(page)
  await steps.click('nav a:has-text("报送")')
  await steps.click(`tr:has-text("${cityDay()}") button:has-text("填报")`)
  await steps.write('.sheet input >> nth=0', '12.5')
  await steps.click('.sheet button:has-text("报送")')
  await page.waitForSelector('tr:has-text("每日清运"):has-text("12.5")')
  steps.done('J12 return')
})

test('on paper the list is a list: all rows that were read, and nothing to press', async () => {
  const page = await at('clerk')
  await page.goto(`${server.url}/desk/#/list`)
  await page.waitForSelector('.pane .row')
  const { issues } = await ask<{ issues: unknown[] }>('clerk', 'GET', '/api/v1/issues?limit=100')
  await expect // what is not read yet is on no paper
    .poll(async () => {
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
      return page.locator('.pane .row').count()
    })
    .toBe(issues.length)
  await page.emulateMedia({ media: 'print' })
  for (const off of ['nav', 'header', '.filter', '.pane .row input >> nth=0'])
    expect(await page.locator(off).first().isVisible(), off).toBe(false)
  await page.screenshot({ path: `${shots}/jobs-print-list.png` })
  await page.goto(`${server.url}/desk/#/board`)
  await page.waitForSelector('.numbers b')
  await page.screenshot({ path: `${shots}/jobs-print-board.png` })
})
