import { mkdirSync, readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asksOf } from './asks'
import { Steps } from './jobs'
import { chrome, folder, logIn, password, Server } from './lib'

const server = new Server()
/** Where pictures go: a folder that is named, or one that is thrown away. */
const shots = process.env.E2E_SHOTS ?? folder()
const photo = new URL('../../../../scripts/tour/photo.jpg', import.meta.url)
const picture = readFileSync(photo)
let browser: Browser
let city: { unit: string; area: string }
const errors: string[] = []

const { ask, act, shows } = asksOf(server)
const hours = (n: number): string => new Date(Date.now() + n * 3_600_000).toISOString()

/** An issue with a photo that the unit has. */
async function assigned(address: string): Promise<string> {
  const id = crypto.randomUUID()
  const now = new Date().toISOString()
  await ask('lin', 'PUT', `/api/v1/issues/${id}`, {
    category: '06010',
    area: city.area,
    address,
    note: '人行道堆放建筑垃圾，占道约 8 米',
    place: { lat: 20.03, lon: 110.33, accuracy_m: 4 },
    photos: [],
    reported_at: now,
    sent_at: now,
  })
  await shows('lin', id, 'report')
  await act('clerk', id, 'assign', { unit: city.unit, due_at: hours(30) })
  return id
}
async function seen(issue: string): Promise<Record<string, never>> {
  return await ask('clerk', 'GET', `/api/v1/issues/${issue}`)
}

async function flagsOf(issue: string): Promise<{ kind: string }[]> {
  return (await ask<{ flags: { kind: string }[] }>('clerk', 'GET', `/api/v1/issues/${issue}`)).flags
}

async function failed(issue: string): Promise<boolean> {
  const { photos } = await ask<{ photos: { display: string }[] }>('clerk', 'GET', `/api/v1/issues/${issue}`)
  return photos.some((p) => p.display === 'failed')
}

/** Steps on the pages of issues. */
class CaseSteps extends Steps {
  async file(selector: string): Promise<void> {
    const buffer = Buffer.concat([picture, Buffer.from(crypto.randomUUID())])
    await this.give(selector, { name: 'photo.jpg', mimeType: 'image/jpeg', buffer })
    await this.page.waitForSelector('.drop [role=status]:has-text("已核对")')
  }
  /** Opens an issue where it is listed. */
  async opens(issue: string): Promise<void> {
    await this.page.goto(`${server.url}/desk/#/list`)
    await this.page.waitForSelector(`a[href*="${issue}"]`)
    await this.click(`a[href*="${issue}"]`)
    await this.page.waitForSelector('article.issue')
  }
}

async function at(who: string, language = 'zh-CN', width = 1440, height = 900, dark = false): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height },
    locale: language,
    colorScheme: dark ? 'dark' : 'light',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  page.on('pageerror', (e) => errors.push(`${who}: ${e.message}`))
  page.on('console', (m) => m.text().includes('Content Security Policy') && errors.push(`${who}: ${m.text()}`))
  await page.goto(`${server.url}/desk/`)
  await logIn(page, who)
  return page
}

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await server.start()
  city = await server.city()
  await server.person(crypto.randomUUID(), {
    name: 'boss',
    display_name: 'boss',
    password,
    grants: [{ role: 'leader', scope: { kind: 'city' } }],
  })
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

test('J2: an extension is decided with the reason of the asker in sight', async () => {
  const issue = await assigned('龙昆南路 88 号')
  await act('crew', issue, 'ask_extension', { reason: '车行道被占压，需夜间封路清运', until: hours(40) })
  const steps = new CaseSteps(await at('clerk'))
  await steps.opens(issue)
  expect(await steps.page.locator('.action blockquote').innerText()).toContain('需夜间封路清运')
  await steps.page.waitForSelector('.then:has-text("期限为")')
  await steps.page.screenshot({ path: `${shots}/casefile-extension.png` })
  await steps.click('.phrases button >> nth=0')
  await steps.click('.action .send button >> nth=0')
  await expect.poll(async () => (await seen(issue)).clock).toMatchObject({ extensions: 1 })
  steps.done('J2')
})

test('J6: a bad fix is failed with reason and photo, compared by slider', async () => {
  const issue = await assigned('海秀路 12 号')
  await act('crew', issue, 'fix', { photos: [await shows('crew', issue, 'after')], note: '清运 3.5 吨' })
  const steps = new CaseSteps(await at('clerk'))
  await steps.opens(issue)
  await steps.page.waitForSelector('.action .slider input[type=range]')
  await steps.click('.action label:has-text("不合格")')
  await steps.file('.action input[type=file]')
  await steps.write('.action textarea[name=reason]', '西侧花坛仍有渣土')
  await steps.page.screenshot({ path: `${shots}/casefile-verify.png` })
  await steps.click('.action .send button')
  await expect.poll(async () => (await seen(issue)).status).toBe('assigned')
  expect((await seen(issue)).rework).toBe(1)
  steps.done('J6')
})

