// Takes pictures of the screens: node shots.mjs URL FOLDER [all]
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const [url, folder, all] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
  ],
})

const pause = (page) => page.waitForTimeout(1200)
const offline = async (page) => {
  await page.context().setOffline(true)
  await page.evaluate(() => window.dispatchEvent(new Event('offline')))
}
const firstIssue = (page) => page.click('main li a')
const act = (n) => async (page) => {
  await firstIssue(page)
  await page.click(`.acts button >> nth=${n}`)
}
const firstRow = (page) => page.click('.row a')
const admin = (name, then) => ['demo-admin', name, `admin/${name}`, then]

/** The screens of an app for a person: a name, an address behind #/, what to do there first. */
const screens = {
  app: [
    ['', 'login', 'report'],
    [
      'inspector1',
      'report',
      'report',
      async (page) => {
        await page.click('.shutter')
        await page.click('.kind >> nth=2')
      },
    ],
    [
      'inspector1',
      'sent',
      'report',
      async (page) => {
        // for the office to sort
        await page.click('.shutter')
        await page.waitForSelector('.shots li')
        await page.click('.kind >> nth=0')
        await page.fill('textarea', '垃圾桶旁堆了三袋垃圾')
        await page.click('.big')
        await page.waitForTimeout(1500)
      },
    ],
    ['inspector1', 'outbox-empty', 'outbox'],
    [
      'inspector1',
      'outbox',
      'report',
      async (page) => {
        await offline(page)
        for (let n = 0; n < 2; n++) {
          await page.click('.shutter')
          await page.waitForSelector('.shots li')
          await page.click('.kind >> nth=0')
          await page.click('.big')
          await page.waitForFunction(() => document.querySelectorAll('.shots li').length === 0)
        }
        await page.click('.shutter')
        await page.waitForSelector('.shots li')
        await page.evaluate(() => (location.hash = '#/outbox'))
      },
    ],
    ['inspector1', 'verify', 'tasks', act(0)],
    ['inspector1', 'me', 'me'],
    ['unit10', 'tasks', 'tasks'],
    [
      'unit10',
      'tasks-offline',
      'tasks',
      async (page) => {
        await offline(page)
        await page.click('.tools button >> nth=1')
      },
    ],
    [
      'unit10',
      'tasks-map',
      'tasks',
      async (page) => {
        await page.click('.tools button >> nth=1')
        await page.waitForSelector('.view[data-shown]')
      },
    ],
    ['unit10', 'issue', 'tasks', firstIssue],
    ['unit10', 'fix', 'tasks', act(0)],
    ['unit10', 'return', 'tasks', act(1)],
    ['unit10', 'extension', 'tasks', act(2)],
    ['clerk1', 'tasks-empty', 'tasks'],
    ['unit10', 'issue-none', 'issue/00000000-0000-4000-8000-000000000000'],
  ],
  desk: [
    ['', 'login', 'triage'],
    ['office1', 'triage', 'triage'],
    ['office1', 'list', 'list'],
    [
      'office1',
      'list-filters',
      'list',
      async (page) => {
        await page.click('.filter button >> nth=1')
        await page.check('.more input[type=checkbox] >> nth=1')
      },
    ],
    ['office1', 'list-empty', 'list/text=nothing-like-this'],
    ['office1', 'papers', 'list', (page) => page.click('button:has-text("批量"), button:has-text("Papers")')],
    ['office1', 'issue', 'list/status=fixed', firstRow],
    ['office1', 'issue-assigned', 'list/status=assigned&overdue=true', firstRow],
    ['office1', 'map', 'map', pause],
    ['office1', 'board', 'board'],
    ['office1', 'wall', 'wall'],
    ['office1', 'reports', 'reports'],
    ['office1', 'returns', 'returns'],
    ['office1', 'public', 'public'],
    ['office1', 'imports', 'imports'],
    ['clerk1', 'empty', 'triage'],
    [
      'office1',
      'offline',
      'board',
      async (page) => {
        await offline(page)
        await page.evaluate(() => (location.hash = '#/reports'))
      },
    ],
    ...[
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
      'points',
      'return_forms',
      'gateways',
      'webhooks',
      'deliveries',
      'health',
    ].map((name) => admin(name)),
    ['demo-admin', 'security-log', 'security/log'],
    ['demo-admin', 'security-record', 'security/record'],
    ['demo-admin', 'units-form', 'admin/units', (page) => page.click('td button >> nth=0')],
    ['demo-admin', 'people-form', 'admin/people', (page) => page.click('td button >> nth=0')],
  ],
}
const forReadme = ['app-report', 'app-issue', 'app-fix', 'desk-list', 'desk-reports', 'desk-board']
const looks = all
  ? [
      ['zh-CN', 'light'],
      ['en', 'dark'],
    ]
  : [['zh-CN', 'light']]

for (const [locale, colorScheme] of looks) {
  for (const [app, list] of Object.entries(screens)) {
    for (const [who, name, hash, then] of list) {
      if (!all && !forReadme.includes(`${app}-${name}`)) continue
      const phone = app === 'app'
      const context = await browser.newContext({
        viewport: phone ? { width: 360, height: 740 } : { width: 1280, height: 800 },
        isMobile: phone,
        hasTouch: phone,
        locale,
        colorScheme,
        geolocation: { latitude: 20.03, longitude: 110.33, accuracy: 8 },
        permissions: ['geolocation', 'camera'],
      })
      const page = await context.newPage()
      await page.goto(`${url}/${app}/#/${hash}`)
      if (who) {
        await page.fill('input[name=name]', who)
        await page.fill('input[name=password]', 'correct horse battery')
        await page.click('form button')
        await page.waitForSelector('nav, .wall', { timeout: 60_000 }).catch(async (e) => {
          console.error(app, who, name, await page.locator('body').innerText())
          throw e
        })
      } else await page.waitForSelector('input[name=name]')
      await page.waitForTimeout(1500)
      await then?.(page).catch((e) => console.error(`${app}-${name}: ${e.message.split('\n')[0]}`))
      await page.waitForTimeout(1000)
      await page.screenshot({
        path: join(folder, `${app}-${name}${all ? `-${locale}-${colorScheme}` : ''}.jpg`),
        type: 'jpeg',
        quality: 62,
      })
      await context.close()
    }
  }
}
await browser.close()
