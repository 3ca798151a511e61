import { createServer, type Server as Listener } from 'node:net'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, folder, freePort, logIn, phone, Server } from './lib'

const server = new Server()
let browser: Browser
let mail: Listener
let port = 0

beforeAll(async () => {
  await server.start()
  await server.city()
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
  port = await freePort()
  mail = createServer((s) => s.end('554 no service here\r\n')).listen(port, '127.0.0.1') // a mail server that takes nothing
})
afterAll(async () => {
  mail.close()
  await browser.close()
  await server.end()
})

test('an administrator sets up mail at the desk and tries it: what is wrong is said, and the password is never shown again', async () => {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  const errors: string[] = []
  page.on('pageerror', (e) => errors.push(e.message))
  await page.goto(`${server.url}/desk/`)
  await logIn(page, 'admin', server.first)
  await page.goto(`${server.url}/desk/#/admin/gateways`)
  const form = page.locator('.gateway').first()
  await form.locator('label:has-text("邮件服务器") input').fill('127.0.0.1')
  await form.locator('label:has-text("端口") input').fill(String(port))
  await form.locator('label:has-text("发件地址") input').fill('not an address')
  await form.locator('button').click()
  await page.waitForSelector('.wrong[role=alert]')
  await form.locator('label:has-text("发件地址") input').fill('city@example.org')
  await form.locator('label:has-text("密码或密钥") input').fill('secret of mail')
  await form.locator('button').click()
  await page.waitForSelector('text=已设，不改则留空')
  expect(await page.content()).not.toContain('secret of mail')

  await page.locator('.channels input[type=email]').fill('admin@example.org')
  await page.locator('.channels tbody tr').first().locator('input').first().check()
  await page.click('.channels button:has-text("保存")')
  await page.waitForSelector('.channels [aria-live]:has-text("已保存")')
  await page.locator('.channels tfoot button').first().click()
  await page.waitForSelector('.channels [aria-live]:has-text("没有发出")', { timeout: 60_000 })
  expect(errors).toEqual([])
})

test('a message that comes to the phone is shown by its service worker; quiet hours are kept', async () => {
  await server.ask('PUT', '/api/v1/gateways/push', { settings: { subject: 'city@example.org' } })
  const crew = await phone(folder())
  await crew.grantPermissions(['notifications', 'geolocation', 'camera'], { origin: server.url })
  const app = crew.pages()[0] ?? (await crew.newPage())
  await app.goto(`${server.url}/app/`)
  await logIn(app, 'crew')
  const notice = app.locator('dialog button')
  if (await notice.count()) await notice.first().click()
  await app.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await app.goto(`${server.url}/app/#/me`)
  await app.waitForSelector('.channels table')
  expect(await app.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  await app.locator('.channels label:has-text("免打扰") input').check()
  await app.click('.channels button:has-text("保存")')
  await app.waitForSelector('.channels [aria-live]:has-text("已保存")')
  await app.waitForSelector('button:has-text("在本机接收推送")')

  // Chromium without a window shows no notifications: what the worker would have shown is asked of the worker itself.
  const worker = crew.serviceWorkers()[0] ?? (await crew.waitForEvent('serviceworker'))
  const shown = await worker.evaluate(
    async (said) => {
      const scope = self as unknown as {
        registration: { showNotification: (title: string, options: object) => Promise<void> }
        dispatchEvent: (e: Event) => void
        PushEvent: new (type: string, init: object) => Event
      }
      return new Promise<unknown[]>((resolve) => {
        scope.registration.showNotification = (title, options) => {
          resolve([title, options])
          return Promise.resolve()
        }
        scope.dispatchEvent(new scope.PushEvent('push', { data: said }))
      })
    },
    JSON.stringify({ id: 'm1', title: '新任务 2026-000001', text: '解放路 <b>积泥</b>' }),
  )
  expect(shown).toEqual(['新任务 2026-000001', expect.objectContaining({ body: '解放路 <b>积泥</b>', tag: 'm1' })])
  await crew.close()
})
