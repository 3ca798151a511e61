// Takes pictures of the screens: node shots.mjs URL FOLDER [all | WORD]. With a word those whose file holds it in its name: desk-list, en-dark, 320.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const [url, folder, wanted] = process.argv.slice(2)
const password = process.env.DEMO_PASSWORD ?? 'correct horse battery'
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

/** Clicks what is there; a screen on which it is not there is told of and pictured as it is. */
const click = (selector) => (page) => page.click(selector, { timeout: 10_000 })
const offline = async (page) => {
  await page.context().setOffline(true)
  await page.evaluate(() => window.dispatchEvent(new Event('offline')))
}
const photographed = async (page) => {
  await page.waitForSelector('.where', { timeout: 20_000 })
  await page.click('.shutter:not([disabled])')
  await page.waitForSelector('.shots li')
}
const kept = async (page) => {
  await photographed(page)
  await page.click('.kind >> nth=0')
  await page.click('.big')
  await page.waitForFunction(() => document.querySelectorAll('.shots li').length === 0)
}
const down = async (page) => page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))

/**
 * The screens of an app by person, unit being the contact of one that has much to do: a name, an address behind #/, what to do there first. What stands in braces is the first that the API
 * lists under it.
 */
const screens = {
  app: {
    '': [['login', '']],
    inspector1: [
      ['report', 'report', photographed],
      ['camera', 'report'],
      ['sent', 'report', kept],
      ['tasks', 'tasks'],
      ['mine', 'mine'],
      ['inbox', 'inbox'],
      ['me', 'me'],
      ['visits', 'visits'],
      ['visit', 'visits', click('main li button >> nth=0')],
      ['round', 'round/{rounds?state=open}'],
      ['activities', 'activities'],
      ['activity', 'activity/{activities?limit=1}'],
      ['verify', 'issue/{issues?status=fixed}', click('.acts .main')],
      ['outbox-empty', 'outbox'],
      [
        'outbox',
        'report',
        async (page) => {
          await offline(page)
          await kept(page)
          await kept(page)
          await page.evaluate(() => (location.hash = '#/outbox'))
        },
      ],
    ],
    unit: [
      ['unit-tasks', 'tasks'],
      [
        'unit-map',
        'tasks',
        async (page) => {
          await page.click('.tools button >> nth=1')
          await page.waitForSelector('.maplibregl-canvas', { timeout: 20_000 })
          await page.waitForTimeout(1500)
        },
      ],
      ['issue', 'tasks', click('main li a')],
      [
        'issue-end',
        'tasks',
        async (page) => {
          await page.click('main li a')
          await page.waitForTimeout(1000)
          await down(page)
        },
      ],
      [
        'fix',
        'tasks',
        async (page) => {
          await page.click('main li a')
          await page.click('.acts .main')
        },
      ],
      [
        'more',
        'tasks',
        async (page) => {
          await page.click('main li a')
          await page.click('.acts .dots')
        },
      ],
      ['issue-none', 'issue/00000000-0000-4000-8000-000000000000'],
    ],
    leader1: [['leader', 'inbox']],
  },
  desk: {
    '': [['login', '']],
    office1: [
      ['work', 'work'],
      ['triage', 'triage'],
      ['triage-unit', 'triage', (page) => page.keyboard.press('u')],
      ['list', 'list'],
      ['list-filters', 'list', click('.filter button[aria-expanded] >> nth=0')],
      ['list-bulk', 'list/status=fixed', click('.count button')],
      ['list-gallery', 'list', click('.looks button >> nth=1')],
      ['list-table', 'list', click('.looks button >> nth=0')],
      ['list-empty', 'list/text=nothing-like-this'],
      ['issue-reported', 'issue/{issues?status=reported}'],
      ['issue-assigned', 'issue/{issues?status=assigned&overdue=true}'],
      ['issue-fixed', 'issue/{issues?status=fixed}'],
      ['issue-verified', 'issue/{issues?status=verified}'],
      ['issue-end', 'issue/{issues?status=verified}', down],
      ['issue-viewer', 'issue/{issues?status=fixed}', click('.photos figure button >> nth=0')],
      [
        'issue-correct',
        'issue/{issues?status=assigned}',
        click('article.issue button:has-text("更正"), article.issue button:has-text("Correct")'),
      ],
      ['map', 'map', (page) => page.waitForTimeout(2500)],
      ['board', 'board'],
      ['wall', 'wall'],
      ['reports', 'reports'],
      ['report', 'report/{reports?limit=1}'],
      ['returns', 'returns'],
      ['plans', 'plans'],
      ['papers', 'papers'],
      ['paper', 'papers', click('.lines .link >> nth=0')],
      ['visits', 'visits'],
      ['visit', 'visits/{visits?limit=1}'],
      ...['plan', 'compliance', 'never', 'quantities', 'duties'].map((view) => [`rounds-${view}`, `rounds/${view}`]),
      ['assessments', 'assessments'],
      ['assessment', 'assessments/{assessment-sheets?limit=1}'],
      ['campaigns', 'campaigns'],
      ['campaign', 'campaigns/{campaigns?limit=1}'],
      ['activities', 'activities'],
      ['activity', 'activities/{activities?limit=1}'],
      ['draws', 'draws'],
      ['draw', 'draws/{draws?limit=1}'],
      ['standards', 'standards'],
      ['standard', 'standards/{standards?limit=1}'],
      ['archive', 'archive'],
      ['public', 'public'],
      ['imports', 'imports'],
      ...['points', 'return_forms'].map((name) => [name, `admin/${name}`]),
      ['inbox', 'work', click('header button[aria-haspopup=dialog] >> nth=0')],
      ['account', 'work', click('header button[aria-haspopup=dialog] >> nth=1')],
      [
        'offline',
        'board',
        async (page) => {
          await offline(page)
          await page.evaluate(() => (location.hash = '#/reports'))
        },
      ],
    ],
    unit: [
      ['mine', 'mine'],
      ['unit-list', 'list'],
      ['unit-issue', 'issue/{issues?status=assigned}'],
      ['unit-issue-end', 'issue/{issues?status=assigned}', down],
      ['unit-papers', 'papers'],
      ['unit-returns', 'returns'],
      ['unit-plans', 'plans'],
      ['unit-visits', 'visits'],
    ],
    leader1: [
      ['overview', 'overview'],
      ['behind', 'overview', click('[data-figure=on_time]')],
      ['leader-reports', 'reports'],
      ['leader-report', 'report/{reports?limit=1}'],
      ['leader-issue', 'issue/{issues?status=assigned&overdue=true}'],
    ],
    'demo-admin': [
      ['city', 'city'],
      ['setup', 'setup'],
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
        'gateways',
        'webhooks',
        'deliveries',
        'health',
      ].map((name) => [name, `admin/${name}`]),
      ['security-log', 'security/log'],
      ['security-record', 'security/record'],
      ['settings-end', 'admin/settings', down],
      ['units-form', 'admin/units', click('td button >> nth=0')],
      ['rules-form', 'admin/rules', click('td button >> nth=0')],
      ['people-form', 'admin/people', click('td button >> nth=0')],
      ['people-code', 'admin/people', click('td button >> nth=1')],
    ],
  },
}
const forReadme = ['app-report', 'app-issue', 'app-fix', 'desk-list', 'desk-reports', 'desk-board']
/** How each app is looked at: language, light, and the size of the screen. */
const looks = {
  app: [
    ['zh-CN', 'light', 390, 844],
    ['en', 'dark', 390, 844],
    ['zh-CN', 'dark', 320, 640],
    ['zh-CN', 'light', 844, 390],
  ],
  desk: [
    ['zh-CN', 'light', 1440, 900],
    ['en', 'dark', 1440, 900],
    ['zh-CN', 'dark', 1280, 720],
    ['en', 'light', 1280, 720],
  ],
}
/** For the README the screens are small and few. */
const small = { app: [['zh-CN', 'light', 360, 740]], desk: [['zh-CN', 'light', 1280, 800]] }

