// What the apps take on a slow machine: node timings.mjs URL PASSWORD. The processor is slowed down four times by the browser itself; prints every
// figure with its target and ends with 1 when one is missed. It fills the server with 10,000 issues first.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const [url, first] = process.argv.slice(2)
const password = 'correct horse battery'
const work = mkdtempSync(join(tmpdir(), 'spotcheck-timings-'))
const args = [
  '--no-sandbox',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--enable-precise-memory-info',
]
const rows = 10_000
const photos = 200
let missed = false

function say(what, got, most, unit) {
  const over = got > most
  missed ||= over
  console.log(`${what.padEnd(44)} ${String(Math.round(got)).padStart(6)} ${unit} (≤ ${most})${over ? '  MISSED' : ''}`)
}

let token = ''
async function ask(method, path, body) {
  const response = await fetch(url + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body),
  })
  const said = await response.json()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(said)}`)
  return said
}

/** A picture of so many bytes that a phone could have taken: a small JPEG with what it says of itself blown up. */
function picture(bytes) {
  const jpeg = Buffer.from(
    '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z',
    'base64',
  )
  const filling = []
  for (let left = bytes - jpeg.length; left > 4; left -= 65_535) {
    const size = Math.min(left - 4, 65_531)
    const note = Buffer.alloc(size + 4, Math.floor(Math.random() * 256))
    note.writeUInt16BE(0xfffe, 0)
    note.writeUInt16BE(size + 2, 2)
    filling.push(note)
  }
  return Buffer.concat([jpeg.subarray(0, 2), ...filling, jpeg.subarray(2)])
}

async function logIn(page, name, pass) {
  await page.fill('input[name=name]', name)
  await page.fill('input[name=password]', pass)
  await page.click('form button')
  await page.waitForSelector('nav')
}

async function slow(page) {
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  return session
}

// The city.
/** Whoever has a password that others know chooses another first. */
async function own(name, given, chosen) {
  const before = token
  token = (await ask('POST', '/api/v1/sessions', { name, password: given })).token
  await ask('PUT', '/api/v1/me/password', { old_password: given, password: chosen })
  token = before || token
}

await own('admin', first, password)
const area = crypto.randomUUID()
await ask('PUT', `/api/v1/areas/${area}`, { name: '滨海街道', level: 'street' })
await ask('PUT', `/api/v1/people/${crypto.randomUUID()}`, {
  name: 'lin',
  display_name: 'lin',
  password: first,
  grants: [{ role: 'inspector', scope: { kind: 'city' } }],
})
await ask('PUT', `/api/v1/people/${crypto.randomUUID()}`, {
  name: 'clerk',
  display_name: 'clerk',
  password: first,
  grants: [{ role: 'office', scope: { kind: 'city' } }],
})
for (const name of ['lin', 'clerk']) await own(name, first, password)
for (let n = 0; n < rows; n += 20) {
  const now = new Date().toISOString()
  await Promise.all(
    Array.from({ length: 20 }, (_, k) =>
      ask('PUT', `/api/v1/issues/${crypto.randomUUID()}`, {
        category: '06010',
        area,
        address: `解放路 ${n + k + 1} 号`,
        place: { lat: 20 + (n % 97) / 1000, lon: 110.3 + (k + (n % 89)) / 1000 },
        photos: [],
        reported_at: now,
        sent_at: now,
      }),
    ),
  )
}

// The list of the desk: every row is passed, few are in the page.
const desk = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [...args, '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
})
const list = await (await desk.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
await list.goto(`${url}/desk/#/list`)
await logIn(list, 'clerk', password)
await list.goto(`${url}/desk/#/list`)
await list.waitForSelector('.pane .row')
await slow(list)
const scrolled = await list.evaluate(async (rows) => {
  const pane = document.querySelector('.pane')
  let longest = 0
  let most = 0
  new PerformanceObserver((l) => l.getEntries().forEach((e) => (longest = Math.max(longest, e.duration)))).observe({
    type: 'longtask',
  })
  const began = performance.now()
  while (pane.scrollHeight < rows * 56 && performance.now() - began < 120_000) {
    pane.scrollTop = Math.min(pane.scrollTop + 2400, pane.scrollHeight)
    await new Promise((r) => setTimeout(r, 50))
    most = Math.max(most, pane.querySelectorAll('.row').length)
  }
  return { longest, most, height: pane.scrollHeight }
}, rows)
if (scrolled.height < rows * 56) throw new Error(`only ${scrolled.height / 56} rows came`)
say(`rows in the page of ${rows}`, scrolled.most, 60, '  ')
say('longest task while scrolling, 4x', scrolled.longest, 100, 'ms')
await desk.close()

