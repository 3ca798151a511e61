import { expect, test } from 'vitest'
import { namedBy, pinyinInitials } from './pinyinInitials'

test.each([
  ['龙华环卫一班', 'lhhwyb'],
  ['美兰区城管局', 'mlqcgj'],
  ['秀英住建Ａ组', 'xyzjaz'],
  ['阿八嚓哒鹅发嘎哈机卡拉妈那哦爬七然三他挖西压杂', 'abcdefghjklmnopqrstwxyz'],
])('the initials of %s are %s', (name, initials) => expect(pinyinInitials(name)).toBe(initials))

test.each([
  ['龙华环卫一班', 'hw', true],
  ['龙华环卫一班', '环卫', true],
  ['龙华环卫一班', 'ＬＨ hw', true],
  ['龙华环卫一班', 'hl', false],
  ['Longhua crew', 'crew', true],
  ['龙华环卫一班', '', true],
])('%s is named by %s: %s', (name, typed, is) => expect(namedBy(name, typed)).toBe(is))
