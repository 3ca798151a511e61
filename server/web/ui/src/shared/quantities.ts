import type { components } from './api.gen'
import { i18n } from './i18n'

export type Quantity = components['schemas']['Quantity']
export type QuantityKind = components['schemas']['QuantityKind']

const english = (): boolean => i18n.global.locale.value === 'en'

/** What a kind of work is called; its code where the city has it no more. */
export function kindName(kinds: readonly QuantityKind[], code: string): string {
  const kind = kinds.find((k) => k.code === code)
  return (english() ? kind?.name_en : kind?.name_zh) ?? code
}

/** What a kind of work is measured in. */
export function unitName(kinds: readonly QuantityKind[], code: string): string {
  const kind = kinds.find((k) => k.code === code)
  return (english() ? kind?.unit_en : kind?.unit_zh) ?? ''
}

/** The quantities of a form that say something: a number above 0. */
export function filled(all: readonly Quantity[]): Quantity[] {
  return all.filter((q) => q.amount > 0)
}
