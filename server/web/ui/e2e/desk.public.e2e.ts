import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, cityDay, folder, logIn, password, phone, reports, Server } from './lib'

const server = new Server()
let browser: Browser
let unit = ''

beforeAll(async () => {
  await server.start()
  unit = (await server.city()).unit
  await server.person(crypto.randomUUID(), {
    name: 'leader',
    display_name: 'leader',
    password,
    grants: [{ role: 'leader', scope: { kind: 'city' } }],
  })
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

async function desk(name: string, screen: string): Promise<{ page: Page; errors: string[] }> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  const errors: string[] = []
  page.on('pageerror', (e) => errors.push(e.message))
  page.on('dialog', (d) => void d.accept('本人要求'))
  await page.goto(`${server.url}/desk/`)
  await logIn(page, name)
  await page.goto(`${server.url}/desk/#/${screen}`)
  return { page, errors }
}

test('a photo goes public: masks by pointer and by keys, a second person, the page for everybody, an objection, and down again', async () => {
  const lin = await phone(folder())
  const app = lin.pages()[0] ?? (await lin.newPage())
  await app.goto(`${server.url}/app/`)
  await logIn(app, 'lin')
  const notice = app.locator('dialog button')
  if (await notice.count()) await notice.first().click()
  await reports(app)
  await expect.poll(async () => (await server.issues())[0]?.photos[0]?.state, { timeout: 30_000 }).toBe('safe')
  await lin.close()
  const issue = (await server.issues())[0]!

  const { page, errors } = await desk('clerk', `issue/${issue.id}`)
  await page.click('.photos figure button')
  await page.click('.viewer button:has-text("对外公开")')
  await page.waitForFunction(() => (document.querySelector('.picture img') as HTMLImageElement | null)?.naturalWidth)
  const send = page.locator('.masks button:has-text("提交核准")')
  await page.waitForSelector('[data-looking=done]', { timeout: 120_000 }) // the network was run, whatever it found
  if (await page.locator('.proposed').count()) await page.click('button:has-text("都不要")')
  expect(await page.locator('.mask').count()).toBe(0) // nothing is masked that nobody took
  expect(await send.isDisabled()).toBe(true) // neither a mask nor the word that none is needed
  const box = (await page.locator('.picture').boundingBox())!
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.6)
  await page.mouse.up()
  await page.click('button:has-text("加一处遮盖")')
  await page.locator('.mask').nth(1).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Shift+ArrowDown')
  expect(await page.locator('.mask').count()).toBe(2)
  await page.locator('.mask').nth(1).focus()
  await page.keyboard.press('Delete')
  expect(await page.locator('.mask').count()).toBe(1)
  await page.fill('.masks input[maxlength="200"]', '路口积泥 <b>')
  await send.click()
  await page.waitForSelector('li:has-text("路口积泥 <b>")')
  expect(await page.locator('button:has-text("核准公开")').count()).toBe(0) // who drew the masks does not release
  await page.waitForSelector('text=须由另一人核准')
  await page.goto(`${server.url}/desk/#/issue/${issue.id}`) // what was proposed is there, and not an empty form that would replace it
  await page.click('.photos figure button')
  await page.click('.viewer button:has-text("对外公开")')
  await expect.poll(() => page.locator('.mask').count()).toBe(1)
  expect(await page.inputValue('.masks input[maxlength="200"]')).toBe('路口积泥 <b>')
  if (process.env.E2E_SHOTS) await page.screenshot({ path: `${process.env.E2E_SHOTS}/masks_again.png` })
  await page.click('.masks button:has-text("取消")')

  const second = await desk('leader', 'public')
  await second.page.waitForFunction(() => (document.querySelector('li img') as HTMLImageElement | null)?.naturalWidth)
  await second.page.click('button:has-text("核准公开")')
  await second.page.click('button:has-text("已公开")')
  await second.page.waitForSelector('li:has-text("路口积泥")')

  const stranger = await (
    await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'zh-CN' })
  ).newPage()
  expect((await stranger.goto(`${server.url}/public/`))!.status()).toBe(404)
  await server.ask('PUT', '/api/v1/settings/exposure_board', { value: true })
  await server.ask('PUT', '/api/v1/settings/public_lookup', { value: true })
  expect((await stranger.goto(`${server.url}/public/`))!.status()).toBe(200)
  await stranger.waitForFunction(() => (document.querySelector('figure img') as HTMLImageElement | null)?.naturalWidth)
  expect(await stranger.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  expect(await stranger.locator('figcaption').innerText()).toBe('路口积泥 <b>')
  // Under the mask few colours are left; beside it the camera's picture is as it was.
  const colours = await stranger.evaluate(() => {
    const img = document.querySelector('figure img') as HTMLImageElement
    const canvas = Object.assign(document.createElement('canvas'), {
      width: img.naturalWidth,
      height: img.naturalHeight,
    })
    const ctx = canvas.getContext('2d')!
    ctx.drawImage(img, 0, 0)
    const [w, h] = [img.naturalWidth, img.naturalHeight]
    const kinds = (x: number, y: number, dx: number, dy: number) => {
      const d = ctx.getImageData(w * x, h * y, w * dx, h * dy).data
      let edges = 0
      for (let n = 4; n < d.length; n += 4) if (Math.abs(d[n]! - d[n - 4]!) > 10) edges++
      return edges / (d.length / 4)
    }
    return { masked: kinds(0.22, 0.22, 0.26, 0.36), size: [w, h] }
  })
  expect(colours.masked).toBeLessThan(0.05)
  await stranger.screenshot({ path: process.env.SHOTS ? `${process.env.SHOTS}/public.png` : undefined, fullPage: true })

  await stranger.fill(
    'input[name=number]',
    (await server.ask<{ number: string }>('GET', `/api/v1/issues/${issue.id}`)).number,
  )
  await stranger.click('form[action="/public/issue"] button')
  await stranger.waitForSelector('text=已受理')
  await stranger.click('summary')
  await stranger.fill('textarea', '照片里有我')
  await stranger.click('details button')
  await stranger.waitForSelector('text=已收到')

  await page.goto(`${server.url}/desk/#/list`)
  await page.goto(`${server.url}/desk/#/public`)
  await page.click('button:has-text("已公开")')
  await page.waitForSelector('.objected:has-text("照片里有我")')
  await page.click('li button:has-text("撤下")')
  await page.waitForSelector('text=这里没有照片')
  await stranger.goto(`${server.url}/public/`)
  await stranger.waitForSelector('text=目前没有公开的照片')
  expect([...errors, ...second.errors]).toEqual([])
})

