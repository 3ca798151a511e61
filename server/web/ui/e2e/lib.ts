import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type BrowserContext, type Page } from 'playwright-core'

const root = fileURLToPath(new URL('../../../..', import.meta.url))

/** The program under test; built once by whoever runs the tests, or here. */
export const program = process.env.E2E_PROGRAM ?? build()

function build(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'spotcheck-e2e-')), 'spotcheck')
  execFileSync('go', ['build', '-o', file, './server/cmd/spotcheck'], { cwd: root, stdio: 'inherit' })
  return file
}

export const chrome = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => {
  try {
    return readFileSync(p).length >= 0
  } catch {
    return false
  }
})

export const password = 'correct horse battery'

/** The zone of the city under test: one in which it is ten in the morning now, so that no story runs over midnight. */
export const zone = zoneAtTen(new Date())

function zoneAtTen(now: Date): string {
  const ahead = 10 - now.getUTCHours() // hours of the city before UTC, -12 to 11
  const hours = ahead < -12 ? ahead + 24 : ahead
  return `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}` // these names turn the sign round
}

/** A day of the city, so many days from today. */
export function cityDay(days = 0): string {
  return new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: zone })
}

/** The moment at which a day begins in the city. */
export function dayBegins(day: string): string {
  const hours = Number(
    new Date(`${day}T12:00:00Z`).toLocaleTimeString('sv-SE', { timeZone: zone, hour: '2-digit', hour12: false }),
  )
  const ahead = new Date(`${day}T12:00:00Z`).toLocaleDateString('sv-SE', { timeZone: zone }) > day ? 24 : 0
  return new Date(Date.parse(`${day}T12:00:00Z`) - (hours + ahead) * 3_600_000).toISOString()
}

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const s = createServer()
    s.listen(0, '127.0.0.1', () => {
      const address = s.address()
      s.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** A server of its own on a data folder of its own; it can be killed and started again where it was. */
export class Server {
  readonly data = mkdtempSync(join(tmpdir(), 'spotcheck-e2e-'))
  port = 0
  private process: ChildProcess | undefined
  first = ''
  private token = ''
  /** One person does all, unless an administrator shall be nothing else. */
  onePerson = true

  /** With a certificate it answers over HTTPS. */
  constructor(private readonly tls?: { cert: string; key: string }) {}

  get url(): string {
    return `${this.tls ? 'https' : 'http'}://127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    this.port ||= await freePort()
    let out = ''
    this.process = spawn(program, [
      'serve',
      '--addr',
      `127.0.0.1:${this.port}`,
      '--data',
      this.data,
      '--timezone',
      zone,
      ...(this.onePerson ? ['--one-person', 'yes'] : []),
      ...(this.tls ? ['--tls-cert', this.tls.cert, '--tls-key', this.tls.key] : []),
    ])
    this.process.stdout?.on('data', (b: Buffer) => (out += b.toString()))
    this.process.stderr?.on('data', (b: Buffer) => (out += b.toString().slice(0, 500)))
    for (let n = 0; n < 300; n++) {
      const ready = await fetch(`${this.url}/readyz`).catch(() => null)
      if (ready?.ok) break
      await new Promise((r) => setTimeout(r, 50))
    }
    if (this.process.exitCode !== null) throw new Error(`the server ended: ${out}`)
    const printed = /password[^A-Za-z0-9]+([A-Za-z0-9-]{8,})/i.exec(out)?.[1]
    if (printed && !this.first) this.first = await this.own('admin', printed, `${printed} own`)
  }

  /** Ends it without a warning. */
  kill(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.process || this.process.exitCode !== null) return resolve()
      this.process.once('exit', () => resolve())
      this.process.kill('SIGKILL')
    })
  }

  async end(): Promise<void> {
    await this.kill()
    rmSync(this.data, { recursive: true, force: true })
  }

  /** Gives somebody whose password others know one of their own. */
  async own(name: string, given: string, password: string): Promise<string> {
    const response = await fetch(`${this.url}/api/v1/me/password`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${await this.logIn(name, given)}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ old_password: given, password }),
    })
    if (!response.ok) throw new Error(`the password of ${name}: ${response.status} ${await response.text()}`)
    return password
  }

  /** Lets years pass since anybody gave their password in a browser, or did anything there. */
  ageSessions(since: 'authenticated_at' | 'seen_at'): void {
    const ages = `UPDATE session SET ${since} = 0 WHERE cookie`
    const program = 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1], 30); d.execute(sys.argv[2]); d.commit()'
    const done = spawnSync('python3', ['-c', program, join(this.data, 'spotcheck.db'), ages])
    if (done.status !== 0) throw new Error(done.stderr.toString())
  }

  /** Makes somebody who has a password of their own. */
  async person(id: string, body: { name: string; password: string; [field: string]: unknown }): Promise<void> {
    const given = `given ${body.password}`
    await this.ask('PUT', `/api/v1/people/${id}`, { ...body, password: given })
    await this.own(body.name, given, body.password)
  }

  /** Asks the API as the first administrator. */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    this.token ||= await this.logIn('admin', this.first)
    const response = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return (text ? JSON.parse(text) : null) as T
  }

  async logIn(name: string, pass: string): Promise<string> {
    const response = await fetch(`${this.url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name, password: pass }),
    })
    return ((await response.json()) as { token: string }).token
  }

  /** Asks the API as somebody of the city. */
  async as(name: string): Promise<(method: string, path: string, body?: unknown) => Promise<void>> {
    const token = await this.logIn(name, password)
    return async (method, path, body) => {
      const response = await fetch(this.url + path, {
        method,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      })
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    }
  }

  /** Makes a small city: a district, a unit and four people. */
  async city(): Promise<{ unit: string; area: string }> {
    const area = crypto.randomUUID()
    const unit = crypto.randomUUID()
    await this.ask('PUT', `/api/v1/areas/${area}`, { name: '滨海街道', level: 'street' })
    await this.ask('PUT', `/api/v1/units/${unit}`, { name: '龙华环卫', kind: 'bureau', peer_group: '环卫' })
    const city = { kind: 'city' }
    for (const [name, role, scope] of [
      ['lin', 'inspector', city],
      ['wang', 'inspector', city],
      ['clerk', 'office', city],
      ['crew', 'unit', { kind: 'unit', id: unit }],
    ] as const) {
      await this.person(crypto.randomUUID(), {
        name,
        display_name: name,
        password,
        grants: [{ role, scope }],
      })
    }
    return { unit, area }
  }

  /** All issues with their photos. */
  async issues(): Promise<
    { id: string; status: string; photos: { id: string; sha256: string; state: string; kind: string }[] }[]
  > {
    const all = []
    for (let cursor = ''; ;) {
      const page = await this.ask<{ issues: { id: string }[]; next?: string }>(
        'GET',
        `/api/v1/issues?limit=100${cursor ? `&cursor=${cursor}` : ''}`,
      )
      for (const i of page.issues)
        all.push(
          await this.ask<{
            id: string
            status: string
            photos: { id: string; sha256: string; state: string; kind: string }[]
          }>('GET', `/api/v1/issues/${i.id}`),
        )
      if (!page.next) return all
      cursor = page.next
    }
  }

  /** The digest of a photo's bytes as the server gives them back. */
  async digest(issue: string, photo: string): Promise<string> {
    const response = await fetch(`${this.url}/api/v1/issues/${issue}/photos/${photo}/original`, {
      headers: { Authorization: `Bearer ${this.token}` },
    })
    return createHash('sha256')
      .update(Buffer.from(await response.arrayBuffer()))
      .digest('hex')
  }
}

