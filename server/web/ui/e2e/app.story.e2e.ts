import { afterAll, beforeAll, expect, test } from 'vitest'
import { drawn, folder, held, logIn, phone, reports, Server, verifies } from './lib'

const server = new Server()
let unit = ''

beforeAll(async () => {
  await server.start()
  unit = (await server.city()).unit
})
afterAll(() => server.end())

test('an inspector reports, a crew fixes with the photo before as a ghost, another inspector verifies', async () => {
  const lin = await phone(folder())
  const page = lin.pages()[0] ?? (await lin.newPage())
  const errors: string[] = []
  page.on('pageerror', (e) => errors.push(e.message))
  await page.goto(`${server.url}/app/`)
  await logIn(page, 'lin')
  await reports(page, 2)
  await expect.poll(async () => (await held(page)).items.length, { timeout: 20_000 }).toBe(0)
  expect((await held(page)).bytes).toBe(0)
  await lin.close()

  const [issue] = await server.issues()
  expect(issue?.photos.map((p) => p.state)).toEqual(['safe', 'safe'])
  for (const p of issue?.photos ?? []) expect(await server.digest(issue?.id ?? '', p.id)).toBe(p.sha256)
  const now = new Date()
  const at = { done_at: now.toISOString(), sent_at: now.toISOString() }
  await server.ask('PUT', `/api/v1/issues/${issue?.id}/actions/${crypto.randomUUID()}`, {
    action: 'assign',
    unit,
    due_at: new Date(now.getTime() + 3_600_000).toISOString(),
    ...at,
  })

  for (const [name, act] of [
    ['crew', 'fix'],
    ['wang', 'verify'],
  ] as const) {
    const context = await phone(folder(), act === 'fix' ? 'zh-CN' : 'en', act === 'fix' ? drawn : [])
    const screen = context.pages()[0] ?? (await context.newPage())
    screen.on('pageerror', (e) => errors.push(e.message))
    await screen.goto(`${server.url}/app/#/tasks`)
    await logIn(screen, name)
    if (act === 'fix') {
      await screen.click('.tools button:has-text("地图")')
      await screen.waitForSelector('.view[data-shown="1"]')
      await screen.screenshot({ path: process.env.SHOTS ? `${process.env.SHOTS}/tasksmap.png` : undefined })
      const box = (await screen.locator('.view canvas').boundingBox())!
      await expect // the only one lies in the middle; a slow machine takes a while to draw it
        .poll(
          async () => {
            if (!screen.url().includes('#/issue/'))
              await screen.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
            return screen.url()
          },
          { timeout: 30_000, interval: 1000 },
        )
        .toContain('#/issue/')
    } else await screen.click('main li a')
    await screen.click('.acts button >> nth=0')
    if (act === 'fix') {
      await screen.waitForSelector('.shutter:not([disabled])')
      expect(await screen.locator('.ghost').count()).toBe(1)
      await screen.click('.shutter')
      await screen.waitForSelector('.shots li')
      await screen.click('form.act .row button:not(.second)')
    } else await verifies(screen)
    await expect
      .poll(async () => (await server.issues())[0]?.status, { timeout: 20_000 })
      .toBe(act === 'fix' ? 'fixed' : 'verified')
    await context.close()
  }
  expect(errors).toEqual([])
})
