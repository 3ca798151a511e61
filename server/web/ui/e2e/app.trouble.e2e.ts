import { createHash } from 'node:crypto'
import { createServer, request } from 'node:http'
import { chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, folder, held, killPhone, logIn, openScreen, phone, reports, Server } from './lib'

const server = new Server()
const jpeg = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z',
  'base64',
)
let unit = ''

beforeAll(async () => {
  await server.start()
  unit = (await server.city()).unit
})
afterAll(() => server.end())

async function shoot(page: Page, n: number): Promise<void> {
  await page.waitForSelector('.shutter:not([disabled])')
  await page.click('.shutter')
  await page.waitForFunction((want) => document.querySelectorAll('.shots li').length === want, n)
}

test('what is photographed and written and not sent yet is there after a kill, with the place where it was taken', async () => {
  const home = folder()
  const first = await phone(home)
  const page = first.pages()[0] ?? (await first.newPage())
  await page.goto(`${server.url}/app/`)
  await logIn(page, 'lin')
  await page.waitForSelector('.where:has-text("8")')
  await shoot(page, 1)
  await shoot(page, 2)
  await page.click('.kind >> nth=0')
  await page.fill('textarea', '井盖旁一堆')
  await page.click('nav button >> nth=1') // another screen, and back
  await page.click('nav button >> nth=0')
  await expect.poll(() => page.locator('.shots li').count()).toBe(2)
  await page.waitForTimeout(800)
  await killPhone(first, home)

  const again = await phone(home)
  await again.setGeolocation({ latitude: 20.09, longitude: 110.39, accuracy: 8 }) // elsewhere
  const back = again.pages()[0] ?? (await again.newPage())
  await back.goto(`${server.url}/app/`)
  await back.waitForSelector('input[name=name], .shutter')
  await back.waitForTimeout(1000)
  if (await back.locator('input[name=name]').count()) await logIn(back, 'lin') // browsers write cookies late
  await openScreen(back, 'outbox')
  await back.waitForSelector('text=还没有发送的照片：2 张')
  await back.click('button:has-text("继续")', { timeout: 5000 })
  await expect.poll(() => back.locator('.shots li').count()).toBe(2)
  expect(await back.inputValue('textarea')).toBe('井盖旁一堆')
  await back.click('.shots li >> nth=1 >> button') // one of them is not wanted
  await back.click('.viewer .delete')
  await expect.poll(async () => (await held(back)).bytes).toBe(1)
  await back.click('.big')
  await expect.poll(async () => (await held(back)).items.length, { timeout: 20_000 }).toBe(0)
  const [issue] = await server.issues()
  const whole = await server.ask<{ note: string; place: { lat: number } }>('GET', `/api/v1/issues/${issue!.id}`)
  expect([whole.note, whole.place.lat, issue!.photos.length]).toEqual(['井盖旁一堆', 20.03, 1])
  expect(await server.digest(issue!.id, issue!.photos[0]!.id)).toBe(issue!.photos[0]!.sha256)
  await back.goto(`${server.url}/app/#/me`)
  await back.goto(`${server.url}/app/#/report`)
  await back.waitForSelector('.shutter')
  expect(await back.inputValue('textarea')).toBe('')
  expect(await held(back)).toEqual({ items: [], bytes: 0 })
  await again.close()
})

test('a draft that two tabs show is sent once', async () => {
  const context = await phone(folder())
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(`${server.url}/app/`)
  await logIn(page, 'lin')
  await shoot(page, 1)
  await page.click('.kind >> nth=0')
  const other = await context.newPage()
  await other.goto(`${server.url}/app/#/report`)
  await expect.poll(() => other.locator('.shots li').count()).toBe(1)
  const before = (await server.issues()).length
  await page.click('.big')
  await expect.poll(async () => (await held(page)).items.length, { timeout: 20_000 }).toBe(0)
  await other.click('.kind >> nth=0')
  await other.click('.big')
  await other.waitForSelector('.send [role=alert]:has-text("另一个页面")')
  expect((await held(other)).items).toEqual([])
  expect((await server.issues()).length).toBe(before + 1)
  await context.close()
})