test('J7: a rectification notice is previewed before it takes its number, and is void when it was a mistake', async () => {
  const issue = await assigned('解放路 1 号')
  const steps = new CaseSteps(await at('clerk'))
  await steps.opens(issue)
  await steps.click('header.head button:has-text("整改通知单")')
  await steps.write('textarea[name=demand]', '限期清理，恢复𱍐街人行道')
  await steps.write('textarea[name=basis]', '《城市市容和环境卫生管理条例》')
  await steps.write('textarea[name=consequence]', '逾期按规定处理')
  await steps.click('.paper-form > button')
  await steps.page.waitForSelector('article.page.preview:has-text("街人行道")')
  await steps.page.waitForSelector('[role=alert]:has-text("𱍐")') // said before the number is taken
  await steps.page.screenshot({ path: `${shots}/paper-preview.png` })
  expect((await ask<{ papers: unknown[] }>('clerk', 'GET', '/api/v1/papers')).papers).toEqual([])
  await steps.click('.send button:has-text("发出")')
  await steps.page.waitForSelector('article.page:not(.preview)')
  steps.done('J7')
  await steps.page.click('button:has-text("作废这份文书")')
  await steps.page.fill('textarea[name=cancel_reason]', '发错单位')
  await steps.page.click('.cancel button:has-text("作废这份文书")')
  await steps.page.waitForSelector('.paper .wrong:has-text("发错单位")')
  await steps.page.goto(`${server.url}/desk/#/papers`)
  await steps.page.waitForSelector('tr.off .cancelled')
  await steps.page.screenshot({ path: `${shots}/papers.png` })
})

test('J11: a unit submits a fix with its photo at the desk', async () => {
  const issue = await assigned('滨海大道 5 号')
  const steps = new CaseSteps(await at('crew'))
  await steps.opens(issue)
  await steps.page.screenshot({ path: `${shots}/casefile-unit.png` })
  await steps.file('.action input[type=file]')
  await steps.write('.action textarea[name=note]', '出动 6 人次')
  await steps.click('.action .send button')
  await expect.poll(async () => (await seen(issue)).status).toBe('fixed')
  steps.done('J11')
})

test('J12: a unit asks for time, appeals, answers a letter and signs a paper', async () => {
  const issue = await assigned('国兴大道 9 号')
  const page = await at('crew')
  const asking = new CaseSteps(page)
  await asking.opens(issue)
  await asking.click('.acts button:has-text("申请延期")')
  await asking.write('.action textarea[name=reason]', '需夜间作业')
  await asking.click('.action .send button')
  await expect.poll(async () => (await seen(issue)).clock).toHaveProperty('extension_asked')
  asking.done('J12 extension')
  const appealing = new CaseSteps(page)
  await appealing.opens(issue)
  expect(await page.locator('.acts button:has-text("申请延期")').count()).toBe(0) // it was asked already
  await appealing.click('.acts button:has-text("申诉")')
  await appealing.write('.action textarea[name=reason]', '不属于我单位')
  await appealing.click('.action .send button')
  await expect.poll(async () => (await seen(issue)).appeals).toHaveLength(1)
  appealing.done('J12 appeal')
  await act('boss', issue, 'supervise', { letter_kind: 'leader', reason: '请今日内回复', until: hours(6) })
  const answering = new CaseSteps(page)
  await answering.opens(issue)
  await answering.write('.action textarea[name=note]', '已安排今晚清运')
  await answering.click('.action .send button')
  await expect.poll(async () => JSON.stringify((await seen(issue)).letters)).toContain('已安排今晚清运')
  answering.done('J12 letter')
  await ask('clerk', 'PUT', `/api/v1/papers/${crypto.randomUUID()}`, { kind: 'task', issues: [issue], demand: '清理' })
  const signing = new CaseSteps(page)
  await page.goto(`${server.url}/desk/#/list`)
  await signing.click('nav a:has-text("文书")')
  await signing.click('.papers td .link >> nth=0')
  await signing.click('.receipt button:has-text("确认签收")')
  await page.waitForSelector('.paper-state.signed')
  await page.screenshot({ path: `${shots}/paper-signed.png` })
  signing.done('J12 paper')
})

test('a file that is no picture is refused once; left out, nobody waits for it', async () => {
  const issue = await assigned('和平大道 5 号')
  const page = await at('crew')
  await page.goto(`${server.url}/desk/#/issue/${issue}`)
  await page.waitForSelector('.action')
  const buffer = Buffer.from('this is no picture')
  await page.setInputFiles('.action input[type=file]', { name: 'photo.jpg', mimeType: 'image/jpeg', buffer })
  await page.waitForSelector('.drop li .wrong')
  expect(await page.locator('.drop li button').allInnerTexts()).toEqual(['×'])
  await page.waitForSelector('.drop .holds:has-text("还不能提交")')
  await page.screenshot({ path: `${shots}/casefile-no-picture.png` })
  const announced = async (): Promise<string[]> => {
    const { photos } = await ask<{ photos: { state: string; kind: string }[] }>(
      'clerk',
      'GET',
      `/api/v1/issues/${issue}`,
    )
    return photos.filter((p) => p.kind === 'after').map((p) => p.state)
  }
  expect(await announced()).toEqual(['declared'])
  await page.click('.drop li button')
  await expect.poll(() => page.locator('.drop li').count()).toBe(0)
  expect(await announced()).toEqual(['withdrawn'])
  await page.context().close()
})

