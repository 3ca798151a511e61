import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, folder, logIn, openTab, phone, Server } from './lib'

/** What is drawn, scanned, handed on and taken back on phones. */
const server = new Server()
let browser: Browser
let city: { unit: string; area: string }
let lin: BrowserContext
let page: Page

beforeAll(async () => {
  await server.start()
  city = await server.city()
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
  lin = await phone(folder())
  page = lin.pages()[0] ?? (await lin.newPage())
  await page.goto(`${server.url}/app/`)
  await logIn(page, 'lin')
  const notice = page.locator('section.privacy button')
  if (await notice.count()) await notice.first().click()
})
afterAll(async () => {
  await lin.close()
  await browser.close()
  await server.end()
})

interface Seen {
  id: string
  status: string
  at_place?: { id: string }
  photos: { id: string; sha256: string; state: string; taken: string }[]
}
async function safe(n: number): Promise<Seen> {
  await expect
    .poll(async () => (await server.issues())[0]?.photos.filter((p) => p.state === 'safe').length, { timeout: 60_000 })
    .toBe(n)
  return await server.ask<Seen>('GET', `/api/v1/issues/${(await server.issues())[0]!.id}`)
}

/** The bytes of each photo that the phone has taken, as its database keeps them. */
function keptBytes(): Promise<string[]> {
  return page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const open = indexedDB.open('spotcheck')
        open.onsuccess = () => {
          const all = open.result.transaction('bytes').objectStore('bytes').getAll()
          all.onsuccess = () => {
            const kept = all.result as { sealed: { data: ArrayBuffer } }[]
            resolve(
              kept.map((k) => btoa(Array.from(new Uint8Array(k.sealed.data), (b) => String.fromCharCode(b)).join(''))),
            )
            open.result.close()
          }
        }
      }),
  )
}

test('a copy is drawn on and sent beside the photo, which stays as it was taken; a code says which place it is; who reported it takes it back', async () => {
  const place = crypto.randomUUID()
  await server.ask('PUT', `/api/v1/places/${place}`, {
    kind: 'public_toilet',
    name: '十二号公厕',
    area: city.area,
    position: { lat: 20.031, lon: 110.331, datum: 'wgs84' },
    valid_from: '2026-01-01',
  })
  await page.goto(`${server.url}/app/#/report?place=${place}&name=${encodeURIComponent('十二号公厕')}`)
  await page.waitForSelector('.shutter:not([disabled])')
  await page.click('.shutter')
  await page.waitForSelector('.shots li')
  const [original] = await keptBytes()
  await page.click('.shots li button')
  await page.click('button:has-text("在副本上标注")')
  const canvas = page.locator('.draw canvas')
  await expect.poll(async () => (await canvas.boundingBox())?.width ?? 0).toBeGreaterThan(200)
  expect(await page.isDisabled('button:has-text("保存标注")')).toBe(true) // nothing is drawn yet
  const box = (await canvas.boundingBox())!
  await page.mouse.move(box.x + 40, box.y + 40)
  await page.mouse.down()
  await page.mouse.move(box.x + 160, box.y + 90, { steps: 5 })
  await page.mouse.up()
  await page.click('button:has-text("保存标注")')
  await expect.poll(() => page.locator('.shots li').count()).toBe(2)
  expect((await keptBytes()).includes(original!)).toBe(true) // sealed anew it would be other bytes
  await page.waitForSelector('.places button[aria-pressed=true]:has-text("十二号公厕")')
  await page.click('.kind >> nth=0')
  await page.click('.big')
  const issue = await safe(2)
  const [first, second] = issue.photos
  expect(await server.digest(issue.id, first!.id)).toBe(first!.sha256)
  expect([first!.taken, second!.taken]).toEqual(['camera', 'gallery']) // a copy says nothing of where it was made
  expect(second!.sha256).not.toBe(first!.sha256)
  expect(issue.at_place?.id).toBe(place)

  await openTab(page, 'mine')
  await page.click(`main a[href="#/issue/${issue.id}"]`)
  await page.click('.acts button[aria-expanded], .acts .wide')
  await page.click('.more button:has-text("撤回上报")')
  expect(await page.isDisabled('form.act button:has-text("提交")')).toBe(true) // it needs a reason
  await page.fill('form.act textarea', '报错了')
  await page.click('form.act button:has-text("提交")')
  await expect.poll(async () => (await server.issues())[0]?.status, { timeout: 60_000 }).toBe('dismissed')
})

test('a unit hands an issue on by a link; a crew opens it without an account, and it is ended', async () => {
  const id = crypto.randomUUID()
  const now = new Date().toISOString()
  const at = { done_at: now, sent_at: now }
  await server.ask('PUT', `/api/v1/issues/${id}`, {
    category: '06010',
    area: city.area,
    address: '解放路 5 号',
    place: { lat: 20.03, lon: 110.33 },
    photos: [],
    reported_at: now,
    sent_at: now,
  })
  await server.ask('PUT', `/api/v1/issues/${id}/actions/${crypto.randomUUID()}`, {
    action: 'assign',
    unit: city.unit,
    due_at: new Date(Date.now() + 3_600_000).toISOString(),
    ...at,
  })
  const desk = await (await browser.newContext({ locale: 'zh-CN', viewport: { width: 1440, height: 900 } })).newPage()
  await desk.goto(`${server.url}/desk/`)
  await logIn(desk, 'crew')
  await desk.goto(`${server.url}/desk/#/issue/${id}`)
  const [answer] = await Promise.all([
    desk.waitForResponse((r) => r.url().endsWith('/links') && r.request().method() === 'POST'),
    desk.click('.links button:has-text("生成链接")'),
  ])
  const { fragment } = (await answer.json()) as { fragment: string }
  await desk.waitForSelector('.links .made img')
  await desk.waitForSelector('.links li:has-text("还没有打开")')

  const crew = await (await browser.newContext({ locale: 'zh-CN', viewport: { width: 390, height: 844 } })).newPage()
  await crew.goto(new URL(fragment, server.url).href)
  await crew.waitForSelector('h2:has-text("解放路 5 号")')
  await desk.click('.links li button:has-text("作废")')
  await expect.poll(() => desk.locator('.links li').count()).toBe(0)
  await crew.reload()
  await crew.waitForSelector('.over')
})
