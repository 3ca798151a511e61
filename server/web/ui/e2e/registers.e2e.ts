import { mkdirSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, cityDay, folder, logIn, Server } from './lib'

const server = new Server()
/** Where pictures go: a folder that is named, or one that is thrown away. */
const shots = process.env.E2E_SHOTS ?? folder()
let browser: Browser
let page: Page
let unit = ''
let area = ''
let leader = ''
const helpers = crypto.randomUUID()
const place = crypto.randomUUID()
type Row = Record<string, unknown>

/** A row of every register with every field that the contract has. */
function rows(): Record<string, { path: string; key: string; body: Row; says: string }> {
  const day = cityDay
  const id = (): string => crypto.randomUUID()
  const at = (days: number): string => new Date(Date.now() + days * 86_400_000 + 12_345).toISOString()
  return {
    units: {
      path: `/api/v1/units/${helpers}`,
      key: 'units',
      says: '环卫二队',
      body: { name: '环卫二队', kind: 'other', peer_group: '环卫', parent: unit, contact: '王某', enabled: false },
    },
    areas: {
      path: `/api/v1/areas/${id()}`,
      key: 'areas',
      says: '金贸网格',
      body: { name: '金贸网格', code: '0801', level: 'grid', class: 'back_lane', parent: area, enabled: false },
    },
    responsibilities: {
      path: `/api/v1/responsibilities/${id()}`,
      key: 'responsibilities',
      says: 'litter',
      body: {
        unit,
        area,
        group: 'litter',
        leader: '李局',
        leader_person: leader,
        contact: '张某',
        assisting: [helpers],
        note: '第一行\n第二行',
        valid_from: day(-1),
        valid_to: day(100),
        at_once: true,
        enabled: false,
      },
    },
    places: {
      path: `/api/v1/places/${place}`,
      key: 'places',
      says: '金海岸工地',
      body: {
        kind: 'construction_site',
        name: '金海岸工地',
        number: 'G-1',
        position: { lat: 20.031234, lon: 110.328765, datum: 'gcj02' },
        area,
        unit,
        contact: '赵某',
        contractor: '某建工',
        permit: 'X-9',
        vehicles: ['琼A12345', '琼A54321'],
        valid_from: day(-3),
        valid_to: day(300),
        enabled: false,
      },
    },
    agreements: {
      path: `/api/v1/agreements/${id()}`,
      key: 'agreements',
      says: '钱某',
      body: { place, kind: 'four_fronts', signed_on: day(-2), valid_to: day(9), signed_by: '钱某', enabled: false },
    },
    categories: {
      path: '/api/v1/categories/X-1',
      key: 'categories',
      says: 'X-1',
      body: {
        old_code: '0101',
        name_zh: '试验',
        name_en: 'trial',
        group: 'litter',
        limit: 1.5,
        limit_unit: 'working_hour',
        class_zh: '小类',
        local: true,
        enabled: false,
        by_photo: true,
        reopen_days: 7,
      },
    },
    rules: {
      path: `/api/v1/rules/${id()}`,
      key: 'rules',
      says: '立案之后',
      body: {
        category: '06010',
        area_class: 'back_lane',
        file_zh: '立案\n条件',
        file_en: 'file',
        close_zh: '立案之后',
        close_en: 'close',
        limit: 2.5,
        limit_unit: 'working_day',
        counting: 'civil_code',
        enabled: false,
      },
    },
    suspensions: {
      path: `/api/v1/suspensions/${id()}`,
      key: 'suspensions',
      says: '台风',
      body: { area, categories: ['06010', '08012'], from: at(1), to: at(2), reason: '台风' },
    },
    points: {
      path: `/api/v1/assessment-points/${id()}`,
      key: 'points',
      says: '未按要求',
      body: { unit, day: day(-1), points: -1.25, reason: '未按要求', withdrawn: true },
    },
    return_forms: {
      path: `/api/v1/return-forms/${id()}`,
      key: 'forms',
      says: '清洁周报',
      body: {
        name: '清洁周报',
        every: 'week',
        lines: ['出动人次', '清运吨'],
        units: [unit, helpers], // one of them is not in use
        days: 2,
        by: '17:30',
        from: day(0),
        enabled: false,
      },
    },
    webhooks: {
      path: `/api/v1/webhooks/${id()}`,
      key: 'webhooks',
      says: '市平台',
      body: {
        name: '市平台',
        url: 'https://example.com/hook',
        types: ['issue.fixed', 'issue.verified'],
        enabled: false,
      },
    },
  }
}
const lists: Record<string, string> = { points: 'assessment-points', return_forms: 'return-forms' }
async function read(name: string, key: string): Promise<Row[]> {
  return (await server.ask<Record<string, Row[]>>('GET', `/api/v1/${lists[name] ?? name}`))[key] ?? []
}

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await server.start()
  ;({ unit, area } = await server.city())
  const { people } = await server.ask<{ people: { id: string; name: string }[] }>('GET', '/api/v1/people')
  leader = people.find((p) => p.name === 'clerk')!.id
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

