import { expect, test } from 'vitest'
import en from './en.json'
import zh from './zh-CN.json'

/** Every key with the names that its text has gaps for: login.hello{name}. */
function keys(messages: object, above = ''): string[] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'object' ? keys(value, `${above}${key}.`) : [above + key + (String(value).match(/\{\w+\}/g) ?? []).sort().join('')],
  )
}

test('both languages say the same things', () => {
  expect(keys(zh).length).toBeGreaterThan(5)
  expect(keys(en).sort()).toEqual(keys(zh).sort())
})
