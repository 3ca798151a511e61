import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import zh from './app.zh-CN.json'

const root = fileURLToPath(new URL('../../../../..', import.meta.url))
const sources = ['server/core', 'pkg/inspect'].flatMap((folder) =>
  readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.go') && !f.endsWith('_test.go'))
    .map((f) => readFileSync(`${root}/${folder}/${f}`, 'utf8')),
)

/** The values of constants whose names begin so, with dots as underscores. */
function constants(names: string): string[] {
  return sources.flatMap((source) =>
    [
      ...source.matchAll(
        new RegExp(`\\b(?:${names})\\w*\\s*(?:Action|string|FlagKind|LogKind)?\\s*=\\s*"([a-z._]+)"`, 'g'),
      ),
    ].map((m) => m[1]!.replaceAll('.', '_')),
  )
}

test('whatever somebody is told of, and each line of the security log, has its words at the desk', () => {
  const said = readFileSync(`${root}/server/core/messages/wordings.go`, 'utf8')
  const types = [
    ...[...said.matchAll(/^\t"issue\.(\w+)":/gm)].map((m) => `issue_${m[1]}`),
    ...constants('Alert|remind|alertOnCall|reportIssued|reportDrafted|importDone|exposureObjected'),
  ]
  expect(types.length).toBeGreaterThan(40)
  expect(types.filter((t) => !(t in zh.told) && !(t.startsWith('issue_') && t.slice(6) in zh.event))).toEqual([])
  const lines = constants('Log')
  expect(lines.length).toBeGreaterThan(10)
  expect(lines.filter((l) => !(l in zh.log))).toEqual([])
})

test('every flag has its words at the desk', () => {
  const said = new Set(
    Object.entries(zh.flag).flatMap(([of, words]) =>
      typeof words === 'object' ? Object.keys(words).map((w) => `${of}_${w}`) : [],
    ),
  )
  const kinds = constants('Flag')
  expect(kinds.length).toBeGreaterThan(20)
  expect(kinds.filter((k) => !said.has(k))).toEqual([])
})
