import { afterAll, beforeAll, expect, test } from 'vitest'
import { folder, held, logIn, openScreen, phone, reports, Server } from './lib'
import { Network, type Mode } from './proxy'

const server = new Server()
const network = new Network()

beforeAll(async () => {
  await server.start()
  await server.city()
  await network.start(server.port)
})
afterAll(async () => {
  network.end()
  await server.end()
})

test('a captive portal, cuts and silence empty no outbox; afterwards everything is there once, and two tabs send nothing twice', async () => {
  const context = await phone(folder())
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(`${network.url}/app/`)
  await logIn(page, 'lin')
  await page.waitForFunction(async () => (await caches.keys()).length > 0)
  await page.waitForTimeout(1000)
  for (const mode of ['portal', 'cut', 'stall'] as Mode[]) {
    network.become(mode)
    await page.goto(`${network.url}/app/#/report`)
    await reports(page, 2)
    await expect
      .poll(async () => (await held(page)).items.some((i) => 'attempts' in i && Number(i.attempts) > 0), {
        timeout: 20_000,
      })
      .toBe(true)
  }
  const kept = await held(page)
  expect(kept.items.filter((i) => i.kind === 'photo' && i.state === 'done')).toEqual([])
  expect(kept.bytes).toBe(6)
  const want = kept.items
    .filter((i) => i.kind === 'photo')
    .map((i) => i.sha256)
    .sort()

  const other = await context.newPage()
  await other.goto(`${network.url}/app/#/outbox`)
  network.become('pass')
  for (const tab of [page, other]) await tab.evaluate(() => window.dispatchEvent(new Event('online')))
  await expect
    .poll(
      async () => {
        for (const tab of [page, other]) await tab.evaluate(() => window.dispatchEvent(new Event('online')))
        return (await held(page)).items.length
      },
      { timeout: 90_000, interval: 1000 },
    )
    .toBe(0)
  await context.close()

  const issues = await server.issues()
  expect(issues).toHaveLength(3)
  const got: string[] = []
  for (const i of issues) for (const p of i.photos) got.push(await server.digest(i.id, p.id))
  expect(got.sort()).toEqual(want)
})

test('a log-out and an expired session keep the outbox, and it goes on after the next log-in', async () => {
  const context = await phone(folder())
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(`${network.url}/app/`)
  await logIn(page, 'wang')
  await page.goto(`${network.url}/app/#/report`)
  const before = (await server.issues()).length
  await context.clearCookies() // the session ended elsewhere
  await reports(page, 1)
  await openScreen(page, 'outbox')
  await page.waitForSelector('.wrong[role=alert]')
  expect((await held(page)).items.length).toBe(2)
  await page.reload()
  await page.waitForSelector('input[name=name]')
  expect(await page.locator('main').innerText()).toContain('2')
  await logIn(page, 'wang')
  await expect.poll(async () => (await held(page)).items.length, { timeout: 30_000 }).toBe(0)
  expect(await server.issues()).toHaveLength(before + 1)
  await context.close()
})
