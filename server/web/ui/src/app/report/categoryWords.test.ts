import { expect, test } from 'vitest'
import type { Category } from '../offlineStore'
import { initialsOf, isMeant } from './categoryWords'

const of = (code: string, name_zh: string, name_en: string, group: string): Category =>
  ({ code, name_zh, name_en, group }) as Category
const rubbish = of('06010', '暴露垃圾', 'Exposed rubbish', 'litter')
const posters = of('05001', '非法小广告', 'Illegal posters', 'posters')

test('the letters with which the sounds begin are known', () => {
  expect(initialsOf('暴露垃圾')).toBe('bllj')
  expect(initialsOf('小广告 A')).toBe('xgg a')
})

test.each([
  ['', rubbish, true],
  ['垃圾', rubbish, true],
  ['exposed', rubbish, true],
  ['0601', rubbish, true],
  ['bllj', rubbish, true],
  ['死角', rubbish, true],
  ['烟头', rubbish, true],
  ['烟头', posters, false],
  ['牛皮癣', posters, true],
  ['npx', posters, true],
  ['井盖', rubbish, false],
])('people look for %s', (text, category, found) => {
  expect(isMeant(category, text)).toBe(found)
})
