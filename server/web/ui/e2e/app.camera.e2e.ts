import { afterAll, beforeAll, expect, test } from 'vitest'
import { held, openTab, reports } from './lib'
import { atPlace, Street } from './street'

/** Photos are taken, and a report is made of them, as somebody does it in the street. */
const street = new Street()
const { phone, picture, sent, statusOf, newest, all } = street

beforeAll(() => street.begin())
afterAll(() => street.end())

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
  expect(await inSight('.shutter')).toBe(true) // the next one can be taken
  await picture(page, `next-${width}`)
  await context.close()
})

test.each([
  [390, 844],
  [320, 640],
  [844, 390],
])('without the network and with a full outbox nothing lies over the controls of %d by %d', async (width, height) => {
  const { context, page } = await phone('lin', { width, height })
  await page.waitForSelector('.kind')
  await context.setOffline(true)
  await page.waitForSelector('.connection.offline')
  await reports(page)
  await page.waitForSelector('.strip:has-text("照片已安全 0/1")')
  await page.waitForSelector('.send .done:has-text("联网后自动上传")')
  await picture(page, `offline-${width}`)
  const covered = (): Promise<string[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll('.controls button, .controls label')].flatMap((e) => {
        const b = e.getBoundingClientRect()
        const at = [b.top + 2, b.top + b.height / 2, b.bottom - 2]
        const free = at.every((y) => e.contains(document.elementFromPoint(b.x + b.width / 2, y)))
        return free ? [] : [`${e.className} ${Math.round(b.top)}–${Math.round(b.bottom)} of ${innerHeight}`]
      }),
    )
  await expect.poll(covered, { timeout: 5_000 }).toEqual([])
  await expect.poll(() => page.locator('.send .done').count(), { timeout: 15_000 }).toBe(0) // it was told
  await context.setOffline(false)
  await page.waitForSelector('.strip:has-text("已收到")')
  await expect.poll(covered, { timeout: 5_000 }).toEqual([])
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