test('camera and position refused: it is said what to do, and a photo from the phone goes its way', async () => {
  const browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox', '--deny-permission-prompts'] })
  const page = await (await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'zh-CN' })).newPage()
  await page.goto(`${server.url}/app/`)
  await logIn(page, 'wang')
  await page.waitForSelector('.without:has-text("相机")')
  await page.waitForSelector('.without .quiet') // why there is no position
  const bytes = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xfe, 0, 3, 77]), jpeg.subarray(2)])
  await page.setInputFiles('.without input[type=file]', [{ name: 'street.jpg', mimeType: 'image/jpeg', buffer: bytes }])
  await expect.poll(() => page.locator('.shots li').count()).toBe(1)
  await page.click('.kind >> nth=0')
  await page.click('.big')
  const sum = createHash('sha256').update(bytes).digest('hex')
  await expect
    .poll(async () => (await server.issues()).flatMap((i) => i.photos).find((p) => p.sha256 === sum)?.state, {
      timeout: 20_000,
    })
    .toBe('safe')
  await browser.close()
})

test('a phone that is nearly full says so before a photo is taken; one that does not fit is refused and nothing else is lost', async () => {
  const context = await phone(folder())
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(`${server.url}/app/`)
  await logIn(page, 'lin')
  await page.waitForSelector('.kind') // the categories are on the phone
  await context.setOffline(true)
  await reports(page, 20)
  await shoot(page, 1)
  const session = await context.newCDPSession(page)
  const origin = new URL(server.url).origin
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 })
  await expect // the browser remembers for half a minute what room there was
    .poll(
      async () => {
        await page.click('nav button >> nth=2')
        await page.click('nav button >> nth=0')
        await page.waitForTimeout(1500)
        return page.locator('.camera [role=alert]:has-text("空间快满")').count()
      },
      { timeout: 90_000, interval: 2000 },
    )
    .toBe(1) // before another one is taken
  await page.waitForSelector('.shutter:not([disabled])')
  await page.click('.shutter')
  await page.waitForSelector('.report > [role=alert]')
  expect(await page.locator('.shots li').count()).toBe(1)
  await session.send('Storage.overrideQuotaForOrigin', { origin })
  await context.setOffline(false)
  await page.click('.kind >> nth=0')
  await page.click('.big')
  await expect
    .poll(
      async () => {
        await page.evaluate(() => window.dispatchEvent(new Event('online')))
        return (await held(page)).items.length
      },
      { timeout: 60_000, interval: 1000 },
    )
    .toBe(0)
  const mine = (await server.issues()).map((i) => i.photos.length)
  expect(mine).toContain(20)
  await context.close()
})

test('the issue changed while the phone was offline: the fix is asked about in words, its photo is safe all the same', async () => {
  const before = new Set((await server.issues()).map((i) => i.id))
  const lin = await server.as('lin')
  const issue = crypto.randomUUID()
  const now = (): string => new Date().toISOString()
  await lin('PUT', `/api/v1/issues/${issue}`, {
    category: '06010',
    place: { lat: 20.03, lon: 110.33 },
    photos: [],
    reported_at: now(),
    sent_at: now(),
  })
  expect(before.has(issue)).toBe(false)
  const clerk = await server.as('clerk')
  const acts = (body: object, to = issue) =>
    clerk('PUT', `/api/v1/issues/${to}/actions/${crypto.randomUUID()}`, { ...body, done_at: now(), sent_at: now() })
  const other = crypto.randomUUID()
  await lin('PUT', `/api/v1/issues/${other}`, {
    category: '06010',
    place: { lat: 20.03, lon: 110.33 },
    photos: [],
    reported_at: now(),
    sent_at: now(),
  })
  for (const each of [issue, other])
    await acts({ action: 'assign', unit, due_at: new Date(Date.now() + 3_600_000).toISOString() }, each)
  const context = await phone(folder())
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(`${server.url}/app/#/tasks`)
  await logIn(page, 'crew')
  await page.click(`main li a[href="#/issue/${issue}"]`)
  await page.waitForSelector('.acts button')
  await page.waitForFunction(async () => (await caches.keys()).length > 0)
  await context.setOffline(true)
  await page.click('.acts button >> nth=0')
  await shoot(page, 1)
  await page.click('form.act button:not(.second) >> nth=-1')
  await expect.poll(async () => (await held(page)).items.length).toBe(3)
  await acts({ action: 'merge', into: other, reason: '同一处' }) // meanwhile in the office
  await context.setOffline(false)
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  await openScreen(page, 'outbox')
  await page.waitForSelector('.asked p.wrong', { timeout: 30_000 })
  const words = await page.locator('.asked p.wrong').innerText()
  expect(words).toMatch(/[一-鿿]{4}/)
  const photo = (await server.ask<{ photos: { state: string; kind: string }[] }>('GET', `/api/v1/issues/${issue}`))
    .photos
  expect(photo).toMatchObject([{ kind: 'after', state: 'safe' }])
  await page.click('.card .remove')
  await expect.poll(async () => (await held(page)).items.length, { timeout: 20_000 }).toBe(0)
  await context.close()
})

