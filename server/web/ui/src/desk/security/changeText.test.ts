import { expect, test } from 'vitest'
import { changeText } from './changeText'

const words: Record<string, string> = { 'setting.city_name': '城市名称', 'field.phone': '电话' }
const t = (key: string, v: Record<string, string> = {}): string =>
  `${words[key] ?? key} ${Object.values(v).join(' ')}`.trim()
const said = (c: Parameters<typeof changeText>[0]): string => changeText(c, t, (key) => key in words)

test('what was changed is said by the names of people, and nothing where the log does not say what it was', () => {
  expect(said({ field: 'city_name', from: '甲市', to: '乙市' })).toBe('security.change 城市名称 甲市 乙市')
  expect(said({ field: 'phone' })).toBe('security.other 电话')
  expect(
    said({
      field: 'grants',
      from: [],
      to: [{ role: 'office', scope: 'area', id: '0190a1b2-0000-7000-8000-00000000000a' }],
    }),
  ).toBe('security.change security.grants security.nothing role.office (scope.area …0000000a)')
  expect(said({ field: 'enabled', from: true, to: false })).toBe('security.change enabled yes no')
})
