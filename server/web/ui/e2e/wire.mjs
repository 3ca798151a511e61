// What goes over the wire until somebody can begin: node wire.mjs URL NAME PASSWORD. Chromium counts each byte that it receives, in the coding in
// which it came, with a network of the size that is named; prints every figure with its target and ends with 1 when one is missed.
import { chromium } from 'playwright-core'

const [url, name, password] = process.argv.slice(2)
const KB = 1024

/** The first loads: which page, on what network (kbit/s and ms there and back), when somebody can begin, and what it may take. */
const loads = [
  {
    what: 'phone, first load to the camera',
    page: '/app/',
    ready: '.camera .shutter, .camera .without',
    network: { kbits: 400, ms: 400 },
    bytes: 170 * KB,
    options: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  },
  {
    what: 'desk, first screen',
    page: '/desk/',
    ready: 'nav.side a[aria-current]',
    network: { kbits: 10_000, ms: 40 },
    bytes: 350 * KB,
    ms: 2000,
    options: { viewport: { width: 1440, height: 900 } },
  },
]

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
})
const session = await fetch(`${url}/api/v1/sessions`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', Origin: url },
  body: JSON.stringify({ name, password, cookie: true }),
})
if (!session.ok) throw new Error(`the log-in was answered with ${session.status}`)
const [cookie = ''] = session.headers.getSetCookie()
const [key, value] = cookie.split(';')[0].split('=')

let missed = false
function say(what, got, most, unit) {
  const over = most !== undefined && got > most
  missed ||= over
  const target = most === undefined ? '' : ` (≤ ${most})`
  console.log(`${what.padEnd(44)} ${String(Math.round(got)).padStart(6)} ${unit}${target}${over ? '  MISSED' : ''}`)
}

for (const load of loads) {
  const context = await browser.newContext({
    ...load.options,
    serviceWorkers: 'block', // it fetches for the next start, when nobody waits for it
    permissions: ['camera', 'geolocation'],
    geolocation: { latitude: 20.03, longitude: 110.33, accuracy: 8 },
  })
  await context.addCookies([{ name: key, value, url }])
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  await cdp.send('Network.enable')
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: load.network.ms,
    downloadThroughput: (load.network.kbits * 1000) / 8,
    uploadThroughput: (load.network.kbits * 1000) / 8,
  })
  const of = new Map()
  let built = 0
  let answers = 0
  cdp.on('Network.responseReceived', (e) => of.set(e.requestId, new URL(e.response.url).pathname))
  cdp.on('Network.loadingFinished', (e) => {
    const path = of.get(e.requestId) ?? ''
    if (path.startsWith('/api/')) answers += e.encodedDataLength
    else built += e.encodedDataLength
  })
  const began = Date.now()
  await page.goto(url + load.page, { waitUntil: 'commit' })
  await page.waitForSelector(load.ready, { timeout: 60_000 })
  const took = Date.now() - began
  await page.waitForTimeout(2000) // what comes right behind it; the stream of news never ends
  say(`${load.what}: files`, built / KB, load.bytes / KB, 'KB')
  say(`${load.what}: answers`, answers / KB, undefined, 'KB')
  say(`${load.what}: at ${load.network.kbits} kbit/s, ${load.network.ms} ms`, took, load.ms, 'ms')
  await context.close()
}
await browser.close()
process.exitCode = missed ? 1 : 0
