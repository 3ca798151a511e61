// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { distance } from './distances'
import { i18n } from './i18n'

test.each([
  [0, '0 米'],
  [349.6, '350 米'],
  [23_649, '23.6 公里'],
])('%d metres are said as %s', (metres, words) => {
  i18n.global.locale.value = 'zh-CN'
  expect(distance(metres)).toBe(words)
})
