import type { components } from '../../shared/api.gen'

type Change = components['schemas']['SecurityLogChange']
type Words = (key: string, values?: Record<string, string>) => string
interface Grant {
  role: string
  scope: string
  id?: string
}

function isGrant(v: unknown): v is Grant {
  return typeof v === 'object' && v !== null && 'role' in v && 'scope' in v
}

/** A value as people read it: roles by their names, what has several values by where they are to be read, all else as it is kept. */
function valueText(v: unknown, t: Words): string {
  if (v === undefined || v === null) return t('security.nothing')
  if (typeof v === 'boolean') return t(v ? 'yes' : 'no')
  if (Array.isArray(v)) return v.length === 0 ? t('security.nothing') : v.map((x) => valueText(x, t)).join('、')
  if (isGrant(v)) {
    const where = t(`scope.${v.scope}`)
    return `${t(`role.${v.role}`)} (${where}${v.id ? ` …${v.id.slice(-8)}` : ''})`
  }
  return typeof v === 'object' ? t('security.values') : String(v as string | number)
}

/** What was changed: the field, and what it held and holds where the log may say so. */
export function changeText(c: Change, t: Words, te: (key: string) => boolean): string {
  const named: Record<string, string> = { grants: 'security.grants' }
  const key = named[c.field] ?? [`setting.${c.field}`, `field.${c.field}`].find(te)
  const field = key ? t(key).replace(/（.*）|\s*\(.*\)/, '') : c.field
  if (c.from === undefined && c.to === undefined) return t('security.other', { field })
  return t('security.change', { field, from: valueText(c.from, t), to: valueText(c.to, t) })
}