test('a row of every register that is saved without a change is the same row', async () => {
  const all = rows()
  for (const r of Object.values(all)) await server.ask('PUT', r.path, r.body)
  await page.goto(`${server.url}/desk/`)
  await logIn(page, 'admin', server.first)
  for (const [name, r] of Object.entries(all)) {
    const before = (await read(name, r.key)).find((row) => JSON.stringify(row).includes(r.says))
    for (const field of Object.keys(r.body)) expect(before, `${name}.${field}`).toHaveProperty(field)
    await page.goto(`${server.url}/desk/#/admin/${name}`)
    await page.fill('input[type=search] >> nth=0', name === 'responsibilities' ? '' : r.says)
    await page.press('input[type=search] >> nth=0', 'Enter')
    await page.click(`tr:has-text("${name === 'responsibilities' ? '龙华环卫' : r.says}") button:has-text("修改")`)
    await page.waitForSelector('form.edit')
    if (name === 'responsibilities') await page.screenshot({ path: `${shots}/register-form.png`, fullPage: true })
    const answered = page.waitForResponse((a) => a.request().method() === 'PUT')
    await page.click('form.edit button:not(.second)')
    const said = await answered
    expect(said.request().headers()['if-match'], name).toBeTruthy()
    expect(said.status(), `${name}: ${await said.text()}`).toBe(200)
    await page.waitForSelector('form.edit', { state: 'detached' })
    const after = (await read(name, r.key)).find((row) => JSON.stringify(row).includes(r.says))
    expect(after, name).toEqual(before)
  }
})

test('a row that somebody else changed is shown in both versions', async () => {
  const path = `/api/v1/units/${unit}`
  const { units } = await server.ask<{ units: Row[] }>('GET', '/api/v1/units')
  const { id: _, created_at: __, updated_at: ___, ...body } = units.find((u) => u.id === unit)!
  await page.goto(`${server.url}/desk/#/admin/units`)
  await page.click('tr:has-text("龙华环卫") button:has-text("修改")')
  await page.fill('form.edit input >> nth=0', '龙华环卫所')
  await server.ask('PUT', path, { ...body, contact: '新来的' })
  await page.click('form.edit button:not(.second)')
  await page.waitForSelector('.conflict')
  const shown = await page.locator('.conflict').innerText()
  for (const words of ['龙华环卫所', '新来的', '您填的', '现在的']) expect(shown).toContain(words)
  await page.screenshot({ path: `${shots}/register-conflict.png`, fullPage: true })
  await page.click('.conflict button:has-text("以现在的为准")')
  await page.fill('form.edit input >> nth=0', '龙华环卫所')
  await page.click('form.edit button:not(.second)')
  await page.waitForSelector('form.edit', { state: 'detached' })
  const now = (await read('units', 'units')).find((u) => u.id === unit)
  expect([now?.name, now?.contact]).toEqual(['龙华环卫所', '新来的'])
})

