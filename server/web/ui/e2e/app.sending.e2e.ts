import { afterAll, beforeAll, expect, test } from 'vitest'
import { held, openScreen, openTab, reports } from './lib'
import { Street } from './street'

/** What becomes of a report after it was sent, and while it waits. */
const street = new Street()
const { server, phone, picture, sent, issue, statusOf, newest, all } = street

beforeAll(() => street.begin())
afterAll(() => street.end())

test('a unit reports what it found itself, with its own source', async () => {
  const before = await all()
  const { context, page } = await phone('crew')
  await openTab(page, 'report')
  await reports(page)
  await sent(page)
  expect((await newest(before)).source).toBe('own_unit')
  await context.close()
})

test('after sending something happens: kept, received with its number; the page of an issue changes when it is done, and nothing is done twice', async () => {
  const { context, page } = await phone('lin')
  const before = await all()
  await reports(page)
  await page.waitForSelector('.send .done')
  await page.waitForSelector('.strip:has-text("已收到")')
  const made = await newest(before)
  expect(await page.locator('.strip').innerText()).toContain(made.number)
  await picture(page, 'received')
  await context.close()

  const id = await issue('assigned')
  const crew = await phone('crew')
  await crew.page.goto(`${server.url}/app/#/issue/${id}`)
  await crew.page.click('.acts .main')
  await crew.page.click('.shutter:not([disabled])')
  await crew.page.waitForSelector('.shots li')
  await crew.page.locator('form.act .row button:not(.second)').dblclick()
  await crew.page.waitForSelector('article .status:has-text("待核查")')
  expect(await crew.page.locator('.acts .main').count()).toBe(0)
  expect(await crew.page.locator('[role=status]:has-text("服务器已收到")').count()).toBe(1)
  await sent(crew.page)
  expect(await statusOf(id)).toBe('fixed')
  await crew.context.close()
})

test('the outbox is one card for each issue, with its picture; what was refused is changed where it was made, or deleted and taken back', async () => {
  const { context, page } = await phone('lin')
  await page.route('**/api/v1/issues/*', (route) =>
    route.request().method() === 'PUT' ? route.abort() : route.continue(),
  )
  await page.waitForSelector('.shutter:not([disabled])')
  await page.fill('.place', '第一处')
  await reports(page, 3)
  await openScreen(page, 'outbox')
  await page.waitForSelector('.card img')
  expect(await page.locator('.card').count()).toBe(1)
  expect(await page.locator('.card').innerText()).toMatch(/第一处[\s\S]*照片 3 张 · 0 KB \/ \d+/)
  await picture(page, 'outbox')
  await page.click('.card .remove')
  await expect.poll(() => held(page)).toEqual({ items: [], bytes: 0 })
  await page.click('.undo button')
  await expect.poll(async () => (await held(page)).bytes).toBe(3)
  await page.click('.card .change')
  await expect.poll(() => page.locator('.shots li').count()).toBe(3)
  expect(await page.inputValue('.place')).toBe('第一处')
  expect((await held(page)).items).toEqual([])
  await page.unroute('**/api/v1/issues/*')
  await page.fill('.place', '第一处，改过')
  await page.click('.big')
  await sent(page)
  const addresses = await Promise.all(
    (await server.issues()).map(
      async (i) => await server.ask<{ address?: string; photos: unknown[] }>('GET', `/api/v1/issues/${i.id}`),
    ),
  )
  expect(addresses.find((a) => a.address === '第一处，改过')?.photos).toHaveLength(3)
  await context.close()
})

test('a hand feels that it is kept and received, the screen stays on while something moves, and the icon counts', async () => {
  const { context, page } = await phone('lin')
  await context.addInitScript(() => {
    const felt: string[] = []
    Object.assign(window, { felt })
    const watch = (on: object, name: string): void => {
      const real = (on as Record<string, (...a: unknown[]) => unknown>)[name]
      if (!real) return
      Object.defineProperty(on, name, {
        value(...a: unknown[]) {
          felt.push(`${name} ${JSON.stringify(a)}`)
          return real.apply(on, a)
        },
      })
    }
    watch(navigator, 'vibrate')
    watch(navigator, 'setAppBadge')
    watch((navigator as unknown as { wakeLock: object }).wakeLock, 'request')
  })
  await page.reload()
  await reports(page)
  await page.waitForSelector('.strip:has-text("已收到")')
  const felt = await page.evaluate(() => (window as unknown as { felt: string[] }).felt)
  expect(felt).toContain('vibrate [[40]]')
  expect(felt).toContain('vibrate [[30,60,30]]')
  expect(felt).toContain('request ["screen"]')
  expect(felt.some((f) => f.startsWith('setAppBadge ['))).toBe(true)
  await context.close()
})
