import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import appEn from '../../messages/app.en.json'
import appZh from '../../messages/app.zh-CN.json'
import { filterOf, moreFilters, queryOf } from './issueFilter'

interface Contract {
  paths: { '/api/v1/issues': { get: { parameters: { $ref: string }[] } } }
  components: { parameters: Record<string, Parameter>; schemas: Record<string, Schema> }
}
interface Parameter {
  name: string
  schema: Schema
}
interface Schema {
  $ref?: string
  enum?: string[]
  items?: Schema
}
const spec = JSON.parse(
  readFileSync(new URL('../../../../../../mobile-api-spec/openapi.json', import.meta.url), 'utf8'),
) as Contract
const parameters = spec.paths['/api/v1/issues'].get.parameters.map(
  (p) => spec.components.parameters[p.$ref.split('/').pop()!]!,
)

/** The values that a schema lists, none where it takes any. */
function valuesOf({ $ref, items, enum: listed }: Schema): string[] {
  return listed ?? ($ref ? valuesOf(spec.components.schemas[$ref.split('/').pop()!]!) : items ? valuesOf(items) : [])
}

test('an address keeps every filter that the API has, and nothing else', () => {
  const used = parameters.map((p) => p.name).filter((n) => n !== 'cursor' && n !== 'limit')
  const all = new URLSearchParams(used.map((n) => [n, `v ${n}`]))
  expect(all.size).toBeGreaterThan(moreFilters.length)
  const kept = new URLSearchParams(queryOf(filterOf(all.toString())))
  all.sort()
  kept.sort()
  expect(kept.toString()).toBe(all.toString())
  expect(queryOf(filterOf('status=fixed&nonsense=1'))).toBe('status=fixed')
})

test('every filter and each of its values has words in both languages', () => {
  let values = 0
  for (const words of [appZh, appEn] as Record<string, unknown>[]) {
    const said = (name: string, value: string): boolean =>
      typeof (words[name] as Record<string, unknown> | undefined)?.[value] === 'string'
    expect(moreFilters.filter((n) => !said('filter', n))).toEqual([])
    for (const { name, schema } of parameters)
      for (const value of name === 'sort' ? [] : valuesOf(schema)) {
        values++
        expect(said(name, value), `${name} ${value}`).toBe(true)
      }
  }
  expect(values).toBeGreaterThan(30)
})
