import { fromCity, toCity } from '../../shared/times'
import type { Field, Row } from './registerForms'

/** What a row says in a field, as the API takes it: what it names is an id. */
function given(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(given)
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : value
}

/** Whether a field holds several things. */
export function several(f: Field): boolean {
  return f.kind === 'units' || f.kind === 'lines' || f.kind === 'categories'
}

/** The value of a field as its form has it. */
export function toForm(f: Field, row: Row | undefined): unknown {
  const value = given(row?.[f.key])
  if (several(f)) return value ?? []
  if (f.kind === 'moment' && value) return toCity(String(value))
  return value ?? (f.kind !== 'flag' ? '' : row?.id === undefined && !f.off)
}

/** The value of a field as the API takes it; undefined for nothing. What was not touched is sent as it was read. */
export function fromForm(f: Field, value: unknown, row: Row | undefined): unknown {
  const read = given(row?.[f.key])
  if (read !== undefined && JSON.stringify(toForm(f, row)) === JSON.stringify(value)) return read
  if (value === '' || (Array.isArray(value) && value.length === 0 && !f.need)) return undefined
  if (f.kind === 'number') return Number(value)
  return f.kind === 'moment' ? fromCity(String(value)) : value
}

/** When a row was last changed as it was read, for If-Match. */
export function seenAt(row: Row | undefined): Record<string, string> {
  const at = row?.updated_at ?? row?.created_at
  return typeof at === 'string' ? { 'If-Match': `"${at}"` } : {}
}
