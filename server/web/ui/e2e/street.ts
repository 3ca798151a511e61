import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { chrome, held, logIn, password, Server } from './lib'

export const atPlace = { latitude: 20.03, longitude: 110.33, accuracy: 8 }

interface Options {
  width?: number
  height?: number
  language?: string
  agent?: string
  place?: { latitude: number; longitude: number; accuracy: number } | null
}
const now = (): string => new Date().toISOString()

/** A city with a phone for each of its people. */
export class Street {
  readonly server = new Server()
  browser!: Browser
  unit = ''

  begin = async (): Promise<void> => {
    await this.server.start()
    this.unit = (await this.server.city()).unit
    await this.server.person(crypto.randomUUID(), {
      name: 'leader',
      display_name: 'leader',
      password,
      grants: [{ role: 'leader', scope: { kind: 'city' } }],
    })
    this.browser = await chromium.launch({
      executablePath: chrome,
      args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
    })
  }
  end = async (): Promise<void> => {
    await this.browser.close()
    await this.server.end()
  }

  /** A phone on which somebody is logged in, or nobody. */
  phone = async (who: string, options: Options = {}): Promise<{ context: BrowserContext; page: Page }> => {
    const { width = 390, height = 844, language = 'zh-CN', agent, place = atPlace } = options
    const context = await this.browser.newContext({
      viewport: { width, height },
      isMobile: true,
      hasTouch: true,
      locale: language,
      userAgent: agent,
      geolocation: place ?? undefined,
      permissions: place ? ['geolocation', 'camera'] : ['camera'],
    })
    const page = await context.newPage()
    await page.goto(`${this.server.url}/app/`)
    if (who) await logIn(page, who)
    return { context, page }
  }
  /** Keeps a screen as it looks, where somebody asked for pictures. */
  picture = async (page: Page, name: string): Promise<void> => {
    const shots = process.env.E2E_SHOTS
    if (shots) await page.screenshot({ path: `${shots}/street-${name}.png` })
  }
  /** Waits until nothing waits on the phone. */
  sent = (page: Page): Promise<void> =>
    expect.poll(async () => (await held(page)).items.length, { timeout: 30_000 }).toBe(0)

  /** An issue that lin reported, perhaps given to the unit and fixed by it. */
  issue = async (upTo: 'reported' | 'assigned' | 'fixed', more: object = {}): Promise<string> => {
    const id = crypto.randomUUID()
    const lin = await this.server.as('lin')
    await lin('PUT', `/api/v1/issues/${id}`, {
      category: '06010',
      place: { lat: 20.03, lon: 110.33 },
      photos: [],
      reported_at: now(),
      sent_at: now(),
      ...more,
    })
    if (upTo === 'reported') return id
    const due = new Date(Date.now() + 3_600_000).toISOString()
    await this.acts('clerk', id, { action: 'assign', unit: this.unit, due_at: due })
    if (upTo === 'fixed') {
      const { page, context } = await this.phone('crew')
      await page.goto(`${this.server.url}/app/#/issue/${id}`)
      await page.click('.acts .main')
      await page.click('.shutter:not([disabled])')
      await page.waitForSelector('.shots li')
      await page.click('form.act .row button:not(.second)')
      await expect.poll(() => this.statusOf(id)).toBe('fixed')
      await context.close()
    }
    return id
  }
  acts = async (who: string, id: string, body: object): Promise<void> => {
    const as = await this.server.as(who)
    await as('PUT', `/api/v1/issues/${id}/actions/${crypto.randomUUID()}`, { ...body, done_at: now(), sent_at: now() })
  }
  statusOf = async (id: string): Promise<string> =>
    (await this.server.ask<{ status: string }>('GET', `/api/v1/issues/${id}`)).status
  /** All issues that there are, and the one that is not among those of before. */
  all = async (): Promise<Set<string>> => new Set((await this.server.issues()).map((i) => i.id))
  newest = async (before: Set<string>): Promise<{ id: string; source: string; number: string }> => {
    const made = (await this.server.issues()).find((i) => !before.has(i.id))
    return made as unknown as { id: string; source: string; number: string }
  }
}
