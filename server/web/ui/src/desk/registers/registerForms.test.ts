// @vitest-environment happy-dom
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fromForm, seenAt, toForm } from './fieldValues'
import { adminRegisters, type Row } from './registerForms'

interface Schema {
  $ref?: string
  enum?: string[]
  properties?: Record<string, Schema>
}
const contract = JSON.parse(readFileSync('../../../mobile-api-spec/openapi.json', 'utf8')) as Row
function resolved(s: Schema): Schema {
  if (!s.$ref) return s
  return resolved(
    s.$ref
      .slice(2)
      .split('/')
      .reduce((at, key) => at[key] as Row, contract) as Schema,
  )
}
/** The fields that a register takes by the contract. */
function fieldsOf(put: string): Record<string, Schema> {
  const paths = contract.paths as Record<
    string,
    { put?: { requestBody: { content: Record<string, { schema: Schema }> } } }
  >
  const path = Object.keys(paths).find(
    (p) => p.startsWith(`${put}/{`) && p.split('/').length === put.split('/').length + 1,
  )
  return resolved(paths[path!]!.put!.requestBody.content['application/json']!.schema).properties!
}

const kept = adminRegisters.filter((r) => r.put)

test.each(kept.map((r) => [r.name, r] as const))('the form of %s has every field of the contract', (_, r) => {
  const full = Object.fromEntries(r.fields!.map((f) => [f.key, f.kind === 'lines' ? ['x'] : 'x']))
  const sent = r.write ? r.write(full) : full
  expect(Object.keys(sent).sort()).toEqual(Object.keys(fieldsOf(r.put!)).sort())
})

test.each(kept.map((r) => [r.name, r] as const))('the form of %s offers what the contract takes', (_, r) => {
  for (const [key, s] of Object.entries(fieldsOf(r.put!))) {
    const values = resolved(s).enum
    const choices = r.fields!.find((f) => f.key === key)?.choices?.filter(Boolean)
    if (values && choices) expect(choices.sort()).toEqual([...values].sort())
  }
})

test('what was not touched is sent as it was read', () => {
  const row = {
    id: '1',
    from: '2026-01-05T01:02:03.456Z',
    units: [{ id: 'u', name: 'U' }],
    limit: 0,
    note: 'a\nb',
    off: false,
  }
  for (const [key, kind] of [
    ['from', 'moment'],
    ['units', 'units'],
    ['limit', 'number'],
    ['note', 'longtext'],
    ['off', 'flag'],
  ] as const) {
    const f = { key, kind }
    expect(fromForm(f, toForm(f, row), row)).toEqual(key === 'units' ? ['u'] : row[key])
  }
  expect(fromForm({ key: 'note', kind: 'longtext' }, '', row)).toBeUndefined()
  expect(seenAt({ updated_at: 'x', created_at: 'y' })).toEqual({ 'If-Match': '"x"' })
  expect(seenAt(undefined)).toEqual({})
})
