import { afterAll, beforeAll, expect, test } from 'vitest'
import { folder, held, phone, reports, Server, verifies } from './lib'

const server = new Server()
let unit = ''

beforeAll(async () => {
  await server.start()
  unit = (await server.city()).unit
  await server.ask('PUT', '/api/v1/settings/privacy_notice', { value: '拍照只为整改，照片按规定保存。' })
})
afterAll(() => server.end())

test('a new inspector: from the QR code to a report and a verified issue, with the network off half of the time', async () => {
  const id = crypto.randomUUID()
  await server.person(id, {
    name: 'mei',
    display_name: '新来的',
    password: 'correct horse battery',
    grants: [{ role: 'inspector', scope: { kind: 'city' } }],
  })
  const { code } = await server.ask<{ code: string }>('POST', `/api/v1/people/${id}/enrolment`)

  // Somebody else's issue that was fixed, with photos of before and after.
  const lin = await phone(folder())
  const crew = await phone(folder())
  for (const [context, name] of [
    [lin, 'lin'],
    [crew, 'crew'],
  ] as const) {
    const page = context.pages()[0] ?? (await context.newPage())
    await page.goto(`${server.url}/app/`)
    await page.fill('input[name=name]', name)
    await page.fill('input[name=password]', 'correct horse battery')
    await page.click('form button')
    await page.click('.privacy button')
    if (name === 'lin') {
      await reports(page)
      await expect.poll(async () => (await held(page)).items.length, { timeout: 20_000 }).toBe(0)
      const at = { done_at: new Date().toISOString(), sent_at: new Date().toISOString() }
      await server.ask('PUT', `/api/v1/issues/${(await server.issues())[0]!.id}/actions/${crypto.randomUUID()}`, {
        action: 'assign',
        unit,
        due_at: new Date(Date.now() + 3_600_000).toISOString(),
        ...at,
      })
    } else {
      await page.click('nav button >> nth=1')
      await page.click('button:has-text("刷新")')
      await page.click('main li a')
      await page.click('.acts button >> nth=0')
      await page.click('.shutter:not([disabled])')
      await page.waitForSelector('.shots li')
      await page.click('form.act button:not(.second) >> nth=-1')
      await expect.poll(async () => (await server.issues())[0]?.status, { timeout: 20_000 }).toBe('fixed')
    }
    await context.close()
  }
  const [done] = await server.issues()
  await expect
    .poll(
      async () =>
        (await server.ask<{ photos: { display: string }[] }>('GET', `/api/v1/issues/${done!.id}`)).photos.every(
          (p) => p.display === 'ready',
        ),
      { timeout: 30_000 },
    )
    .toBe(true)

  const mei = await phone(folder())
  const page = mei.pages()[0] ?? (await mei.newPage())
  const errors: string[] = []
  page.on('pageerror', (e) => errors.push(e.message))
  await page.goto(`${server.url}/app/#/enrol/${code}`)
  await page.click('.redeem')
  await page.click('.privacy button')
  await page.waitForFunction(async () => (await caches.keys()).length > 0)
  await page.click('nav button >> nth=1')
  await page.waitForSelector('main li a')
  await page.waitForTimeout(2500) // what is hers is fetched, with its photos

  await mei.setOffline(true)
  await page.click('nav button >> nth=0')
  await reports(page)
  await page.click('nav button >> nth=1')
  await page.click('main li a')
  await page.waitForSelector('.acts button')
  await expect
    .poll(() => page.evaluate(() => [...document.querySelectorAll('img')].filter((i) => i.naturalWidth > 0).length))
    .toBeGreaterThanOrEqual(2) // before and after, without the network
  await page.click('.acts button >> nth=0')
  await verifies(page)
  await expect.poll(async () => (await held(page)).items.length).toBe(3)
  await expect.poll(() => page.locator('.acts button').allTextContents()).toEqual(['备注']) // it is not begun twice
  await page.click('nav button >> nth=1')
  await page.waitForSelector('main li:has-text("已做，等待上传")')

  await mei.setOffline(false)
  await expect.poll(async () => (await held(page)).items.length, { timeout: 30_000 }).toBe(0)
  expect((await server.issues()).map((i) => i.status).sort()).toEqual(['reported', 'verified'])
  expect(errors).toEqual([])
  await mei.close()
})