test('who comes too late reads who was faster, and nothing that was typed is lost', async () => {
  const issue = await assigned('和平大道 3 号')
  const page = await at('crew')
  await page.goto(`${server.url}/desk/#/issue/${issue}`)
  await page.waitForSelector('.action')
  await page.fill('.action textarea[name=note]', '我已清理')
  const buffer = Buffer.concat([picture, Buffer.from(crypto.randomUUID())])
  await page.setInputFiles('.action input[type=file]', { name: 'photo.jpg', mimeType: 'image/jpeg', buffer })
  await page.waitForSelector('.drop [role=status]:has-text("已核对")')
  await act('crew', issue, 'fix', { photos: [await shows('crew', issue, 'after')] })
  await page.click('.action .send button')
  await page.waitForSelector('.conflict:has-text("整改完成")')
  expect(await page.locator('.conflict').innerText()).toContain('crew')
  expect(await page.inputValue('.action textarea[name=note]')).toBe('我已清理')
})

test('the viewer zooms, turns, goes on, compares and closes by keys', async () => {
  const issue = await assigned('南海大道 7 号')
  await act('crew', issue, 'fix', { photos: [await shows('crew', issue, 'after')] })
  for (const [language, dark, width, height] of [
    ['zh-CN', false, 1440, 900],
    ['en', true, 1280, 720],
  ] as const) {
    const page = await at('boss', language, width, height, dark)
    await page.goto(`${server.url}/desk/#/issue/${issue}`)
    await page.waitForSelector('.photos figure img')
    await page.waitForTimeout(500)
    await page.screenshot({ path: `${shots}/casefile-${language}-${width}.png` })
    await page.click('.photos figure button >> nth=0')
    await page.waitForSelector('.viewer .stage img')
    const style = (): Promise<string> =>
      page.locator('.viewer .stage img').evaluate((e) => (e as HTMLElement).style.transform)
    await page.keyboard.press('+')
    await page.keyboard.press('r')
    expect(await style()).toContain('rotate(90deg) scale(1.5)')
    await page.keyboard.press('ArrowRight')
    await page.waitForSelector('.viewer header:has-text("2 / 2")')
    await page.keyboard.press('i')
    expect(await page.locator('.viewer code').innerText()).toMatch(/^[0-9a-f]{64}$/)
    await page.keyboard.press('c')
    await page.waitForSelector('.viewer .two img >> nth=1')
    await page.keyboard.press('c')
    await page.waitForSelector('.viewer .slider')
    await page.screenshot({ path: `${shots}/viewer-${language}.png` })
    await page.keyboard.press('Escape')
    await page.waitForSelector('.viewer', { state: 'detached' })
  }
  expect(errors).toEqual([])
})

test('a photo that cannot be shown says why, and its pictures are asked for again', async () => {
  const issue = await assigned('红城湖路 5 号')
  const chunk = (type: string, data: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(type), data])
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(named))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    return Buffer.concat([length, named, sum])
  }
  const header = Buffer.from([0, 0, 2, 0, 0, 0, 2, 0, 8, 2, 0, 0, 0]) // 512 × 512 in colours
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const broken = Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', Buffer.from('no picture'))])
  await shows('lin', issue, 'report', broken)
  for (const [language, width, height, flag, again] of [
    ['zh-CN', 1440, 900, '照片无法显示', '重新生成图片'],
    ['en', 390, 844, 'No picture of the photo', 'Try again to make pictures'],
  ] as const) {
    const steps = new CaseSteps(await at('clerk', language, width, height))
    await expect.poll(async () => await failed(issue), { timeout: 60_000 }).toBe(true)
    await steps.page.goto(`${server.url}/desk/#/issue/${issue}`)
    await steps.page.click(`section.panel li:has-text("${flag}") button.link`)
    await steps.page.waitForSelector(`.failure button:has-text("${again}")`)
    await steps.page.screenshot({ path: `${shots}/photo-failure-${width}.png` })
    await steps.page.click(`.failure button:has-text("${again}")`)
    await steps.page.waitForSelector('.failure [role=status]')
    await steps.page.screenshot({ path: `${shots}/photo-failure-asked-${width}.png` })
    await steps.page.context().close()
  }
  expect((await flagsOf(issue)).filter((f) => f.kind === 'photo.unseen')).toHaveLength(1)
})
