// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { bodyOf, missingIn, type Begun } from './visitDraft'

const begun: Begun = {
  standard: 's',
  version: 1,
  content: {
    name: '学校检查标准',
    subject: 'place',
    pass_mark: 60,
    recheck_mark: 92,
    grades: [],
    items: [
      { code: '1', text: '地面干净', points: 5, photo_needed: true, category: '06010' },
      { code: '2', text: '有宣传栏', points: 5 },
    ],
  },
  subject: 'place',
  target: 'p',
  name: '第一小学',
  with: [],
  last: [],
  asked: ['1', '2'],
  at: '2026-11-30T02:00:00Z',
}
const no = { result: 'no' as const, note: '' }
const yes = { result: 'yes' as const, note: '' }
const found = [{ id: 'i', item: '1', note: ' 纸屑 ', shots: ['a'] }]
const shot = {
  id: 'a',
  sha256: '0',
  type: 'image/jpeg',
  bytes: 1,
  taken: 'camera' as const,
  capturedAt: 0,
  draft: 'd',
  url: '',
}
const signed = { kind: 'signed' as const, name: '王校长', reason: '' }

test('what is missing is said item by item, a photo that was taken away as well', () => {
  expect(missingIn(begun, { 1: no }, found, signed, [shot])).toEqual({ item: '2', why: 'answer' })
  expect(missingIn(begun, { 1: no, 2: yes }, found, signed, [])).toEqual({ item: '1', why: 'photo' })
  expect(missingIn(begun, { 1: no, 2: yes }, found, { ...signed, name: ' ' }, [shot])).toEqual({ why: 'signature' })
  expect(missingIn(begun, { 1: no, 2: yes }, found, signed, [shot])).toBeUndefined()
})

test('a finding with a category is an issue with its photos, one without is only written down', () => {
  const more = [...found, { id: 'j', item: '2', note: '去年的', shots: [] }]
  const { body, photos } = bodyOf(begun, { 1: no, 2: no }, more, '', signed, [shot])
  expect(photos.map((p) => [p.issue, p.shot.id])).toEqual([['i', 'a']])
  expect(body.answers).toMatchObject([
    { item: '1', result: 'no', findings: [{ issue: 'i', note: '纸屑', photos: [{ id: 'a', kind: 'report' }] }] },
    { item: '2', result: 'no', findings: [{ note: '去年的' }] },
  ])
  expect(body.signature).toEqual({ kind: 'signed', name: '王校长' })
})
