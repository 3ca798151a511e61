import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, cityDay, logIn, password, Server } from './lib'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const server = new Server()
let browser: Browser
let issue = ''
const hostile = '"><img src=x onerror="window.hit=1"><script>window.hit=1</script>{{7*7}}'

beforeAll(async () => {
  await server.start()
  const city = await server.city()
  issue = crypto.randomUUID()
  const now = new Date().toISOString()
  const at = { done_at: now, sent_at: now }
  await server.ask('PUT', `/api/v1/issues/${issue}`, {
    category: '06010',
    area: city.area,
    note: hostile,
    address: hostile,
    place: { lat: 20.03, lon: 110.33 },
    photos: [],
    reported_at: now,
    sent_at: now,
  })
  await server.ask('PUT', `/api/v1/issues/${issue}/actions/${crypto.randomUUID()}`, {
    action: 'assign',
    unit: city.unit,
    note: hostile,
    due_at: new Date(Date.now() + 3_600_000).toISOString(),
    ...at,
  })
  await server.ask('PUT', `/api/v1/issues/${crypto.randomUUID()}`, {
    category: '08012',
    area: city.area,
    note: hostile,
    photos: [],
    reported_at: now,
    sent_at: now,
  })
  await server.person(crypto.randomUUID(), {
    name: 'boss',
    display_name: 'boss',
    password,
    grants: [
      { role: 'admin', scope: { kind: 'city' } },
      { role: 'office', scope: { kind: 'city' } },
    ],
  })
  await server.ask('PUT', '/api/v1/settings/public_lookup', { value: true })
  const from = cityDay(-3)
  const boss = await server.as('boss')
  await boss('PUT', `/api/v1/return-forms/${crypto.randomUUID()}`, {
    name: hostile,
    every: 'day',
    lines: ['<b>1</b>'],
    units: [city.unit],
    by: '10:00',
    from,
  })
  browser = await chromium.launch({
    executablePath: chrome,
    args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

async function opened(
  app: 'app' | 'desk',
  who: string,
  options: Parameters<Browser['newContext']>[0],
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({
    ...options,
    bypassCSP: false,
    geolocation: { latitude: 20.03, longitude: 110.33, accuracy: 8 },
    permissions: ['geolocation', 'camera'],
  })
  const page = await context.newPage()
  await page.goto(`${server.url}/${app}/`)
  await logIn(page, who)
  return { context, page }
}

/** What axe finds wrong on the page, by rule and place. It is run by the browser itself: no policy of the page is in its way. */
async function findings(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  await session.send('Runtime.evaluate', { expression: axe })
  const { result } = await session.send('Runtime.evaluate', {
    expression:
      "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then((r) => " +
      "r.violations.flatMap((v) => v.nodes.map((n) => v.id + ' ' + n.target.join(' ') + ' ' + n.failureSummary.split('\\n')[1])))",
    awaitPromise: true,
    returnByValue: true,
  })
  return result.value as string[]
}

const phone = ['report', 'tasks', 'mine', 'inbox', 'outbox', 'me', 'issue/ISSUE', 'enrol/ABCD-2345']
/** Who has which screens. */
const screens: Record<'app' | 'desk', Record<string, string[]>> = {
  app: { lin: phone, crew: phone },
  desk: {
    clerk: [
      'work',
      'triage',
      'list',
      'map',
      'board',
      'wall',
      'reports',
      'returns',
      'assessments',
      'papers',
      'draws',
      'plans',
      'public',
      'imports',
      'issue/ISSUE',
    ],
    crew: ['mine', 'returns', 'assessments', 'plans', 'papers', 'issue/ISSUE'],
    boss: [
      'setup',
      'city',
      'work',
      'imports',
      'map',
      'admin/units',
      'admin/people',
      'admin/settings',
      'admin/gateways',
      'admin/return_forms',
      'admin/places',
      'admin/webhooks',
      'admin/deliveries',
      'security/record',
      'admin/health',
    ],
  },
}

test.each([
  ['app', 'zh-CN', 'light', 320],
  ['app', 'en', 'dark', 360],
  ['desk', 'zh-CN', 'light', 1280],
  ['desk', 'en', 'dark', 1280],
] as const)(
  '%s in %s, %s, %d px: nothing that axe objects to, nothing wider than the screen, no text of others as code',
  async (app, locale, colorScheme, width) => {
    for (const [who, hashes] of Object.entries(screens[app])) {
      const { context, page } = await opened(app, who, {
        locale,
        colorScheme,
        viewport: { width, height: 800 },
        isMobile: app === 'app',
        hasTouch: app === 'app',
      })
      for (const hash of hashes) {
        await page.goto(`${server.url}/${app}/#/${hash.replace('ISSUE', issue)}`)
        await page.waitForTimeout(700)
        expect(await findings(page), `${who} ${hash}`).toEqual([])
        const wide = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        if (app === 'app') expect(wide, `${who} ${hash} is too wide`).toBeLessThanOrEqual(0)
        expect(await page.evaluate(() => 'hit' in window), `${who} ${hash}`).toBe(false)
      }
      await context.close()
    }
  },
)

test('on the phone every control is at least 48 px high and has a name', async () => {
  const { context, page } = await opened('app', 'crew', {
    locale: 'zh-CN',
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
  })
  for (const hash of ['report', 'tasks', `issue/${issue}`, 'mine', 'inbox', 'outbox', 'me']) {
    await page.goto(`${server.url}/app/#/${hash}`)
    await page.waitForTimeout(700)
    const small = await page.evaluate(() =>
      [
        ...document.querySelectorAll(
          'button, select, input:not([type=file]):not([type=radio]):not([type=checkbox]), .button',
        ),
      ]
        .filter((e) => e.getBoundingClientRect().height > 0 && e.getBoundingClientRect().height < 47.5)
        .map((e) => e.outerHTML.slice(0, 80)),
    )
    expect(small, hash).toEqual([])
  }
  await context.close()
})

test('pages are framed by nobody, run no scripts of others, and keep the session from scripts', async () => {
  for (const app of ['app', 'desk']) {
    const response = await fetch(`${server.url}/${app}/`)
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe-inline')
  }
  const { context, page } = await opened('desk', 'clerk', { locale: 'en' })
  expect(await page.evaluate(() => document.cookie)).toBe('')
  const cookies = await context.cookies()
  expect(cookies.every((c) => c.httpOnly && c.sameSite !== 'None')).toBe(true)
  expect(cookies.length).toBeGreaterThan(0)
  await context.close()
})

test.each([
  ['zh', 'light', 320],
  ['en', 'dark', 1280],
] as const)(
  'the public page in %s, %s, %d px: nothing that axe objects to, no text of others as code',
  async (lang, colorScheme, width) => {
    const page = await (await browser.newContext({ colorScheme, viewport: { width, height: 800 } })).newPage()
    const { number } = await server.ask<{ number: string }>('GET', `/api/v1/issues/${issue}`)
    for (const path of ['', `issue?number=${number}&lang=${lang}`]) {
      await page.goto(`${server.url}/public/${path || `?lang=${lang}`}`)
      expect(await findings(page), path).toEqual([])
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
        path,
      ).toBeLessThanOrEqual(0)
      expect(await page.evaluate(() => 'hit' in window), path).toBe(false)
    }
    expect(await page.locator('article').innerText()).toContain('<script>') // as text
  },
)
