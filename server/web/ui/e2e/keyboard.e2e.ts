import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, logIn, Server } from './lib'

const server = new Server()
let browser: Browser

beforeAll(async () => {
  await server.start()
  const { unit, area } = await server.city()
  await server.ask('PUT', `/api/v1/responsibilities/${crypto.randomUUID()}`, { unit, area, valid_from: '2020-01-01' })
  browser = await chromium.launch({
    executablePath: chrome,
    args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

async function opened(path: string, name: string, viewport = { width: 1000, height: 900 }): Promise<Page> {
  const context = await browser.newContext({
    viewport,
    locale: 'zh-CN',
    geolocation: { latitude: 20.03, longitude: 110.33, accuracy: 8 },
    permissions: ['geolocation', 'camera'],
  })
  const page = await context.newPage()
  await page.goto(`${server.url}/${path}`)
  await page.waitForSelector('input[name=name]')
  await page.keyboard.press('Tab')
  for (let n = 0; n < 20 && !(await page.evaluate(() => document.activeElement?.matches('input[name=name]'))); n++)
    await page.keyboard.press('Tab')
  await page.keyboard.type(name)
  await page.keyboard.press('Tab')
  await page.keyboard.type('correct horse battery')
  await page.keyboard.press('Enter')
  await page.waitForSelector('nav')
  return page
}

/** Moves on by Tab until such an element has the focus, and sees to it that the focus shows. */
async function tabTo(page: Page, selector: string): Promise<void> {
  await page.waitForSelector(selector)
  for (let n = 0; n < 80; n++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate((s) => document.activeElement?.matches(s), selector)) {
      expect(
        await page.evaluate(() =>
          (({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2)(
            getComputedStyle(document.activeElement!.closest('label:focus-within') ?? document.activeElement!),
          ),
        ),
      ).toBe(true)
      return
    }
  }
  throw new Error(`${selector} is not reached by Tab`)
}

test('the whole path by keyboard alone: reported, sorted, fixed, verified', async () => {
  const status = async (): Promise<string | undefined> => (await server.issues())[0]?.status
  const lin = await opened('app/#/report', 'lin')
  await tabTo(lin, '.shutter:not([disabled])')
  await lin.keyboard.press('Enter')
  await lin.waitForSelector('.shots li')
  await tabTo(lin, '.kind')
  await lin.keyboard.press('Space')
  await tabTo(lin, '.big')
  await lin.keyboard.press('Enter')
  await expect.poll(status, { timeout: 20_000 }).toBe('reported')

  const clerk = await opened('desk/#/triage', 'clerk', { width: 1440, height: 900 })
  await clerk.waitForSelector('.list li.here')
  await clerk.keyboard.press('u')
  await clerk.keyboard.type('龙华')
  await clerk.keyboard.press('Enter')
  await expect.poll(status, { timeout: 25_000 }).toBe('assigned')

  const crew = await opened('app/#/tasks', 'crew')
  await tabTo(crew, 'main li a')
  await crew.keyboard.press('Enter')
  await tabTo(crew, '.acts button')
  await crew.keyboard.press('Enter')
  await tabTo(crew, '.shutter:not([disabled])')
  await crew.keyboard.press('Enter')
  await crew.waitForSelector('.shots li')
  await tabTo(crew, 'form.act .row button:not(.second)')
  await crew.keyboard.press('Enter')
  await expect.poll(status, { timeout: 20_000 }).toBe('fixed')

  const wang = await opened('app/#/tasks', 'wang')
  await tabTo(wang, 'main li a')
  await wang.keyboard.press('Enter')
  await tabTo(wang, '.acts button')
  await wang.keyboard.press('Enter')
  for (const choice of ['verdict', 'how']) {
    await tabTo(wang, `input[name=${choice}]`)
    await wang.keyboard.press('Space')
  }
  await tabTo(wang, 'form.act .row button:not(.second):not([disabled])')
  await wang.keyboard.press('Enter')
  await expect.poll(status, { timeout: 20_000 }).toBe('verified')
})

test.each([
  ['200 % zoom of a small screen', 640, 400],
  ['4K', 3840, 2160],
])('nothing is wider than the screen: %s', async (_, width, height) => {
  const clerk = await opened('desk/#/triage', 'clerk', { width, height })
  for (const hash of ['triage', 'list', 'map', 'board', 'wall', 'reports', 'returns', 'public', 'imports']) {
    await clerk.goto(`${server.url}/desk/#/${hash}`)
    await clerk.waitForTimeout(500)
    expect(
      await clerk.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
      hash,
    ).toBeLessThanOrEqual(0)
  }
  const boss = await browser.newContext({ viewport: { width, height }, locale: 'en' })
  const page = await boss.newPage()
  await page.goto(`${server.url}/desk/`)
  await logIn(page, 'admin', server.first)
  for (const register of ['units', 'categories', 'rules', 'people', 'settings', 'gateways', 'record', 'health']) {
    await page.goto(`${server.url}/desk/#/admin/${register}`)
    await page.waitForTimeout(400)
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
      register,
    ).toBeLessThanOrEqual(0)
  }
  await page.screenshot({ path: process.env.SHOTS ? `${process.env.SHOTS}/wide-${width}.png` : undefined })
  await boss.close()
})
