import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import appEn from './app.en.json'
import appZh from './app.zh-CN.json'
import deskEn from './desk.en.json'
import deskZh from './desk.zh-CN.json'
import en from './en.json'
import problems from './problems.zh-CN.json'
import zh from './zh-CN.json'

/** Every key with the names that its text has gaps for: login.hello{name}. */
function keys(messages: object, above = ''): string[] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'object'
      ? keys(value, `${above}${key}.`)
      : [above + key + (String(value).match(/\{\w+\}/g) ?? []).sort().join('')],
  )
}

test.each([
  ['both', zh, en],
  ['phone', appZh, appEn],
  ['desk', deskZh, deskEn],
])('both languages say the same things: %s', (_, chinese, english) => {
  expect(keys(chinese).length).toBeGreaterThan(5)
  expect(keys(english).sort()).toEqual(keys(chinese).sort())
})

test('no part of one file hides a part of the other', () => {
  expect(Object.keys(appZh).filter((k) => k in zh)).toEqual([])
  const said = [...keys(appZh), ...keys(zh)]
  expect(keys(deskZh).filter((k) => said.includes(k))).toEqual([])
})

test('what is said by a code has its words under the name that the code is put to', () => {
  const all = [zh, appZh, deskZh, en, appEn, deskEn] as object[]
  const below = (messages: object, path: string[]): unknown =>
    path.reduce<unknown>(
      (m, k) => (typeof m === 'object' && m !== null ? (m as Record<string, unknown>)[k] : undefined),
      messages,
    )
  const names = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((f) => /\.(vue|ts)$/.test(f) && !/\.(test|gen)\.ts$/.test(f))
    .flatMap((f) => [...readFileSync(`src/${f}`, 'utf8').matchAll(/\bte?\(`([\w.]+)\.\$\{/g)].map((m) => m[1]!))
  expect(names.length).toBeGreaterThan(30)
  // the words of problems in English come from the server
  const lost = new Set(
    names.filter(
      (name) => name !== 'problem' && all.filter((m) => typeof below(m, name.split('.')) === 'object').length < 2,
    ),
  )
  expect([...lost]).toEqual([])
})

test('every refusal of the contract has its words in Chinese, and there are no others', () => {
  const listed = [
    ...readFileSync('../../../mobile-api-spec/problems.md', 'utf8').matchAll(/^\| `([a-z0-9.-]+)` \|/gm),
  ].map((m) => `problem.${m[1]}`)
  expect(listed.length).toBeGreaterThan(90)
  expect(keys(problems).sort()).toEqual(listed.sort())
})
