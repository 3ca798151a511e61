import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, folder, logIn, password, phone, Server } from './lib'

const server = new Server()
/** Where pictures go: a folder that is named, or one that is thrown away. */
const shots = process.env.E2E_SHOTS ?? folder()
const open: BrowserContext[] = []
const picture = readFileSync(new URL('../../../../scripts/tour/photo.jpg', import.meta.url))
let browser: Browser
let unit = ''
const tokens: Record<string, string> = {}
const issue = crypto.randomUUID()
const helpers = crypto.randomUUID()

/** What somebody writes somewhere, with what the page has to show of it. */
const written: string[] = []
function text(of: string): string {
  const words = `写明：${of}`
  written.push(words)
  return words
}

async function ask(who: string, method: string, path: string, body?: unknown, headers = {}): Promise<unknown> {
  tokens[who] ??= (
    (await (
      await fetch(`${server.url}/api/v1/sessions`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: who, password }),
      })
    ).json()) as { token: string }
  ).token
  const raw = body instanceof Buffer
  const response = await fetch(server.url + path, {
    method,
    headers: {
      Authorization: `Bearer ${tokens[who]}`,
      'Content-Type': raw ? 'application/octet-stream' : 'application/json',
      ...headers,
    },
    body: raw ? new Uint8Array(body) : body === undefined ? undefined : JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${who} ${method} ${path}: ${response.status} ${await response.text()}`)
  return await response.json()
}
async function act(who: string, action: string, fields: object): Promise<void> {
  const now = new Date().toISOString()
  const path = `/api/v1/issues/${issue}/actions/${crypto.randomUUID()}`
  await ask(who, 'PUT', path, { action, done_at: now, sent_at: now, ...fields })
}
/** Sends a photo of its own. */
async function shows(who: string, kind: string): Promise<string> {
  const id = crypto.randomUUID()
  const bytes = Buffer.concat([picture, Buffer.from(id)])
  const hash = createHash('sha256').update(bytes)
  const hex = hash.copy().digest('hex')
  await ask(who, 'POST', `/api/v1/issues/${issue}/photos`, {
    photos: [{ id, kind, sha256: hex, bytes: bytes.length, taken: 'camera' }],
    sent_at: new Date().toISOString(),
  })
  await ask(who, 'PUT', `/api/v1/issues/${issue}/photos/${id}`, bytes, {
    'Content-Digest': `sha-256=:${hash.digest('base64')}:`,
  })
  return id
}
async function seen(who: string): Promise<{ parts?: { id: string }[]; letters?: { id: string }[] }> {
  return (await ask(who, 'GET', `/api/v1/issues/${issue}`)) as { parts?: { id: string }[]; letters?: { id: string }[] }
}

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await server.start()
  const made = await server.city()
  unit = made.unit
  await server.ask('PUT', `/api/v1/units/${helpers}`, { name: '交警支队', kind: 'bureau' })
  for (const [name, role, scope] of [
    ['clerk2', 'office', { kind: 'city' }],
    ['helper', 'unit', { kind: 'unit', id: helpers }],
  ] as const)
    await server.person(crypto.randomUUID(), {
      name,
      display_name: name,
      staff_number: `S-${name}`,
      password,
      grants: [{ role, scope }],
    })
  const hours = (n: number): string => new Date(Date.now() + n * 3_600_000).toISOString()
  const now = new Date().toISOString()
  await ask('lin', 'PUT', `/api/v1/issues/${issue}`, {
    category: '06010',
    area: made.area,
    address: text('地址'),
    note: text('上报说明'),
    site: text('工地'),
    plate: '琼A12345',
    photos: [],
    reported_at: now,
    sent_at: now,
  })
  written.push('琼A12345')
  await act('clerk', 'file', { note: text('立案说明') })
  await act('clerk', 'ask_look', { note: text('请人核实') })
  await act('wang', 'look', { found: 'real', note: text('核实'), photos: [await shows('wang', 'check')] })
  await act('clerk', 'assign', { unit, due_at: hours(8), note: text('派遣说明') })
  await act('crew', 'return', { reason: text('回退理由') })
  await act('clerk', 'assign', { unit, due_at: hours(8), note: text('再派说明') })
  await act('lin', 'comment', { note: text('备注') })
  await act('crew', 'ask_extension', { reason: text('延期申请'), until: hours(10) })
  await act('clerk', 'decide_extension', { answer: 'grant', reason: text('延期审批') })
  await act('clerk', 'supervise', { letter_kind: 'key', reason: text('督办要求'), until: hours(5) })
  await act('crew', 'reply', { letter: (await seen('crew')).letters?.[0]?.id, note: text('督办回复') })
  await act('clerk', 'give_part', { unit: helpers, until: hours(6), note: text('协办要求') })
  await act('helper', 'reply_part', { part: (await seen('helper')).parts?.[0]?.id, note: text('协办反馈') })
  await act('clerk', 'feedback', { note: text('反馈'), findings: text('报告'), handling: text('查处') })
  await act('crew', 'fix', { note: text('整改说明'), photos: [await shows('crew', 'after')] })
  await act('wang', 'verify', {
    verdict: 'fail',
    how: 'on_site',
    reason: text('返工理由'),
    note: text('返工说明'),
    photos: [await shows('wang', 'check')],
  })
  await act('crew', 'appeal', { about: 'rework', reason: text('申诉') })
  await act('clerk', 'decide_appeal', { about: 'rework', answer: 'refuse', reason: text('裁定') })
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await Promise.all(open.map((c) => c.close()))
  await browser.close()
  await server.end()
})

async function wantsAll(page: Page): Promise<void> {
  await page.waitForSelector('.course li >> nth=10')
  const shown = (await page.locator('main').innerText()).replace(/\s+/g, '')
  expect(written.filter((w) => !shown.includes(w.replace(/\s+/g, '')))).toEqual([])
  expect(await page.locator('.course img').count()).toBeGreaterThanOrEqual(3)
}

test('every text that was written is on the page of the desk', async () => {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })).newPage()
  await page.goto(`${server.url}/desk/`)
  await logIn(page, 'clerk')
  await page.goto(`${server.url}/desk/#/issue/${issue}`)
  await wantsAll(page)
  await page.screenshot({ path: `${shots}/written-desk.png`, fullPage: true })
})

test('and on the phone of the unit, which reads first why it has to begin again', async () => {
  const context = await phone(folder())
  open.push(context)
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(`${server.url}/app/#/tasks`)
  await logIn(page, 'crew')
  await page.goto(`${server.url}/app/#/issue/${issue}`)
  await wantsAll(page)
  expect(await page.locator('p.reason').innerText()).toContain('写明：返工理由')
  await page.screenshot({ path: `${shots}/written-phone.png`, fullPage: true })
})

test('and on the page of a link, where the name of who reported is not', async () => {
  const made = (await ask('crew', 'POST', `/api/v1/issues/${issue}/links`, {})) as { fragment: string }
  const context = await phone(folder())
  open.push(context)
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(server.url + made.fragment)
  await wantsAll(page)
  expect(await page.locator('.course li >> nth=0').innerText()).not.toContain('lin')
})