test('a register of more rows than a page has is reached to its end, and so is what a picker offers', async () => {
  for (let n = 0; n < 130; n++)
    await server.ask('PUT', `/api/v1/places/${crypto.randomUUID()}`, {
      kind: 'market',
      name: `市场${n}号`,
      position: { lat: 20.03, lon: 110.33, datum: 'wgs84' },
      valid_from: cityDay(),
    })
  for (let n = 0; n < 105; n++)
    await server.ask('PUT', `/api/v1/agreements/${crypto.randomUUID()}`, {
      place,
      kind: 'letter',
      signed_on: cityDay(),
      signed_by: `签字人${n}`,
    })
  await page.goto(`${server.url}/desk/#/admin/places`)
  await page.click('button:has-text("下一页")')
  await page.waitForSelector('tr:has-text("市场129号")')
  await page.fill('input[type=search]', '市场128号')
  await page.press('input[type=search]', 'Enter')
  await page.waitForSelector('tr:has-text("市场128号")')
  expect(await page.locator('tbody tr').count()).toBe(1)
  await page.click('tr:has-text("市场128号") a:has-text("此处问题")')
  await page.waitForURL(/#\/list\/place=/)
  await page.goto(`${server.url}/desk/#/admin/agreements`)
  await page.click('button:has-text("下一页")')
  await page.waitForSelector('tr:has-text("签字人104")')
  await page.click('button:has-text("新增")')
  await page.fill('.picker input', '市场129号')
  await page.press('.picker input', 'Tab')
  await page.waitForSelector('.picker option:has-text("市场129号")', { state: 'attached' })
})

test('a setting, a gateway and a person that somebody else changed are shown in both versions, and nothing that is typed is lost', async () => {
  await page.goto(`${server.url}/desk/#/admin/settings`)
  const notice = '[name=privacy_notice]'
  const name = '[name=city_name]'
  await page.fill(notice, '我写的告知')
  await page.fill(name, '我写的城市')
  await server.ask('PUT', '/api/v1/settings/privacy_notice', { value: '别人写的告知' })
  await page.click('.settings footer button')
  await page.waitForSelector('.conflict')
  const shown = await page.locator('.conflict').innerText()
  for (const words of ['我写的告知', '别人写的告知']) expect(shown).toContain(words)
  await page.screenshot({ path: `${shots}/setting-conflict.png`, fullPage: true })
  await page.click('.conflict button:has-text("仍按我填的保存")')
  await page.waitForSelector('.conflict', { state: 'detached' })
  expect(await page.inputValue(name)).toBe('我写的城市')
  const { settings } = await server.ask<{ settings: Row }>('GET', '/api/v1/settings')
  expect(settings.privacy_notice).toBe('我写的告知')

  const mail = { settings: { host: 'a.example', port: 25, from: 'a@example.com' } }
  await server.ask('PUT', '/api/v1/gateways/email', mail)
  await page.goto(`${server.url}/desk/#/admin/gateways`)
  const host = page.locator('form.gateway >> nth=0').locator('input >> nth=0')
  await page.waitForFunction(
    () => document.querySelector<HTMLInputElement>('form.gateway input')?.value === 'a.example',
  )
  await host.fill('mine.example')
  await server.ask('PUT', '/api/v1/gateways/email', { settings: { ...mail.settings, host: 'theirs.example' } })
  await page.click('form.gateway >> nth=0 >> button')
  await page.waitForSelector('.conflict:has-text("theirs.example")')
  await page.click('.conflict button:has-text("以现在的为准")')
  expect(await host.inputValue()).toBe('theirs.example')

  await page.goto(`${server.url}/desk/#/admin/people`)
  await page.waitForSelector('tr:has-text("crew"):has-text("责任单位（")') // what somebody is, and where, stands in the table
  await page.fill('input[type=search]', 'clerk')
  await page.press('input[type=search]', 'Enter')
  await page.click('tr:has-text("clerk") button:has-text("修改")')
  await page.fill('form.person input[type=tel]', '138-0000 1111')
  await page.press('form.person input[type=tel]', 'Tab')
  expect(await page.inputValue('form.person input[type=tel]')).toBe('13800001111')
  await page.fill('form.person input[type=tel]', '打给我')
  await page.press('form.person input[type=tel]', 'Tab')
  await page.waitForSelector('form.person .fault:has-text("这不是电话号码")')
  await page.fill('form.person input[type=tel]', '13800001111')
  const clerk = await server.ask<Row>('GET', `/api/v1/people/${leader}`)
  const { name: login, grants } = clerk
  const roles = (grants as { role: string; scope: unknown }[]).map(({ role, scope }) => ({ role, scope }))
  await server.ask('PUT', `/api/v1/people/${leader}`, { name: login, grants: roles, display_name: '别人改的名' })
  await page.click('form.person button:has-text("保存")')
  await page.waitForSelector('.conflict:has-text("别人改的名")')
  await page.screenshot({ path: `${shots}/person-conflict.png`, fullPage: true })
  await page.click('.conflict button:has-text("以现在的为准")')
  expect(await page.inputValue('form.person input >> nth=1')).toBe('别人改的名')
})
