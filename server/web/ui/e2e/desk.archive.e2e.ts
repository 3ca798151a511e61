import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, folder, logIn, Server } from './lib'

const server = new Server()
/** Where pictures go: a folder that is named, or one that is thrown away. */
const shots = process.env.E2E_SHOTS ?? folder()
const issue = crypto.randomUUID()
let browser: Browser

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await server.start()
  const { area } = await server.city()
  const now = new Date().toISOString()
  await (
    await server.as('lin')
  )('PUT', `/api/v1/issues/${issue}`, {
    category: '08012',
    place: { lat: 20.0312, lon: 110.3286, accuracy_m: 4.5, source: 'gps', captured_at: now },
    area,
    address: '龙昆南路 88 号门前',
    photos: [],
    reported_at: now,
    sent_at: now,
  })
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser?.close()
  await server.end()
})

const pdf = (says: string): string => `%PDF-1.7\n% ${says}\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n`
const index =
  '编号,目录,材料要求,自动归集,归集种类,份数,责任单位,保管年限\n1,组织领导,,,,,,永久\n1.1,实施方案,市、区两级红头文件,,,1,龙华环卫,10年\n1.2,工作通报,,报表,bulletin,4,,\n2,门前三包,,签订率,,,,\n'

/** A page of somebody who takes files. */
async function desk(name: string, width = 1440): Promise<Page> {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width, height: 900 }, acceptDownloads: true })
  const page = await context.newPage()
  await page.goto(`${server.url}/desk/`)
  await logIn(page, name)
  return page
}

/** Takes the file that a click brings, and unpacks it. */
async function unpacked(page: Page, on: Locator): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), on.click()])
  const dir = folder()
  await download.saveAs(join(dir, 'a.zip'))
  execFileSync('python3', ['-m', 'zipfile', '-e', join(dir, 'a.zip'), join(dir, 'out')])
  return join(dir, 'out')
}

test('the clerk reads the index of the team, sees what is missing, files it, and hands everything over as one ZIP', async () => {
  const page = await desk('clerk')
  const files = folder()
  writeFileSync(join(files, '指标.csv'), `\ufeff${index}`)
  writeFileSync(join(files, '创建工作实施方案.pdf'), pdf('plan'))
  writeFileSync(join(files, '修订.pdf'), pdf('changed'))
  writeFileSync(join(files, '坏.pdf'), '<!DOCTYPE html><script>alert(1)</script>')
  let steps = 0
  const click = async (on: Locator): Promise<void> => {
    await on.click()
    steps++
  }
  await click(page.locator('nav a', { hasText: '档案' }))
  await page.getByText('还没有档案目录').waitFor()
  await page.locator('input[name=table]').setInputFiles(join(files, '指标.csv'))
  await page.getByText('缺项 2 个，共 4 个目录').waitFor()
  await page.screenshot({ path: `${shots}/archive-missing.png` })

  await page.locator('.tree .node', { hasText: '实施方案' }).click()
  await page.getByText('尚缺单位：龙华环卫').waitFor()
  await page.getByRole('button', { name: '归档文件' }).click()
  await page.locator('input[name=file]').setInputFiles(join(files, '坏.pdf'))
  await page.locator('select[name=unit]').selectOption({ label: '龙华环卫' })
  await page.screenshot({ path: `${shots}/archive-upload.png` })
  await page.getByRole('button', { name: '归档', exact: true }).click()
  await page.getByText('文件其实是网页').waitFor()
  await page.locator('input[name=file]').setInputFiles(join(files, '创建工作实施方案.pdf'))
  await page.locator('input[name=title]').fill('创建工作实施方案')
  await page.locator('input[name=number]').fill('海双创〔2026〕1号')
  await page.getByRole('button', { name: '归档', exact: true }).click()
  await page.locator('.documents td', { hasText: '创建工作实施方案' }).waitFor()
  await expect.poll(() => page.locator('.missing').count()).toBe(0)
  await page.locator('.documents input[type=file]').setInputFiles(join(files, '修订.pdf'))
  await page.getByText('第 2 版').waitFor()
  await page.screenshot({ path: `${shots}/archive-documents.png` })
  await page.locator('input[name=text]').fill('海双创')
  await page.keyboard.press('Enter')
  await page.getByText('查找“海双创”').waitFor()
  await expect.poll(() => page.locator('.documents tbody tr').count()).toBe(1)

  // Handed over: three clicks from the first screen.
  await click(page.getByRole('button', { name: '导出', exact: true }))
  steps++
  const out = await unpacked(page, page.getByRole('button', { name: '导出全部（ZIP）' }))
  expect(steps).toBeLessThanOrEqual(3)
  expect(readdirSync(out).sort()).toEqual(['1 组织领导', '2 门前三包', 'SHA256SUMS', 'index.html', 'index.xlsx'])
  expect(
    execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: out, encoding: 'utf8' }).trim().split('\n'),
  ).toHaveLength(4)
  const plan = readdirSync(join(out, '1 组织领导', '1.1 实施方案'))[0] ?? ''
  expect(readFileSync(join(out, '1 组织领导', '1.1 实施方案', plan), 'utf8')).toBe(pdf('changed'))
  await page.locator('.exports tbody tr').waitFor()
  await page.screenshot({ path: `${shots}/archive-exports.png` })

  // What fills itself opens to what it is filled with.
  await page.locator('.tree .node', { hasText: '门前三包' }).click()
  await page.getByText('XLSX，按当日数据生成').waitFor()
  await page.screenshot({ path: `${shots}/archive-coverage.png` })
  await page.getByRole('button', { name: '新增目录' }).click()
  await page.locator('form.heading').waitFor()
  await page.screenshot({ path: `${shots}/archive-heading.png` })
  await page.locator('form.heading input[name=title]').fill('会议纪要')
  await page.locator('form.heading input[name=number]').fill('1.10')
  await page.locator('form.heading select[name=parent]').selectOption({ label: '1 组织领导' })
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await expect.poll(() => page.locator('.tree .node').nth(3).textContent()).toContain('会议纪要')
  await page.setViewportSize({ width: 390, height: 844 })
  await page.screenshot({ path: `${shots}/archive-390.png` })
  await page.context().close()
})

test('a case file with its proof leaves by the page of the issue and by the list, and checks itself', async () => {
  const page = await desk('clerk')
  await page.goto(`${server.url}/desk/#/issue/${issue}`)
  await page.locator('article.issue').waitFor()
  await page.screenshot({ path: `${shots}/archive-issue.png` })
  const out = await unpacked(page, page.getByText('案卷 ZIP（含证明）'))
  expect(execFileSync('sh', [join(out, 'verify.sh')], { encoding: 'utf8' })).toContain('通过 OK')
  await page.goto(`${server.url}/desk/#/list/`)
  await page.locator('.row').first().waitFor()
  await page.screenshot({ path: `${shots}/archive-list.png` })
  await page.click('details.files summary')
  const all = await unpacked(page, page.getByText('案卷及核验脚本（ZIP）'))
  expect(execFileSync('sh', [join(all, 'verify.sh')], { encoding: 'utf8' })).toContain('通过 OK')
  await page.context().close()
})
