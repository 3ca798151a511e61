import { execFileSync } from 'node:child_process'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, program, Server, zone } from './lib'

/** Every screen of everybody in a city that has something of everything: no code and no word of the other language. */
const server = new Server()
let browser: Browser
let password = ''

beforeAll(async () => {
  const told = execFileSync(
    program,
    ['demo', '--data', server.data, '--timezone', zone, '--issues', '120', '--photos', 'none'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
  password = /password (\w+),/.exec(told)![1]!
  await server.start()
  browser = await chromium.launch({
    executablePath: chrome,
    args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

const admin = [
  'units',
  'areas',
  'responsibilities',
  'holes',
  'places',
  'agreements',
  'categories',
  'rules',
  'holidays',
  'suspensions',
  'people',
  'settings',
  'gateways',
  'webhooks',
  'deliveries',
  'health',
]
  .map((name) => `admin/${name}`)
  .concat('security/log', 'security/record')
/** Who sees which screens; ISSUE is one that they have something to do with. */
const screens: Record<'desk' | 'app', Record<string, string[]>> = {
  desk: {
    office1: [
      'work',
      'triage',
      'list',
      'ISSUE',
      'board',
      'wall',
      'reports',
      'returns',
      'papers',
      'draws',
      'plans',
      'public',
      'imports',
    ],
    leader1: ['overview', 'reports'],
    unit1: ['mine', 'list', 'ISSUE', 'papers', 'returns', 'plans'],
    'demo-admin': ['city', 'setup', ...admin],
  },
  app: { inspector1: ['report', 'tasks', 'mine', 'inbox', 'outbox', 'me', 'ISSUE'], unit1: ['tasks', 'me', 'ISSUE'] },
}

/** What may stand in Chinese as it is: forms of files, standards, makers, and examples of what is typed. */
const names =
  /\b(PDF|DOCX|XLSX|HTML|CSV|TEXT|SHA|GPS|WGS|GCJ|EXIF|ZIP|GeoJSON|JPEG|HEIC|TLS|URL|HTTPS?|Webhook|Excel|SQLite|PostgreSQL|Spotcheck|Linux|Chrome|Chromium|Demo Phone|Asia\/\w+|Etc\/GMT\S*|dev)\b/g
/** Names of log-ins, addresses, digests and the key of the log. */
const given =
  /\b(?:spotcheck\/[0-9a-f]+\+[0-9a-f]+\+\S+|(?:office|leader|clerk|inspector|unit|group)\d+|demo-admin|admin|Administrator|[0-9a-f]{12,}|(?<=…)[0-9a-f]{8}|https:\/\/\S*)\b|https:\/\//g
/** Screens on which words of the other language are data: names in two languages, examples of what a program reads, and addresses of doors. */
const bilingual = [
  'admin/categories',
  'admin/rules',
  'admin/settings',
  'admin/gateways',
  'admin/holidays',
  'admin/places',
  'security/log',
]

/** All that a person reads or hears on a page. */
function texts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const all: string[] = []
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let n = walk.nextNode(); n; n = walk.nextNode())
      if (n.parentElement?.checkVisibility() && (n as Text).data.trim()) all.push((n as Text).data.trim())
    for (const a of ['placeholder', 'aria-label', 'title', 'alt'])
      for (const e of document.querySelectorAll(`[${a}]`)) all.push(e.getAttribute(a) ?? '')
    return all
  })
}
/** What of a text is a code: words joined by _ or by a point, as in main_road or photo.similar. */
function isCode(text: string): boolean {
  return /\b[a-z]+_[a-z_]+\b/.test(text) || /(?<![\w/.@:-])[a-z]{3,}\.[a-z_]{3,}(?![\w/.])/.test(text)
}

test.each([
  ['desk', 'zh-CN'],
  ['app', 'zh-CN'],
  ['desk', 'en'],
  ['app', 'en'],
] as const)('on the screens of the %s in %s no code is read, and in Chinese no English', async (app, locale) => {
  const wrong: string[] = []
  for (const [who, hashes] of Object.entries(screens[app])) {
    const context = await browser.newContext({
      locale,
      viewport: app === 'app' ? { width: 390, height: 844 } : { width: 1440, height: 900 },
      isMobile: app === 'app',
      hasTouch: app === 'app',
      geolocation: { latitude: 20.03, longitude: 110.33, accuracy: 8 },
      permissions: ['geolocation', 'camera'],
    })
    const page = await context.newPage()
    await page.goto(`${server.url}/${app}/`)
    await page.fill('input[name=name]', who)
    await page.fill('input[name=password]', password)
    await page.click('form button')
    await page.waitForSelector('nav')
    const notice = page.locator('section.privacy button')
    if (await notice.count()) await notice.first().click()
    const one = await page.evaluate(async () => {
      const list = (await (await fetch('/api/v1/issues?limit=1&sort=due&status=assigned')).json()) as {
        issues?: { id: string }[] // who keeps the city sees none
      }
      return list.issues?.[0]?.id ?? ''
    })
    for (const hash of hashes) {
      await page.goto(`${server.url}/${app}/#/${hash === 'ISSUE' ? `issue/${one}` : hash}`)
      await expect.poll(async () => (await texts(page)).length).toBeGreaterThan(12)
      await page.waitForTimeout(500)
      for (const text of await texts(page)) {
        const bare = text.replace(names, '').replace(given, '')
        const foreign = !bilingual.includes(hash) && (locale === 'zh-CN' ? /[A-Za-z]{3,}/.test(bare) : false)
        if (isCode(bare) || foreign) wrong.push(`${who} ${hash}: ${text.slice(0, 100)}`)
      }
    }
    await context.close()
  }
  expect([...new Set(wrong)]).toEqual([])
})
