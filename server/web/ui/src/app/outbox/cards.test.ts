import { expect, test } from 'vitest'
import type { Kept } from '../../outbox/keep'
import { actionFields, bytesIn, cardsOf, mayPass, percentOf, photosIn, reportFields, sizeOf } from './cards'

function item(id: string, issue: string, kind: Kept['kind'], more: Partial<Kept> = {}): Kept {
  return {
    id,
    issue,
    kind,
    path: '',
    method: 'PUT',
    words: '暴露垃圾',
    addedAt: 0,
    state: 'waiting',
    wrongDigests: 0,
    attempts: 0,
    notBefore: 0,
    ...more,
  }
}

test('a photo that is refused for ever is not offered again; what else was refused may pass another day', () => {
  const refused = (retry?: string): Partial<Kept> => ({ state: 'asked', problem: { code: 'c', detail: '', retry } })
  expect(mayPass(item('p', 'i', 'photo', refused('never')))).toBe(false)
  expect(mayPass(item('p', 'i', 'photo', refused('later')))).toBe(true)
  expect(mayPass(item('p', 'i', 'photo', refused()))).toBe(true)
  expect(mayPass(item('i', 'i', 'report', refused('never')))).toBe(true)
})

test('how far an outbox is, is told by its photos', () => {
  const all = [item('i', 'i', 'report'), item('p', 'i', 'photo', { state: 'done' }), item('q', 'i', 'photo')]
  expect(photosIn(all)).toEqual({ n: 1, m: 2 })
  expect(photosIn([])).toEqual({ n: 0, m: 0 })
})

test('what waits of one issue is one card, with what it is about and what was refused', () => {
  const all = [
    item('i', 'i', 'report', { body: { address: '解放路 3 号' } }),
    item('p', 'i', 'photo', { bytes: 10 }),
    item('a', 'j', 'action', { state: 'asked', body: { action: 'fix', note: '已清' } }),
  ]
  expect(cardsOf(all).map((c) => [c.issue, c.report, c.address, c.photos.length, c.asked.length])).toEqual([
    ['i', true, '解放路 3 号', 1, 0],
    ['j', false, '已清', 0, 1],
  ])
})

test('the share of bytes counts what is on its way, and never more than there is', () => {
  const all = [
    item('a', 'i', 'photo', { bytes: 100, state: 'done' }),
    item('b', 'i', 'photo', { bytes: 300, state: 'sending' }),
    item('r', 'i', 'report'),
  ]
  expect(bytesIn(all, { id: 'b', bytes: 72 })).toEqual([172, 400])
  expect(percentOf(all, { id: 'b', bytes: 72 })).toBe(43)
  expect(percentOf(all, { id: 'b', bytes: 9999 })).toBe(100)
  expect(percentOf([], null)).toBe(0)
  expect([sizeOf(830_000), sizeOf(3_400_000)]).toEqual(['830 KB', '3.4 MB'])
})

test('what was to be sent fills the screen that it came from', () => {
  const place = { lat: 20, lon: 110, datum: 'gcj02', source: 'map' }
  const [report] = cardsOf([
    item('i', 'i', 'report', { body: { category: '06010', note: '三袋', place, line: { start: { lat: 1, lon: 2 } } } }),
  ])
  expect(reportFields(report!)).toMatchObject({
    category: '06010',
    note: '三袋',
    address: '',
    pin: { lat: 20, lon: 110, datum: 'gcj02' },
    lineFrom: { lat: 1, lon: 2 },
    lineTo: null,
  })
  const [verify] = cardsOf([
    item('a', 'j', 'action', { body: { action: 'verify', verdict: 'fail', how: 'on_site', reason: '还有' } }),
  ])
  expect(actionFields(verify!)).toMatchObject({
    action: 'verify',
    fields: { verdict: 'fail', how: 'on_site', reason: '还有' },
  })
})
