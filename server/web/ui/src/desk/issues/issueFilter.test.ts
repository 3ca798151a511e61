import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { filterOf, moreFilters, queryOf } from './issueFilter'

test('an address keeps every filter that the API has, and nothing else', () => {
  const spec = readFileSync(new URL('../../../../../../mobile-api-spec/openapi.yaml', import.meta.url), 'utf8')
  const list = spec.slice(spec.indexOf('operationId: listIssues'), spec.indexOf('/api/v1/issues/similar:'))
  const used = [...list.matchAll(/components\/parameters\/(\w+)/g)]
    .map((m) => new RegExp(`^    ${m[1]}: \\{name: (\\w+), in: query`, 'm').exec(spec)?.[1])
    .filter((n) => n && n !== 'cursor' && n !== 'limit')
  const all = new URLSearchParams([...new Set(used)].map((n) => [n!, `v ${n}`]))
  expect(all.size).toBeGreaterThan(moreFilters.length)
  const kept = new URLSearchParams(queryOf(filterOf(all.toString())))
  all.sort()
  kept.sort()
  expect(kept.toString()).toBe(all.toString())
  expect(queryOf(filterOf('status=fixed&nonsense=1'))).toBe('status=fixed')
})
