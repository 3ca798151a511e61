import { createServer, request } from 'node:http'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, held, logIn, openScreen, openTab, password, reports, Server, verifies } from './lib'

/** The faults that people met in the street, each as somebody meets it. */
const server = new Server()
let browser: Browser
let unit = ''
const now = (): string => new Date().toISOString()
const shots = process.env.E2E_SHOTS

beforeAll(async () => {
  await server.start()
  unit = (await server.city()).unit
  await server.ask('PUT', `/api/v1/people/${crypto.randomUUID()}`, {
    name: 'leader',
    display_name: 'leader',
    password,
    grants: [{ role: 'leader', scope: { kind: 'city' } }],
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

interface Options {
  width?: number
  height?: number
  language?: string
  agent?: string
  place?: { latitude: number; longitude: number; accuracy: number } | null
}
const atPlace = { latitude: 20.03, longitude: 110.33, accuracy: 8 }

/** A phone on which somebody is logged in, or nobody. */
async function phone(who: string, options: Options = {}): Promise<{ context: BrowserContext; page: Page }> {
  const { width = 390, height = 844, language = 'zh-CN', agent, place = atPlace } = options
  const context = await browser.newContext({
    viewport: { width, height },
    isMobile: true,
    hasTouch: true,
    locale: language,
    userAgent: agent,
    geolocation: place ?? undefined,
    permissions: place ? ['geolocation', 'camera'] : ['camera'],
  })
  const page = await context.newPage()
  await page.goto(`${server.url}/app/`)
  if (who) await logIn(page, who)
  return { context, page }
}
async function picture(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/street-${name}.png` })
}
const sent = (page: Page): Promise<void> =>
  expect.poll(async () => (await held(page)).items.length, { timeout: 30_000 }).toBe(0)

/** An issue that lin reported, perhaps given to the unit and fixed by it. */
async function issue(upTo: 'reported' | 'assigned' | 'fixed', more: object = {}): Promise<string> {
  const id = crypto.randomUUID()
  const lin = await server.as('lin')
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
  await acts('clerk', id, { action: 'assign', unit, due_at: due })
  if (upTo === 'fixed') {
    const { page, context } = await phone('crew')
    await page.goto(`${server.url}/app/#/issue/${id}`)
    await page.click('.acts .main')
    await page.click('.shutter:not([disabled])')
    await page.waitForSelector('.shots li')
    await page.click('form.act .row button:not(.second)')
    await expect.poll(() => statusOf(id)).toBe('fixed')
    await context.close()
  }
  return id
}
async function acts(who: string, id: string, body: object): Promise<void> {
  const as = await server.as(who)
  await as('PUT', `/api/v1/issues/${id}/actions/${crypto.randomUUID()}`, { ...body, done_at: now(), sent_at: now() })
}
async function statusOf(id: string): Promise<string> {
  return (await server.ask<{ status: string }>('GET', `/api/v1/issues/${id}`)).status
}
async function newest(before: Set<string>): Promise<{ id: string; source: string; number: string }> {
  const made = (await server.issues()).find((i) => !before.has(i.id))
  return made as unknown as { id: string; source: string; number: string }
}
const all = async (): Promise<Set<string>> => new Set((await server.issues()).map((i) => i.id))

test('a unit reports what it found itself, with its own source', async () => {
  const before = await all()
  const { context, page } = await phone('crew')
  await openTab(page, 'report')
  await reports(page)
  await sent(page)
  expect((await newest(before)).source).toBe('own_unit')
  await context.close()
})

test('a leader has no camera, no tasks and no reports of their own: the tabs say what may be done', async () => {
  const { context, page } = await phone('leader')
  await page.waitForSelector('main.inbox')
  expect(await page.locator('nav button').allInnerTexts()).toEqual(['消息'])
  await page.goto(`${server.url}/app/#/report`)
  await page.waitForSelector('main.inbox')
  expect(await page.locator('.shutter').count()).toBe(0)
  await context.close()
})

test('after sending something happens: kept, received with its number; the page of an issue changes when it is done, and nothing is done twice', async () => {
  const { context, page } = await phone('lin')
  const before = await all()
  await reports(page)
  await page.waitForSelector('.send .done')
  await page.waitForSelector('.strip:has-text("已收到")')
  const made = await newest(before)
  expect(await page.locator('.strip').innerText()).toContain(made.number)
  await picture(page, 'received')
  await context.close()

  const id = await issue('assigned')
  const crew = await phone('crew')
  await crew.page.goto(`${server.url}/app/#/issue/${id}`)
  await crew.page.click('.acts .main')
  await crew.page.click('.shutter:not([disabled])')
  await crew.page.waitForSelector('.shots li')
  await crew.page.locator('form.act .row button:not(.second)').dblclick()
  await crew.page.waitForSelector('article .status:has-text("待核查")')
  expect(await crew.page.locator('.acts .main').count()).toBe(0)
  expect(await crew.page.locator('[role=status]:has-text("服务器已收到")').count()).toBe(1)
  await sent(crew.page)
  expect(await statusOf(id)).toBe('fixed')
  await crew.context.close()
})

test('a code is used up only by a tap, and inside another app it is said first how to open it outside', async () => {
  const id = crypto.randomUUID()
  await server.ask('PUT', `/api/v1/people/${id}`, {
    name: 'neu',
    display_name: '新人',
    password,
    grants: [{ role: 'inspector', scope: { kind: 'city' } }],
  })
  const { code } = await server.ask<{ code: string }>('POST', `/api/v1/people/${id}/enrolment`)
  const inside = await phone('', {
    agent: 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile MicroMessenger/8.0.50',
  })
  await inside.page.goto(`${server.url}/app/#/enrol/${code}`)
  await inside.page.waitForSelector('.outside:has-text("请先在浏览器中打开")')
  await picture(inside.page, 'outside')
  await inside.context.close()

  const { context, page } = await phone('')
  let asked = 0
  page.on('request', (r) => r.url().endsWith('/enrolments') && asked++)
  await page.goto(`${server.url}/app/#/enrol/${code}`)
  await page.waitForSelector('.redeem')
  await page.waitForTimeout(1000)
  expect(asked).toBe(0)
  await picture(page, 'enrol')
  await page.click('.redeem')
  await page.waitForSelector('nav')
  await openScreen(page, 'me')
  await page.waitForSelector('h2:has-text("新人")')
  await context.close()
})

test('when the session ends the phone says so, and a log-in over the screen goes on where it was', async () => {
  const { context, page } = await phone('lin')
  await page.waitForSelector('.shutter:not([disabled])')
  await page.fill('textarea', '写到一半')
  await page.click('.shutter')
  await page.waitForSelector('.shots li')
  await context.clearCookies()
  await page.click('.kind >> nth=0')
  await page.click('.big')
  await page.waitForSelector('.line.ended:has-text("登录已被结束")')
  await page.click('.line button')
  await picture(page, 'login')
  await page.fill('.line input[name=name]', 'lin')
  await page.fill('.line input[name=password]', password)
  await page.click('.line form button')
  await expect.poll(() => page.locator('.line').count()).toBe(0)
  await sent(page)
  const notes = await Promise.all(
    (await server.issues()).map((i) => server.ask<{ note?: string }>('GET', `/api/v1/issues/${i.id}`)),
  )
  expect(notes.map((n) => n.note)).toContain('写到一半')
  await context.close()
})

test('no network, a server that is away, and a captive portal are different sentences, and each goes when it is over', async () => {
  let mode: 'pass' | 'portal' | 'away' = 'pass'
  const between = createServer((asked, answer) => {
    if (mode === 'portal') return void answer.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Wi-Fi</html>')
    if (mode === 'away') return void answer.writeHead(502, { 'Content-Type': 'text/html' }).end('Bad gateway')
    const { port } = server
    const onward = request({ port, path: asked.url, method: asked.method, headers: asked.headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers)
      got.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    asked.pipe(onward)
  })
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(between.address() as { port: number }).port}`
  const { context, page } = await phone('')
  await page.goto(`${url}/app/`)
  await logIn(page, 'lin')
  await page.waitForSelector('.shutter')
  const again = (): Promise<void> => page.evaluate(() => void window.dispatchEvent(new Event('online')))
  for (const [what, words] of [
    ['portal', '要求先登录'],
    ['away', '服务器暂时停用'],
  ] as const) {
    mode = what
    await again()
    await page.waitForSelector(`.line:has-text("${words}")`)
    mode = 'pass'
    await again()
    await expect.poll(() => page.locator('.line').count()).toBe(0)
  }
  await context.setOffline(true)
  await page.waitForSelector('.line:has-text("没有网络")')
  await context.setOffline(false)
  await expect.poll(() => page.locator('.line').count()).toBe(0)
  await context.close()
  between.close()
})

test('a verification on site needs to have been there: nothing is chosen before, and without a position it wants a photo', async () => {
  const id = await issue('fixed')
  const far = await phone('wang', { place: { latitude: 20.06, longitude: 110.36, accuracy: 8 } })
  await far.page.goto(`${server.url}/app/#/issue/${id}`)
  await far.page.click('.acts .main')
  expect(await far.page.locator('form.act input:checked').count()).toBe(0)
  const send = far.page.locator('form.act .row button:not(.second)')
  expect(await send.isDisabled()).toBe(true)
  await far.page.check('input[name=verdict][value=pass]')
  await far.page.check('input[name=how][value=on_site]')
  await far.page.waitForSelector('text=定位不在现场')
  expect(await send.isDisabled()).toBe(true)
  await picture(far.page, 'verify-far')
  await far.page.click('.shutter:not([disabled])') // a photo of the place says it too
  await expect.poll(() => send.isDisabled()).toBe(false)
  await far.context.close()

  const { context, page } = await phone('wang')
  await page.goto(`${server.url}/app/#/issue/${id}`)
  await page.click('.acts .main')
  await verifies(page)
  await expect.poll(() => statusOf(id)).toBe('verified')
  await context.close()
})

test('what is framed is what is stored: the view has the shape of the stream', async () => {
  const { context, page } = await phone('lin')
  await page.waitForSelector('.shutter:not([disabled])')
  const shape = (): Promise<number[]> =>
    page.evaluate(() => {
      const video = document.querySelector('video')!
      const box = document.querySelector('.view')!.getBoundingClientRect()
      return [video.videoWidth / video.videoHeight, box.width / box.height]
    })
  await expect.poll(async () => Math.abs((await shape())[0]! / (await shape())[1]! - 1)).toBeLessThan(0.02)
  await page.click('.shutter')
  await page.waitForSelector('.shots li img')
  const stored = await page.evaluate(() => {
    const i = document.querySelector<HTMLImageElement>('.shots img')!
    return i.naturalWidth / i.naturalHeight
  })
  expect(Math.abs(stored / (await shape())[1]! - 1)).toBeLessThan(0.02)
  await context.close()
})

test('a tap on a small picture shows it large; there it can be deleted, and taken back', async () => {
  const { context, page } = await phone('lin')
  await page.click('.shutter:not([disabled])')
  await page.waitForSelector('.shots li')
  const box = (await page.locator('.shots li img').boundingBox())!
  for (const [x, y] of [
    [0.5, 0.5],
    [0.9, 0.1],
  ] as const) {
    await page.touchscreen.tap(box.x + box.width * x, box.y + box.height * y)
    await page.waitForSelector('.viewer img')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('.viewer').count()).toBe(0)
  }
  expect(await page.locator('.shots li').count()).toBe(1)
  await page.click('.shots button')
  await picture(page, 'viewer')
  await page.click('.viewer .delete')
  await page.click('.undo button')
  expect(await page.locator('.shots li').count()).toBe(1)
  await page.click('.shots button')
  await page.click('.viewer .delete')
  await expect.poll(async () => (await held(page)).bytes, { timeout: 15_000 }).toBe(0)
  await context.close()
})

test('a camera that died is noticed and started again, and no black photo is kept', async () => {
  const { context, page } = await phone('lin')
  await page.waitForSelector('.shutter:not([disabled])')
  const live = (): Promise<boolean> =>
    page.evaluate(() => {
      const s = document.querySelector('video')!.srcObject as MediaStream
      return s.getVideoTracks()[0]!.readyState === 'live'
    })
  await page.evaluate(() =>
    (document.querySelector('video')!.srcObject as MediaStream).getTracks().forEach((track) => track.stop()),
  )
  expect(await live()).toBe(false)
  await page.evaluate(() => document.querySelector<HTMLButtonElement>('.shutter')!.click()) // at once, before anything is noticed
  await page.waitForSelector('[role=alert]:has-text("请再拍一次")')
  expect(await page.locator('.shots li').count()).toBe(0)
  await expect.poll(live).toBe(true)

  await page.evaluate(() => {
    const canvas = document.createElement('canvas') // a camera that gives nothing but black
    canvas.width = 640
    canvas.height = 480
    canvas.getContext('2d')!.fillRect(0, 0, 640, 480)
    const black = canvas.captureStream(5)
    setInterval(() => canvas.getContext('2d')!.fillRect(0, 0, 640, 480), 100)
    const media = navigator.mediaDevices
    const real = media.getUserMedia.bind(media)
    let once = true
    media.getUserMedia = (wanted) => (once ? ((once = false), Promise.resolve(black)) : real(wanted))
    ;(document.querySelector('video')!.srcObject as MediaStream).getTracks().forEach((track) => track.stop())
  })
  await expect.poll(() => page.evaluate(() => document.querySelector('video')!.videoWidth)).toBe(640)
  await page.waitForSelector('.shutter:not([disabled])')
  await page.click('.shutter')
  await page.waitForSelector('[role=alert]:has-text("请再拍一次")')
  expect(await page.locator('.shots li').count()).toBe(0)
  await page.click('.shutter:not([disabled])')
  await page.waitForSelector('.shots li')
  await context.close()
})

test('what I reported is there with its number, how it stands and what became of it', async () => {
  const id = await issue('reported', { address: '海秀中路 8 号' })
  const { context, page } = await phone('lin')
  await openTab(page, 'mine')
  const row = page.locator(`main li:has(a[href="#/issue/${id}"])`)
  await row.locator('text=等待派遣').waitFor()
  expect(await row.innerText()).toContain('还可以更正')
  const due = new Date(Date.now() + 3_600_000).toISOString()
  await acts('clerk', id, { action: 'assign', unit, due_at: due })
  await openTab(page, 'inbox')
  await openTab(page, 'mine')
  await row.locator('text=龙华环卫').waitFor()
  await picture(page, 'mine')
  await context.close()
})

test('whoever is asked to look finds it among the tasks, and looks with a photo', async () => {
  const id = await issue('reported', { address: '市民来电的地方' })
  await acts('clerk', id, { action: 'ask_look', note: '请核实' })
  const { context, page } = await phone('wang')
  await openTab(page, 'tasks')
  await page.waitForSelector('h2:has-text("请你核实")')
  await picture(page, 'tasks')
  await page.click(`a[href="#/issue/${id}"]`)
  await page.click('.acts .main')
  expect(await page.locator('form.act input:checked').count()).toBe(0)
  await page.check('input[name=found][value=real]')
  await page.click('.shutter:not([disabled])')
  await page.waitForSelector('.shots li')
  await page.click('form.act .row button:not(.second)')
  await sent(page)
  await openTab(page, 'tasks')
  await expect.poll(() => page.locator(`main a[href="#/issue/${id}"]`).count()).toBe(0)
  await context.close()
})

test('what I was told is an inbox with its count; a tap opens the issue, and so does a push', async () => {
  const id = await issue('assigned', { address: '消息里的地方' })
  const { context, page } = await phone('crew')
  await page.waitForSelector('nav button.inbox .count')
  await openTab(page, 'inbox')
  await picture(page, 'inbox')
  const before = Number(await page.locator('nav button.inbox .count').innerText())
  await page.click('.message.fresh >> nth=0')
  await page.waitForSelector('main.issue article')
  await expect
    .poll(async () => Number((await page.locator('nav button.inbox .count').allInnerTexts())[0] ?? 0))
    .toBe(before - 1)

  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await openTab(page, 'tasks')
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
  const data = await worker.evaluate(
    async (said) => {
      const scope = self as unknown as {
        registration: { showNotification: (title: string, options: { data: unknown }) => Promise<void> }
        dispatchEvent: (e: Event) => void
        PushEvent: new (type: string, init: object) => Event
      }
      return new Promise<{ hash: string }>((resolve) => {
        scope.registration.showNotification = (_, options) => {
          resolve(options.data as { hash: string })
          return Promise.resolve()
        }
        scope.dispatchEvent(new scope.PushEvent('push', { data: said }))
      })
    },
    JSON.stringify({ id: 'm1', title: '新任务', text: '', issue: id }),
  )
  expect(data.hash).toBe(`#/issue/${id}`)
  await worker.evaluate(async (hash) => {
    const scope = self as unknown as {
      clients: { matchAll: (o: object) => Promise<{ postMessage: (m: object) => void }[]> }
    }
    for (const c of await scope.clients.matchAll({ type: 'window', includeUncontrolled: true }))
      c.postMessage({ open: hash })
  }, data.hash)
  await page.waitForURL(`**/#/issue/${id}`)
  await context.close()
})

test('after the shot open issues near by come first, with their pictures, before a category is asked', async () => {
  const first = await phone('lin')
  await reports(first.page)
  await sent(first.page)
  await first.context.close()
  const { context, page } = await phone('wang')
  await page.click('.shutter:not([disabled])')
  await page.waitForSelector('.near img')
  const order = await page.evaluate(() => {
    const at = (selector: string): number => document.querySelector(selector)!.getBoundingClientRect().top
    return [at('.shots'), at('.near'), at('.details fieldset'), at('.details textarea')]
  })
  expect(order).toEqual([...order].sort((a, b) => a - b))
  await picture(page, 'near')
  const before = await all()
  await page.click('.near li button >> nth=0')
  await page.click('.big:not([disabled])') // its category is that of the issue
  await sent(page)
  const made = await newest(before)
  expect(await statusOf(made.id)).toBe('merged')
  await context.close()
})

test('a link that is over says so, and shows nothing of the issue any more', async () => {
  const id = await issue('assigned', { address: '链接里的地方' })
  const response = await fetch(`${server.url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'crew', password }),
  })
  const { token } = (await response.json()) as { token: string }
  const ask = async (method: string, path: string): Promise<{ link: { id: string }; fragment: string }> => {
    const answer = await fetch(server.url + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: method === 'POST' ? '{}' : undefined,
    })
    return (await (answer.status === 204 ? {} : answer.json())) as { link: { id: string }; fragment: string }
  }
  const made = await ask('POST', `/api/v1/issues/${id}/links`)
  const { context, page } = await phone('')
  await page.goto('about:blank')
  await page.goto(server.url + made.fragment)
  await page.waitForSelector('article:has-text("链接里的地方")')
  // The page knows the city's zone, in which it is ten o'clock, though nobody is logged in.
  expect(await page.locator('body').innerText()).toMatch(/ 10:\d\d/)
  await picture(page, 'link')
  await ask('DELETE', `/api/v1/issues/${id}/links/${made.link.id}`)
  await page.reload()
  await page.waitForSelector('text=这个链接已失效')
  expect(await page.locator('body').innerText()).not.toContain('链接里的地方')
  expect(await page.locator('body').innerText()).not.toContain('没有网络')
  await picture(page, 'link-over')
  await context.close()
})

test.each([
  [320, 568],
  [844, 390],
  [390, 844],
])('a whole report is made on a screen of %d by %d, without anything beside it', async (width, height) => {
  const { context, page } = await phone('lin', { width, height })
  await page.waitForSelector('.shutter:not([disabled])')
  await picture(page, `camera-${width}`)
  const inSight = (selector: string): Promise<boolean> =>
    page.evaluate((s) => {
      const e = document.querySelector(s)!
      const b = e.getBoundingClientRect()
      const on = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2)
      return b.top >= 0 && b.bottom <= innerHeight && b.left >= 0 && b.right <= innerWidth && e.contains(on)
    }, selector)
  expect(await inSight('.shutter')).toBe(true)
  expect(await page.evaluate(() => document.querySelector('.shutter')!.getBoundingClientRect().width)).toBe(80)
  await page.tap('.shutter')
  await page.waitForSelector('.shots li')
  await picture(page, `shot-${width}`)
  await page.tap('.kind >> nth=0')
  expect(await inSight('.big')).toBe(true)
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  await page.tap('.big')
  await page.waitForSelector('.send .done')
  await sent(page)
  await context.close()
})

test('the outbox is one card for each issue, with its picture; what was refused is changed where it was made, or deleted and taken back', async () => {
  const { context, page } = await phone('lin')
  await page.route('**/api/v1/issues/*', (route) =>
    route.request().method() === 'PUT' ? route.abort() : route.continue(),
  )
  await page.waitForSelector('.shutter:not([disabled])')
  await page.fill('.place', '第一处')
  await reports(page, 3)
  await openScreen(page, 'outbox')
  await page.waitForSelector('.card img')
  expect(await page.locator('.card').count()).toBe(1)
  expect(await page.locator('.card').innerText()).toMatch(/第一处[\s\S]*照片 3 张 · 0 KB \/ \d+/)
  await picture(page, 'outbox')
  await page.click('.card .remove')
  await expect.poll(() => held(page)).toEqual({ items: [], bytes: 0 })
  await page.click('.undo button')
  await expect.poll(async () => (await held(page)).bytes).toBe(3)
  await page.click('.card .change')
  await expect.poll(() => page.locator('.shots li').count()).toBe(3)
  expect(await page.inputValue('.place')).toBe('第一处')
  expect((await held(page)).items).toEqual([])
  await page.unroute('**/api/v1/issues/*')
  await page.fill('.place', '第一处，改过')
  await page.click('.big')
  await sent(page)
  const addresses = await Promise.all(
    (await server.issues()).map(
      async (i) => await server.ask<{ address?: string; photos: unknown[] }>('GET', `/api/v1/issues/${i.id}`),
    ),
  )
  expect(addresses.find((a) => a.address === '第一处，改过')?.photos).toHaveLength(3)
  await context.close()
})

test('time that is left is judged by the clock of the server, whatever the clock of the phone says', async () => {
  const id = await issue('assigned', { address: '钟不准的地方' })
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    locale: 'zh-CN',
    permissions: ['geolocation', 'camera'],
    geolocation: atPlace,
  })
  const page = await context.newPage()
  await page.clock.install({ time: new Date(Date.now() + 5 * 3_600_000) }) // five hours fast
  await page.goto(`${server.url}/app/`)
  await logIn(page, 'crew')
  const row = page.locator(`main li:has(a[href="#/issue/${id}"])`)
  await row.locator('text=还剩').waitFor()
  expect(await row.innerText()).not.toContain('已超')
  await context.close()
})

test('the stamp lies on the picture: yellow where the position is poor, red with a pin where it is useless or there is none', async () => {
  const { context, page } = await phone('lin')
  for (const [accuracy, tone] of [
    [8, ''],
    [90, 'poor'],
    [400, 'bad'],
  ] as const) {
    await context.setGeolocation({ ...atPlace, accuracy })
    await page.waitForSelector(`.where:has-text("±${accuracy} ")`)
    expect((await page.locator('.stamp').getAttribute('class'))?.includes(tone || 'stamp')).toBe(true)
    expect(await page.locator('.stamp .drop').count()).toBe(tone === 'bad' ? 1 : 0)
  }
  await picture(page, 'stamp-bad')
  await context.close()
})

test('photos that another app shares are there for a report', async () => {
  const { context, page } = await phone('lin')
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.reload()
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await page.evaluate(async () => {
    const canvas = document.createElement('canvas')
    canvas.getContext('2d')!.fillRect(0, 0, 50, 50)
    const blob = await new Promise<Blob>((resolve) => canvas.toBlob((b) => resolve(b!), 'image/jpeg'))
    const form = new FormData()
    form.append('photos', new File([blob], '分享.jpg', { type: 'image/jpeg' }))
    await fetch('/app/share', { method: 'POST', body: form, redirect: 'manual' })
  })
  await openTab(page, 'mine')
  await openTab(page, 'report')
  await expect.poll(() => page.locator('.shots li').count()).toBe(1)
  await context.close()
})

test('a hand feels that it is kept and received, the screen stays on while something moves, and the icon counts', async () => {
  const { context, page } = await phone('lin')
  await context.addInitScript(() => {
    const felt: string[] = []
    Object.assign(window, { felt })
    const watch = (on: object, name: string): void => {
      const real = (on as Record<string, (...a: unknown[]) => unknown>)[name]
      if (!real) return
      Object.defineProperty(on, name, {
        value(...a: unknown[]) {
          felt.push(`${name} ${JSON.stringify(a)}`)
          return real.apply(on, a)
        },
      })
    }
    watch(navigator, 'vibrate')
    watch(navigator, 'setAppBadge')
    watch((navigator as unknown as { wakeLock: object }).wakeLock, 'request')
  })
  await page.reload()
  await reports(page)
  await page.waitForSelector('.strip:has-text("已收到")')
  const felt = await page.evaluate(() => (window as unknown as { felt: string[] }).felt)
  expect(felt).toContain('vibrate [[40]]')
  expect(felt).toContain('vibrate [[30,60,30]]')
  expect(felt).toContain('request ["screen"]')
  expect(felt.some((f) => f.startsWith('setAppBadge ['))).toBe(true)
  await context.close()
})

test('a route leads there by the maps of the phone, each with the position in its own datum', async () => {
  const id = await issue('assigned')
  const { context, page } = await phone('crew')
  await page.goto(`${server.url}/app/#/issue/${id}`)
  await page.click('.way button')
  const hrefs = await page.locator('.way a').evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href))
  expect(hrefs).toHaveLength(4)
  expect(hrefs[3]).toContain('geo:20.030000,110.330000')
  expect(hrefs[0]).toMatch(/to=110\.33[4-9]\d+,20\.0[23]\d+/)
  expect(hrefs[0]).not.toContain('110.330000')
  await context.close()
})
