import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { filterOf, moreFilters, queryOf } from './issueFilter'

interface Contract {
  paths: { '/api/v1/issues': { get: { parameters: { $ref: string }[] } } }
  components: { parameters: Record<string, { name: string }> }
}

test('an address keeps every filter that the API has, and nothing else', () => {
  const spec = JSON.parse(
    readFileSync(new URL('../../../../../../mobile-api-spec/openapi.json', import.meta.url), 'utf8'),
  ) as Contract
  const used = spec.paths['/api/v1/issues'].get.parameters
    .map((p) => spec.components.parameters[p.$ref.split('/').pop()!]!.name)
    .filter((n) => n !== 'cursor' && n !== 'limit')
  const all = new URLSearchParams(used.map((n) => [n, `v ${n}`]))
  expect(all.size).toBeGreaterThan(moreFilters.length)
  const kept = new URLSearchParams(queryOf(filterOf(all.toString())))
  all.sort()
  kept.sort()
  expect(kept.toString()).toBe(all.toString())
  expect(queryOf(filterOf('status=fixed&nonsense=1'))).toBe('status=fixed')
})
