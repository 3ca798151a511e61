import { afterAll, beforeAll, expect, test } from 'vitest'
import { folder, held, killPhone, logIn, openScreen, phone, reports, Server } from './lib'

const server = new Server()

beforeAll(async () => {
  await server.start()
  await server.city()
})
afterAll(() => server.end())

test('a day without network: 30 reports with 60 photos, the browser killed three times, the server twice; all is there once', async () => {
  const home = folder()
  let context = await phone(home)
  let page = context.pages()[0] ?? (await context.newPage())
  await page.goto(`${server.url}/app/`)
  await logIn(page, 'lin')
  await page.waitForFunction(
    () => navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready.then(() => true),
  )
  await page.waitForFunction(async () => (await caches.keys()).length > 0)
  await page.waitForTimeout(1000)
  await context.close() // in the morning everything was in order; browsers write cookies down half a minute late
  context = await phone(home)
  for (let n = 0; n < 30; n++) {
    if (n % 10 === 0) {
      await killPhone(context, home)
      context = await phone(home)
      await context.setOffline(true)
      page = context.pages()[0] ?? (await context.newPage())
      await page.goto(`${server.url}/app/#/report`)
    }
    await reports(page, 2)
  }
  const kept = await held(page)
  expect(kept.items.filter((i) => i.kind === 'photo')).toHaveLength(60)
  expect(kept.bytes).toBe(60)
  const want = kept.items
    .filter((i) => i.kind === 'photo')
    .map((i) => i.sha256)
    .sort()

  await context.setOffline(false)
  await openScreen(page, 'outbox')
  for (let n = 0; n < 2; n++) {
    await page.click('.row button >> nth=0')
    const before = (await held(page)).items.length
    await expect
      .poll(async () => (await held(page)).items.length, { timeout: 60_000, interval: 20 })
      .toBeLessThan(before)
    await server.kill()
    await server.start()
  }
  await expect
    .poll(
      async () => {
        await page.click('.row button >> nth=0', { timeout: 1000 }).catch(() => null) // "send now"; there is nothing to press once all is safe
        return (await held(page)).items.length
      },
      { timeout: 120_000, interval: 1000 },
    )
    .toBe(0)
  expect((await held(page)).bytes).toBe(0)
  await context.close()

  const issues = await server.issues()
  expect(issues).toHaveLength(30)
  const got: string[] = []
  for (const i of issues) for (const p of i.photos) got.push(await server.digest(i.id, p.id))
  expect(got.sort()).toEqual(want)
})
