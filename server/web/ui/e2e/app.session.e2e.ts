import { createServer, request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { held, logIn, openScreen, password, reports } from './lib'
import { Street } from './street'

/** Who is there, what they may do, and what stands between the phone and the server. */
const street = new Street()
const { server, phone, picture, sent, all } = street

beforeAll(() => street.begin())
afterAll(() => street.end())

test('an empty log-in says what is missing, and a forgotten password who resets it', async () => {
  const { context, page } = await phone('')
  await page.waitForSelector('main.login:has-text("忘记密码请找管理员重置")')
  await page.click('form button')
  await page.waitForSelector('form .wrong:has-text("请填写账号和密码")')
  await picture(page, 'login-empty')
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

test('who was given a password chooses one of their own before the phone shows anything', async () => {
  const given = 'told on a paper slip'
  await server.ask('PUT', `/api/v1/people/${crypto.randomUUID()}`, {
    name: 'given',
    display_name: '小赵',
    password: given,
    grants: [{ role: 'inspector', scope: { kind: 'city' } }],
  })
  const { context, page } = await phone('')
  await page.fill('input[name=name]', 'given')
  await page.fill('input[name=password]', given)
  await page.click('form button')
  await page.waitForSelector('text=这个密码是别人为您设置的')
  await picture(page, 'own-password')
  expect(await page.locator('nav').count()).toBe(0)
  await page.reload() // who does not choose is not in
  await page.fill('input[name=name]', 'given')
  await page.fill('input[name=password]', given)
  await page.click('form button')
  await page.fill('input[autocomplete=new-password]', given)
  await page.click('form button')
  await page.waitForSelector('[role=alert]:has-text("不能与原密码相同")')
  await page.fill('input[autocomplete=new-password]', password)
  await page.click('form button')
  await page.waitForSelector('nav')
  await context.close()
  const again = await phone('given')
  await again.page.waitForSelector('nav')
  await again.context.close()
})

test('a code is used up only by a tap, and inside another app it is said first how to open it outside', async () => {
  const id = crypto.randomUUID()
  await server.person(id, {
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
  await page.waitForSelector('.connection.ended:has-text("登录已被结束")')
  await page.click('.connection button')
  await picture(page, 'login')
  await page.fill('.connection input[name=name]', 'lin')
  await page.fill('.connection input[name=password]', password)
  await page.click('.connection form button')
  await expect.poll(() => page.locator('.connection').count()).toBe(0)
  await sent(page)
  const notes = await Promise.all(
    (await server.issues()).map((i) => server.ask<{ note?: string }>('GET', `/api/v1/issues/${i.id}`)),
  )
  expect(notes.map((n) => n.note)).toContain('写到一半')
  await context.close()
})

test.each([
  [390, 844],
  [320, 640],
  [844, 390],
])(
  'without the network a phone of %d by %d is handed on: sealed at once, and closed until the server ended it',
  async (width, height) => {
    const { context, page } = await phone('lin', { width, height })
    const made = await all()
    await page.waitForSelector('.kind')
    await context.setOffline(true)
    await page.waitForSelector('.connection.offline')
    await reports(page)
    await openScreen(page, 'me')
    await page.click('button:has-text("退出登录")')
    await page.waitForSelector('.leaving:has-text("照片已安全 0/1")')
    expect(await page.locator('.strip').innerText()).toContain('照片已安全 0/1')
    const inSight = await page.evaluate(() =>
      [...document.querySelectorAll('.leaving button')].every((e) => {
        const b = e.getBoundingClientRect()
        return e.contains(document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2))
      }),
    )
    expect(inSight).toBe(true)
    await picture(page, `leaving-${width}`)
    await page.click('button:has-text("留在本机并退出")')
    await page.waitForSelector('main.login:has-text("已在本机退出")')
    await picture(page, `left-${width}`)
    expect((await held(page)).items.map((i) => i.state)).toEqual(['waiting', 'waiting'])

    const asked: string[] = []
    let cut = true
    await page.route('**/api/v1/sessions/current', (route) => (cut ? route.abort() : route.continue()))
    page.on('request', (r) => r.url().includes('/api/v1/') && asked.push(`${r.method()} ${new URL(r.url()).pathname}`))
    await context.setOffline(false)
    await page.reload()
    await page.waitForSelector('main.login:has-text("已在本机退出")') // its cookie is good still, and nobody gets in by it
    await page.fill('input[name=name]', 'wang')
    await page.fill('input[name=password]', password)
    await page.click('form button')
    await page.waitForSelector('form .wrong:not(:empty)')
    expect([...new Set(asked)]).toEqual(['DELETE /api/v1/sessions/current'])
    cut = false
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await expect.poll(() => page.locator('main.login:has-text("已在本机退出")').count()).toBe(0)
    expect(await page.evaluate(() => fetch('/api/v1/me').then((r) => r.status))).toBe(401)
    await page.click('form button')
    await page.waitForSelector('nav')
    expect(await all()).toEqual(made) // what lin wrote is not sent as wang
    await openScreen(page, 'me')
    await page.click('button:has-text("退出登录")')
    await page.click('button:has-text("留在本机并退出")')
    await logIn(page, 'lin')
    await sent(page)
    expect((await all()).size).toBe(made.size + 1)
    await context.close()
  },
)

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
    await page.waitForSelector(`.connection:has-text("${words}")`)
    mode = 'pass'
    await again()
    await expect.poll(() => page.locator('.connection').count()).toBe(0)
  }
  await context.setOffline(true)
  await page.waitForSelector('.connection:has-text("没有网络")')
  await context.setOffline(false)
  await expect.poll(() => page.locator('.connection').count()).toBe(0)
  await context.close()
  between.close()
})
