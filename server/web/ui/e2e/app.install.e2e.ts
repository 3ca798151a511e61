import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, folder, Server } from './lib'

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0' // a certificate of our own, for this file alone

const home = folder()
const [cert, key] = [join(home, 'cert.pem'), join(home, 'key.pem')]
execFileSync(
  'openssl',
  [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=127.0.0.1',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
    '-keyout',
    key,
    '-out',
    cert,
  ],
  { stdio: 'pipe' },
)
const server = new Server({ cert, key })

beforeAll(() => server.start())
afterAll(() => server.end())

test('over HTTPS the phone app can be installed, and its page is served by its worker when the network is gone', async () => {
  const context = await chromium.launchPersistentContext(join(home, 'profile'), {
    executablePath: chrome,
    args: ['--no-sandbox', '--ignore-certificate-errors'],
    ignoreHTTPSErrors: true,
    viewport: { width: 360, height: 740 },
    isMobile: true,
  })
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(`${server.url}/app/`)
  await page.waitForSelector('input[name=name]')
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  const session = await context.newCDPSession(page)
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
  expect(installabilityErrors).toEqual([])
  await page.reload()
  await context.setOffline(true)
  await page.reload()
  await page.waitForSelector('input[name=name]')
  await context.close()
})
