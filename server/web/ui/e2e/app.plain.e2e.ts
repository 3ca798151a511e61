import { createHash } from 'node:crypto'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, logIn, password, Server } from './lib'

const server = new Server()
const jpeg = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z',
  'base64',
)
/** The same picture with so much in its comments that it goes in parts. */
const large = Buffer.concat([
  jpeg.subarray(0, 2),
  ...Array.from({ length: 30 }, (_, n) =>
    Buffer.concat([Buffer.from([0xff, 0xfe, 0xff, 0xff]), Buffer.alloc(65_533, n)]),
  ),
  jpeg.subarray(2),
])
let browser: Browser

beforeAll(async () => {
  await server.start()
  await server.city()
  browser = await chromium.launch({
    executablePath: chrome,
    args: ['--no-sandbox', '--host-resolver-rules=MAP 192.168.77.7 127.0.0.1, MAP spotcheck.lan 127.0.0.1'],
  })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

test('over plain HTTP in a local network photos are picked, hashed and sent, and the office works; what does not is said', async () => {
  const url = `http://192.168.77.7:${server.port}`
  const app = await (await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'zh-CN' })).newPage()
  const errors: string[] = []
  app.on('pageerror', (e) => errors.push(e.message))
  await app.goto(`${url}/app/`)
  expect(await app.evaluate(() => [window.isSecureContext, typeof crypto.subtle, typeof crypto.randomUUID])).toEqual([
    false,
    'undefined',
    'undefined',
  ])
  await logIn(app, 'lin')
  await app.locator('text=此连接不是 HTTPS').last().waitFor()
  await app.setInputFiles('.pick input', [
    { name: 'a.jpg', mimeType: 'image/jpeg', buffer: jpeg },
    { name: 'b.jpg', mimeType: 'image/jpeg', buffer: large },
  ])
  await expect.poll(() => app.locator('.shots li').count()).toBe(2)
  await app.click('.kind >> nth=0')
  await app.click('.big')
  await expect
    .poll(async () => (await server.issues()).flatMap((i) => i.photos.map((p) => p.state)), { timeout: 30_000 })
    .toEqual(['safe', 'safe'])
  const [issue] = await server.issues()
  const sums = [jpeg, large].map((b) => createHash('sha256').update(b).digest('hex')).sort()
  expect((await Promise.all(issue!.photos.map((p) => server.digest(issue!.id, p.id)))).sort()).toEqual(sums)

  const desk = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  desk.on('pageerror', (e) => errors.push(e.message))
  await desk.goto(`${url}/desk/`)
  await logIn(desk, 'clerk')
  await desk.goto(`${url}/desk/#/issue/${issue!.id}`)
  await desk.click('.action .el-select')
  await desk.keyboard.type('龙华')
  await desk.click('.el-select-dropdown__item:has-text("龙华环卫")')
  await desk.click('.action .send button')
  await expect.poll(async () => (await server.issues())[0]?.status).toBe('assigned')
  expect(errors).toEqual([])
})

test('over plain HTTP by name, where a browser keeps no log-in, it is said what to do', async () => {
  const page = await (await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'zh-CN' })).newPage()
  await page.goto(`http://spotcheck.lan:${server.port}/app/`)
  await page.fill('input[name=name]', 'lin')
  await page.fill('input[name=password]', password)
  await page.click('form button')
  await page.waitForSelector('[role=alert]:has-text("https://")')
})