async function logIn(page, who) {
  await page.fill('input[name=name]', who)
  await page.fill('input[name=password]', password)
  await page.click('form button')
  await page.waitForSelector('nav, .wall', { timeout: 60_000 })
}

async function ask(token, path) {
  return (await fetch(`${url}/api/v1/${path}`, { headers: { Authorization: `Bearer ${token}` } })).json()
}
async function tokenOf(name) {
  const said = await fetch(`${url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name, password }),
  })
  return (await said.json()).token
}

/** The contact of the unit that has the most to do. */
async function busiest() {
  const { issues } = await ask(await tokenOf('office1'), 'issues?status=assigned&limit=100')
  const work = new Map()
  for (const { unit } of issues) if (unit) work.set(unit.id, (work.get(unit.id) ?? 0) + 1)
  const [unit] = [...work].sort((a, b) => b[1] - a[1])[0]
  const { people } = await ask(await tokenOf('demo-admin'), 'people?limit=200')
  return people.find((p) => !p.disabled && p.grants.some((g) => g.scope.id === unit)).name
}

/** An address with the id of what stands in braces: the first that the API lists. */
async function addressOf(page, hash) {
  const asked = /\{(.*)\}/.exec(hash)?.[1]
  if (!asked) return hash
  const id = await page.evaluate(async (path) => {
    const said = await (await fetch(`/api/v1/${path}`)).json()
    return Object.values(said).find(Array.isArray)?.[0]?.id ?? ''
  }, asked)
  return hash.replace(`{${asked}}`, id)
}

const unit = await busiest()
for (const [app, people] of Object.entries(screens)) {
  for (const [locale, colorScheme, width, height] of (wanted ? looks : small)[app]) {
    for (const [who, list] of Object.entries(people)) {
      const fileOf = (name) => `${app}-${name}${wanted ? `-${locale}-${colorScheme}-${width}` : ''}`
      const mine = list.filter(([name]) =>
        !wanted ? forReadme.includes(`${app}-${name}`) : wanted === 'all' || fileOf(name).includes(wanted),
      )
      if (mine.length === 0) continue
      const phone = app === 'app'
      const context = await browser.newContext({
        viewport: { width, height },
        isMobile: phone,
        hasTouch: phone,
        locale,
        colorScheme,
        geolocation: { latitude: 20.03, longitude: 110.33, accuracy: 8 },
        permissions: ['geolocation', 'camera'],
      })
      const page = await context.newPage()
      await page.goto(`${url}/${app}/`)
      if (who) await logIn(page, who === 'unit' ? unit : who)
      else await page.waitForSelector('input[name=name]')
      for (const [name, hash, then] of mine) {
        const file = fileOf(name)
        const complain = (e) => console.error(`${file}: ${e.message.split('\n')[0]}`)
        page.removeAllListeners('pageerror')
        page.on('pageerror', complain)
        const address = await addressOf(page, hash)
        await page.goto('about:blank') // no screen begins where another one was left
        await page.goto(`${url}/${app}/#/${address}`)
        await page.waitForLoadState('networkidle', { timeout: 8_000 }).catch(() => undefined) // a stream stays open
        await page.waitForTimeout(600)
        await then?.(page).catch(complain)
        await page.waitForTimeout(800)
        await page.screenshot({ path: join(folder, `${file}.jpg`), type: 'jpeg', quality: wanted ? 80 : 62 })
      }
      await context.close()
    }
  }
}
await browser.close()