const camera = ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']

/** Draws maps without a graphics card; the picture of the camera is slow with it. */
export const drawn = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader']

/** A phone: a browser that keeps its storage in a folder, with a camera and a position. What it waits for may be slow: others work beside it. */
export async function phone(folder: string, language = 'zh-CN', more: string[] = []): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: chrome,
    args: [...camera, ...more],
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
    locale: language,
    geolocation: { latitude: 20.03, longitude: 110.33, accuracy: 8 },
    permissions: ['geolocation', 'camera'],
  })
  context.setDefaultTimeout(90_000)
  return context
}

/** Kills a phone's browser without a warning, by the folder that it keeps its storage in. */
export async function killPhone(context: BrowserContext, home: string): Promise<void> {
  const closed = new Promise((resolve) => context.once('close', resolve))
  spawnSync('pkill', ['-9', '-f', `user-data-dir=${home}`])
  await closed
}

/** A folder that is thrown away. */
export function folder(): string {
  return mkdtempSync(join(tmpdir(), 'spotcheck-phone-'))
}

/** Logs in on the page that is shown. */
export async function logIn(page: Page, name: string, pass = password): Promise<void> {
  await page.fill('input[name=name]', name)
  await page.fill('input[name=password]', pass)
  await page.click('form button')
  await page.waitForSelector('nav')
}

/** Takes so many photos and sends a report of the first category. */
export async function reports(page: Page, photos = 1): Promise<void> {
  await page.waitForSelector('.shutter:not([disabled])')
  for (let n = 0; n < photos; n++) {
    await page.click('.shutter')
    await page.waitForFunction((want) => document.querySelectorAll('.shots li').length === want, n + 1)
  }
  await page.click('.kind >> nth=0')
  await page.click('.big')
  await page.waitForFunction(() => document.querySelectorAll('.shots li').length === 0)
}

/** Opens a tab of the phone. */
export async function openTab(page: Page, tab: 'report' | 'tasks' | 'mine' | 'inbox'): Promise<void> {
  await page.click(`nav button.${tab}`)
}

/** Opens a screen of the phone that has no tab. */
export async function openScreen(page: Page, screen: 'outbox' | 'me'): Promise<void> {
  await page.evaluate((name) => (location.hash = `#/${name}`), screen)
  await page.waitForSelector(`main.${screen}`)
}

/** Says that a fix is good, as somebody does who is there. */
export async function verifies(page: Page): Promise<void> {
  await page.check('input[name=verdict][value=pass]')
  await page.check('input[name=how][value=on_site]')
  await page.click('form.act .row button:not(.second):not([disabled])')
}

/** What the phone still holds, read from its own database. */
export function held(
  page: Page,
): Promise<{ items: { id: string; kind: string; state: string; sha256?: string; issue: string }[]; bytes: number }> {
  return page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const open = indexedDB.open('spotcheck')
        open.onerror = () => reject(new Error('no database'))
        open.onsuccess = () => {
          const tx = open.result.transaction(['items', 'bytes'])
          const items = tx.objectStore('items').getAll()
          const bytes = tx.objectStore('bytes').count()
          tx.oncomplete = () => {
            resolve({ items: items.result, bytes: bytes.result })
            open.result.close()
          }
        }
      }),
  )
}
