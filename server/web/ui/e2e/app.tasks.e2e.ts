import { afterAll, beforeAll, expect, test } from 'vitest'
import { logIn, openTab, password, verifies } from './lib'
import { atPlace, Street } from './street'

/** What somebody finds among their tasks, their reports and their messages, and does about it. */
const street = new Street()
const { server, phone, picture, sent, issue, acts, statusOf } = street

beforeAll(() => street.begin())
afterAll(() => street.end())

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

test('what I reported is there with its number, how it stands and what became of it', async () => {
  const id = await issue('reported', { address: '海秀中路 8 号' })
  const { context, page } = await phone('lin')
  await openTab(page, 'mine')
  const row = page.locator(`main li:has(a[href="#/issue/${id}"])`)
  await row.locator('text=等待派遣').waitFor()
  expect(await row.innerText()).toContain('还可以更正')
  const due = new Date(Date.now() + 3_600_000).toISOString()
  await acts('clerk', id, { action: 'assign', unit: street.unit, due_at: due })
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

test('time that is left is judged by the clock of the server, whatever the clock of the phone says', async () => {
  const id = await issue('assigned', { address: '钟不准的地方' })
  const context = await street.browser.newContext({
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