test('a newer version of the app takes over a full outbox, beside an old one in another tab; everything is sent once', async () => {
  let newer = false
  const between = createServer((asked, answer) => {
    const onward = request(
      { port: server.port, host: '127.0.0.1', path: asked.url, method: asked.method, headers: asked.headers },
      (got) => {
        const page = /^\/app\/(\?|$)/.test(asked.url ?? '')
        if (!newer || !(page || asked.url === '/app/sw.js')) {
          answer.writeHead(got.statusCode ?? 502, got.headers)
          got.pipe(answer)
          return
        }
        const parts: Buffer[] = []
        got.on('data', (b: Buffer) => parts.push(b))
        got.on('end', () => {
          const text = Buffer.concat(parts).toString()
          const changed = page
            ? text.replace('</head>', '<meta name="release" content="newer"></head>')
            : text.replace('{url:"/app/",revision:"', '$&9')
          const { 'content-length': _, etag: __, ...headers } = got.headers
          answer.writeHead(got.statusCode ?? 502, headers)
          answer.end(changed)
        })
      },
    )
    onward.on('error', () => answer.destroy())
    const { 'accept-encoding': _, 'if-none-match': __, ...rest } = asked.headers
    Object.keys(onward.getHeaders()).forEach((h) => h in rest || onward.removeHeader(h)) // plain text, and always all of it
    asked.pipe(onward)
  })
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(between.address() as { port: number }).port}`
  const before = (await server.issues()).length
  const context = await phone(folder())
  const old = context.pages()[0] ?? (await context.newPage())
  await old.goto(`${url}/app/`)
  await logIn(old, 'lin')
  await old.waitForFunction(async () => (await caches.keys()).length > 0)
  await old.waitForTimeout(1000)
  await context.setOffline(true)
  for (let n = 0; n < 2; n++) await reports(old)
  expect((await held(old)).items.length).toBe(4)

  newer = true
  await context.setOffline(false)
  await old.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update())
  await expect.poll(async () => (await held(old)).items.length, { timeout: 30_000 }).toBe(0)
  const beside = await context.newPage()
  await beside.goto(`${url}/app/#/report`)
  await context.setOffline(true)
  await reports(beside, 2)
  await shoot(old, 1) // not sent yet
  await old.click('.banner:has-text("新版本已就绪") button') // without the network, and with a photo that is not sent
  await old.waitForSelector('meta[name=release]', { state: 'attached' })
  await expect.poll(() => old.locator('.shots li').count()).toBe(1)
  await Promise.all([old.close(), beside.close()])

  await context.setOffline(false)
  const fresh = await context.newPage()
  await expect
    .poll(
      async () => {
        await fresh.goto(`${url}/app/?n=${Math.random()}`)
        await fresh.goto(`${url}/app/`)
        return fresh.locator('meta[name=release]').count()
      },
      { timeout: 30_000, interval: 1000 },
    )
    .toBe(1)
  await fresh.waitForSelector('.shutter:not([disabled])') // nobody has to log in again
  await fresh.waitForFunction(() => document.querySelectorAll('.shots li').length === 1)
  await expect.poll(async () => (await held(fresh)).items.length, { timeout: 30_000 }).toBe(0)
  const issues = await server.issues()
  expect(issues.length).toBe(before + 3)
  for (const i of issues) for (const p of i.photos) expect(await server.digest(i.id, p.id)).toBe(p.sha256)
  await context.close()
  between.close()
})