test('a unit is asked for a return, sends it and corrects it; the report says who is missing', async () => {
  const clerk = await desk('clerk', 'returns')
  const other = crypto.randomUUID()
  await server.ask('PUT', `/api/v1/units/${other}`, { name: '美兰环卫', kind: 'bureau', peer_group: '环卫' })
  const yesterday = cityDay(-1)
  const form = crypto.randomUUID()
  await clerk.page.evaluate(
    async ([id, units, from]) => {
      await fetch(`/api/v1/return-forms/${id}`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: '每日清运', every: 'day', lines: ['吨数', '人次'], units, by: '23:59', from }),
      })
    },
    [form, [unit, other], yesterday] as const,
  )
  const crew = await desk('crew', 'returns')
  await crew.page.click(`tr:has-text("${yesterday}") button:has-text("填报")`)
  await crew.page.fill('.sheet input >> nth=0', '12.5')
  await crew.page.fill('.sheet input >> nth=1', '30')
  await crew.page.click('.sheet button:has-text("报送")')
  await crew.page.waitForSelector(`tr:has-text("${yesterday}"):has-text("按时"):has-text("12.5")`)
  await crew.page.click(`tr:has-text("${yesterday}") button:has-text("更正")`)
  await crew.page.fill('.sheet input >> nth=0', '13')
  await crew.page.click('.sheet button:has-text("更正")')
  await crew.page.waitForSelector('text=更正 1 次')
  expect(await crew.page.locator('tr:has-text("美兰环卫")').count()).toBe(0)

  await clerk.page.click('.returns button')
  await clerk.page.waitForSelector('tr:has-text("美兰环卫")')
  await clerk.page.waitForSelector('tr:has-text("龙华环卫"):has-text("13")')
  const report = await clerk.page.evaluate(
    async (day) =>
      (await fetch(`/api/v1/reports/compute?genre=returns&form=html&lang=zh&period=${day}..${day}`)).text(),
    cityDay(),
  )
  expect(report).toContain('每日清运')
  expect(report).toContain('美兰环卫')
  expect([...clerk.errors, ...crew.errors]).toEqual([])
})
