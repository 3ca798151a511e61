import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chrome, folder, logIn, Server } from './lib'

const server = new Server()
const work = mkdtempSync(join(tmpdir(), 'spotcheck-imports-'))
let browser: Browser
/** Where pictures go: a folder that is named, or one that is thrown away. */
const shots = process.env.E2E_SHOTS ?? folder()
let unit = ''

beforeAll(async () => {
  await server.start()
  unit = (await server.city()).unit
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  await server.end()
})

async function desk(name: string): Promise<{ page: Page; errors: string[] }> {
  const page = await (
    await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', acceptDownloads: true })
  ).newPage()
  const errors: string[] = []
  page.on('pageerror', (e) => errors.push(e.message))
  await page.goto(`${server.url}/desk/`)
  if (name === 'admin') {
    await logIn(page, 'admin', server.first)
  } else await logIn(page, name)
  return { page, errors }
}

test('work orders come from a table: a mapping by the names of the columns, what is wrong row by row, issues, and papers about all of them', async () => {
  const { page, errors } = await desk('clerk')
  await page.click('nav a:has-text("导入")')
  const table = join(work, 'orders.csv')
  writeFileSync(
    table,
    [
      '编号,受理时间,内容,地址,责任单位',
      ...Array.from(
        { length: 12 },
        (_, n) => `GD-${n + 1},2026-11-20 1${n % 10}:00,占道堆放 ${n},解放路 ${n} 号,龙华环卫`,
      ),
      'GD-13,昨天,看不懂的时间,解放路,龙华环卫',
      '',
    ].join('\r\n'),
  )
  await page.setInputFiles('input[type=file] >> nth=0', table)
  await page.click('button:has-text("新建对照")')
  await page.fill('.mapping input >> nth=0', '12345 热线')
  await page.selectOption('.mapping select >> nth=1', '06010')
  expect(await page.inputValue('.mapping label:has-text("编号") input')).toBe('编号') // found by its name
  await page.fill('.mapping label:has-text("内容") input', '内容')
  await page.fill('.mapping label:has-text("责任单位") input', '责任单位')
  await page.click('.mapping button:has-text("保存")')
  await page.waitForSelector('.mapping', { state: 'detached' })
  await page.click('button:has-text("核对")')
  await page.waitForSelector('text=共 13 行：可立案 12，以前来过 0，有问题 1')
  await page.waitForSelector('table:has-text("有问题的行") td:has-text("GD-13")')
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('a:has-text("下载有问题的行")')])
  expect(
    readFileSync((await download.path())!)
      .subarray(0, 2)
      .toString(),
  ).toBe('PK')
  await page.click('button:has-text("立案 12 件")')
  await page.waitForSelector('b:has-text("已完成")', { timeout: 60_000 })
  await page.click('button:has-text("核对")') // the same file again: nothing is made twice
  await page.waitForSelector('text=可立案 0')

  // Papers for all of them, one for each issue.
  await page.goto(`${server.url}/desk/#/list/unit=${unit}`)
  await page.waitForSelector('.pane .row')
  await page.click('button:has-text("批量发文书")')
  await page.selectOption('.batch select >> nth=1', 'issue')
  await page.click('.batch button:has-text("预览")')
  await page.waitForSelector('text=将发出 12 份文书，涉及 12 件')
  await page.click('.batch button:has-text("开始")')
  await page.waitForSelector('text=已编号 12，已生成 12，共 12 份', { timeout: 90_000 })
  const [zip] = await Promise.all([page.waitForEvent('download'), page.click('a:has-text("ZIP PDF")')])
  expect(readFileSync((await zip.path())!).length).toBeGreaterThan(50_000)
  expect(errors).toEqual([])
})