// The phone.
const home = join(work, 'phone')
const open = () =>
  chromium.launchPersistentContext(home, {
    executablePath: '/usr/bin/chromium',
    args,
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
    geolocation: { latitude: 20.03, longitude: 110.33, accuracy: 8 },
    permissions: ['geolocation', 'camera'],
  })
let context = await open()
let page = context.pages()[0] ?? (await context.newPage())
await page.goto(`${url}/app/`)
await logIn(page, 'lin', password)
await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
await page.waitForFunction(async () => (await caches.keys()).length > 0)
await page.waitForSelector('.shutter:not([disabled])')
await page.waitForTimeout(2000)
await context.setOffline(true)

/** From the start of the page until somebody can press the shutter. */
async function started() {
  const times = []
  for (let n = 0; n < 5; n++) {
    const fresh = await context.newPage()
    await slow(fresh)
    await fresh.goto(`${url}/app/`, { waitUntil: 'commit' })
    await fresh.waitForSelector('.shutter', { state: 'visible' })
    times.push(await fresh.evaluate(() => performance.now()))
    await fresh.close()
  }
  return times.sort((a, b) => a - b)[2]
}
say('offline cold start to the camera button, 4x', await started(), 1000, 'ms')

const big = join(work, 'big.jpg')
writeFileSync(big, picture(3_000_000))
await slow(page)
await page.goto(`${url}/app/#/report`)
await page.waitForSelector('input[type=file]', { state: 'attached' })
const stored = []
for (let n = 0; n < 5; n++) {
  await page.evaluate((want) => {
    window.began = 0
    document
      .querySelector('input[type=file]')
      .addEventListener('change', () => (window.began = performance.now()), { once: true, capture: true })
    window.kept = new Promise((resolve) => {
      const look = () =>
        document.querySelectorAll('.shots li').length === want
          ? resolve(performance.now())
          : requestAnimationFrame(look)
      look()
    })
  }, n + 1)
  await page.setInputFiles('input[type=file]', big)
  stored.push(await page.evaluate(async () => (await window.kept) - window.began))
}
say('a photo of 3 MB until it is stored, 4x', stored.sort((a, b) => a - b)[2], 300, 'ms')

// An outbox of 200 photos.
for (let left = photos - 5; left > 0; left -= 15) {
  const some = Array.from({ length: Math.min(15, left) }, (_, k) => {
    const file = join(work, `${left}-${k}.jpg`)
    writeFileSync(file, picture(300_000 + left * 100 + k))
    return file
  })
  await page.setInputFiles('input[type=file]', some)
  await page.waitForFunction((want) => document.querySelectorAll('.shots li').length >= want, some.length)
  await page.click('.kind >> nth=0')
  await page.click('.big')
  await page.waitForFunction(() => document.querySelectorAll('.shots li').length === 0)
}
await context.close()
context = await open()
await context.setOffline(true)
page = context.pages()[0] ?? (await context.newPage())
say(`start with an outbox of ${photos} photos, 4x`, await started(), 1500, 'ms')
await page.goto(`${url}/app/#/outbox`)
await page.waitForTimeout(3000)
say('memory with it', (await page.evaluate(() => performance.memory.usedJSHeapSize)) / 1e6, 150, 'MB')
await context.close()
rmSync(work, { recursive: true, force: true })
process.exitCode = missed ? 1 : 0
