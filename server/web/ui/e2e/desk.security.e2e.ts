import { mkdirSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, folder, logIn, password, Server } from './lib'

const server = new Server()
/** Where pictures go: a folder that is named, or one that is thrown away. */
const shots = process.env.E2E_SHOTS ?? folder()
let browser: Browser

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await server.start()
  await server.city()
  await server.person(crypto.randomUUID(), {
    name: 'looker',
    display_name: '审计员乙',
    staff_number: 'S009',
    password,
    grants: [{ role: 'auditor', scope: { kind: 'city' } }],
  })
  await server.ask('PUT', '/api/v1/settings/city_name', { value: '甲市' })
  await server.ask('PUT', '/api/v1/settings/city_name', { value: '乙市' })
  const crew = await server.as('crew')
  for (let n = 0; n < 3; n++) await crew('GET', '/api/v1/security-log').catch(() => undefined)
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

async function opened(width: number, locale: string): Promise<{ page: Page; refused: string[]; errors: string[] }> {
  const page = await (await browser.newContext({ viewport: { width, height: 900 }, locale })).newPage()
  page.setDefaultTimeout(90_000)
  const refused: string[] = []
  const errors: string[] = []
  page.on('response', (r) => r.status() === 403 && refused.push(r.url()))
  page.on('pageerror', (e) => errors.push(e.message))
  await page.goto(`${server.url}/desk/`)
  await logIn(page, 'looker')
  return { page, refused, errors }
}

test.each([
  [1440, 'zh-CN'],
  [390, 'en'],
] as const)(
  'an auditor of %d px, %s, reads the log, the accounts and the record, and meets no door that is shut',
  async (width, locale) => {
    const { page, refused, errors } = await opened(width, locale)
    await page.waitForSelector('table tbody tr')
    expect(await page.locator('nav.side a').count()).toBe(1)
    expect(await page.locator('tbody').innerText()).toContain('甲市')
    await page.screenshot({ path: `${shots}/security-log-${width}.png`, fullPage: true })
    await page.selectOption('.filter select >> nth=0', 'setting.changed')
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length <= 4)
    expect(await page.locator('.filter a.file').getAttribute('href')).toBe(
      '/api/v1/security-log.csv?kind=setting.changed',
    )
    await page.goto(`${server.url}/desk/#/security/accounts`)
    await page.waitForSelector('text=审计员乙')
    await page.screenshot({ path: `${shots}/security-accounts-${width}.png`, fullPage: true })
    await page.goto(`${server.url}/desk/#/security/record`)
    await page.waitForSelector('code, h2')
    expect(await page.locator('input[type=file]').count()).toBe(0)
    await page.screenshot({ path: `${shots}/security-record-${width}.png`, fullPage: true })
    expect(refused).toEqual([])
    expect(errors).toEqual([])
  },
)