test('outlines of areas are checked before they are used: an error names its row, a right file takes effect', async () => {
  const { page, errors } = await desk('admin')
  await page.goto(`${server.url}/desk/#/imports`)
  const square = (x: number) => ({
    type: 'Polygon',
    coordinates: [
      [
        [x, 20],
        [x + 0.01, 20],
        [x + 0.01, 20.01],
        [x, 20.01],
        [x, 20],
      ],
    ],
  })
  const feature = (code: string, geometry: object) => ({
    type: 'Feature',
    properties: { code, name: `网格 ${code}`, level: 'grid' },
    geometry,
  })
  const wrong = join(work, 'wrong.geojson')
  writeFileSync(
    wrong,
    JSON.stringify({
      type: 'FeatureCollection',
      features: [
        feature('G1', square(110.3)),
        feature('G2', {
          type: 'Polygon',
          coordinates: [
            [
              [110.31, 20],
              [110.32, 20.01],
              [110.32, 20],
              [110.31, 20.01],
              [110.31, 20],
            ],
          ],
        }),
      ],
    }),
  )
  await page.setInputFiles('input[accept*="geojson"]', wrong)

  await page.waitForSelector('td:has-text("自相交")')
  expect(await page.locator('button:has-text("启用这些边界")').count()).toBe(0)
  const right = join(work, 'right.geojson')
  writeFileSync(
    right,
    JSON.stringify({
      type: 'FeatureCollection',
      features: [feature('G1', square(110.3)), feature('G2', square(110.31))],
    }),
  )
  await page.setInputFiles('input[accept*="geojson"]', right)
  await page.click('button:has-text("启用这些边界")')
  await page.waitForSelector('text=已启用')
  await page.goto(`${server.url}/desk/#/admin/areas`)
  await page.waitForSelector('td:has-text("网格 G2")')
  expect(errors).toEqual([])
})

test('a table of places: what is wrong is named by row and column and nothing is written, then all of it is there', async () => {
  const { page, errors } = await desk('admin')
  await page.goto(`${server.url}/desk/#/imports`)
  const table = (lat: string) => ({
    name: 'places.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      'kind,number,name,lat,lon,datum,area,unit,contact,contractor,permit,vehicles,valid_from,valid_to\n' +
        `shopfront,S-1,一号门店,20.03,110.33,wgs84,,,,,,,2026-01-01,\nshopfront,S-2,=二号门店,${lat},110.34,wgs84,,,,,,,2026-01-01,\n`,
    ),
  })
  await page.setInputFiles('label:has-text("点位表") input', table('200'))
  await page.waitForSelector('[role=alert]:has-text("第 3 行 纬度")')
  await page.setInputFiles('label:has-text("点位表") input', table('20.04'))
  await page.waitForSelector('[role=status]:has-text("共 2 行：新增 2")')
  await page.goto(`${server.url}/desk/#/admin/places`)
  await page.waitForSelector('td:has-text("=二号门店")')
  expect(errors).toEqual([])
})

test('letters of responsibility of units come from a table, stand in the register, and are counted', async () => {
  const { page, errors } = await desk('admin')
  const { units } = await server.ask<{ units: { id: string; name: string }[] }>('GET', '/api/v1/units')
  const name = units.find((u) => u.id === unit)!.name
  await page.goto(`${server.url}/desk/#/imports`)
  const table = (kind: string) => ({
    name: 'letters.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`单位,种类,签订日期,到期日期,签订人\n${name},${kind},2026-01-05,2090-12-31,李局\n`),
  })
  await page.setInputFiles('label:has-text("协议表格") input', table('门前三包'))
  await page.waitForSelector('[role=alert]:has-text("单位签的是责任书")')
  await page.setInputFiles('label:has-text("协议表格") input', table('责任书'))
  await page.waitForSelector('[role=status]:has-text("共 1 行：新增 1")')
  await page.screenshot({ path: `${shots}/import-agreements.png`, fullPage: true })

  await page.goto(`${server.url}/desk/#/admin/agreements`)
  await page.getByLabel('显示').last().selectOption({ label: '单位责任书' })
  await page.waitForSelector(`tr:has-text("${name}"):has-text("李局")`)
  await page.click(`tr:has-text("${name}") button:has-text("修改")`)
  await page.getByLabel('签订人').fill('王局')
  await page.click('form.edit button:not(.second)')
  await page.waitForSelector(`tr:has-text("${name}"):has-text("王局")`)
  await page.getByLabel('显示').first().selectOption({ label: '单位责任书' })
  await page.getByLabel('统计口径').selectOption({ label: '单位' })
  await page.waitForSelector(`.coverage tr:has-text("${name}"):has-text("100.00 %")`)
  await page.screenshot({ path: `${shots}/agreements-units.png` })
  expect(errors).toEqual([])
})
