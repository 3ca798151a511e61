// Takes pictures of the screens: node shots.mjs URL FOLDER [all]
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const [url, folder, all] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] })

/** The screens of an app for a person: a name, an address behind #/, what to do there first. */
const screens = {
  app: [
    ['inspector1', 'report', 'report', async (page) => {
      await page.click('.shutter')
      await page.click('.kind >> nth=2')
    }],
    ['inspector1', 'outbox', 'outbox'],
    ['inspector1', 'me', 'me'],
    ['unit10', 'tasks', 'tasks'],
    ['unit10', 'issue', 'tasks', (page) => page.click('main li a')],
    ['unit10', 'fix', 'tasks', async (page) => {
      await page.click('main li a')
      await page.click('.acts button >> nth=0')
      await page.waitForTimeout(800)
    }],
  ],
  desk: [
    ['office1', 'triage', 'triage'],
    ['office1', 'list', 'list'],
    ['office1', 'issue', 'list/status=fixed', (page) => page.click('.row a')],
    ['office1', 'board', 'board'],
    ['office1', 'reports', 'reports'],
    ['admin', 'units', 'admin/units'],
    ['clerk1', 'empty', 'triage'],
  ],
}
const forReadme = ['app-report', 'app-issue', 'app-fix', 'desk-list', 'desk-reports', 'desk-board']
const looks = all ? [['zh-CN', 'light'], ['en', 'dark']] : [['zh-CN', 'light']]

for (const [locale, colorScheme] of looks) {
  for (const [app, list] of Object.entries(screens)) {
    for (const [who, name, hash, then] of list) {
      if (!all && !forReadme.includes(`${app}-${name}`)) continue
      const phone = app === 'app'
      const context = await browser.newContext({
        viewport: phone ? { width: 360, height: 740 } : { width: 1280, height: 800 }, isMobile: phone, hasTouch: phone, locale, colorScheme,
        geolocation: { latitude: 20.03, longitude: 110.33, accuracy: 8 }, permissions: ['geolocation', 'camera'],
      })
      const page = await context.newPage()
      await page.goto(`${url}/${app}/#/${hash}`)
      await page.fill('input[name=name]', who)
      await page.fill('input[name=password]', 'correct horse battery')
      await page.click('form button')
      await page.waitForSelector('nav', { timeout: 60_000 }).catch(async (e) => {
        console.error(app, who, name, await page.locator('body').innerText())
        throw e
      })
      await page.waitForTimeout(1500)
      await then?.(page).catch((e) => console.error(`${app}-${name}: ${e.message.split('\n')[0]}`))
      await page.waitForTimeout(1000)
      await page.screenshot({ path: join(folder, `${app}-${name}${all ? `-${locale}-${colorScheme}` : ''}.jpg`), type: 'jpeg', quality: 62 })
      await context.close()
    }
  }
}
await browser.close()
