import { useI18n } from 'vue-i18n'
import { personName } from '../../shared/people'
import { when } from '../../shared/times'
import { nameOf, registers } from '../cityRegisters'
import type { Row } from './registerForms'

interface Grant {
  role: string
  scope: { id?: string }
}

/** Where the words of what the server names by codes are, by the column in which it stands. */
const named: Record<string, string[]> = {
  kind: ['choice'],
  level: ['choice'],
  class: ['choice'],
  area_class: ['choice'],
  limit_unit: ['choice'],
  counting: ['choice'],
  every: ['choice'],
  datum: ['choice'],
  group: ['group'],
  type: ['told'],
  channel: ['channel'],
  state: ['delivery'],
}

/** Gives the function that writes a value of a column as people read it. */
export function useCellText(): (v: unknown, column: string) => string {
  const { t, te, locale } = useI18n()
  function words(column: string, code: string): string | undefined {
    if (column === 'type' && code.startsWith('issue_') && te(`event.${code.slice(6)}`))
      return t(`event.${code.slice(6)}`)
    const found = named[column]?.find((space) => te(`${space}.${code}`))
    return found && t(`${found}.${code}`)
  }
  /** What somebody is, and where: 联络员（龙华环卫）. */
  function grant({ role, scope }: Grant): string {
    const where = [...(registers.all?.units ?? []), ...(registers.all?.areas ?? [])].find((x) => x.id === scope.id)
    return where ? t('field.grant', { role: t(`role.${role}`), where: where.name }) : t(`role.${role}`)
  }
  function show(v: unknown, column: string): string {
    if (v === undefined || v === null || v === '') return ''
    if (typeof v === 'boolean') return t(v ? 'yes' : 'no')
    if (Array.isArray(v)) return v.map((x) => show(x, column)).join('、')
    if (column === 'grants') return grant(v as Grant)
    if (typeof v === 'object')
      return String((v as Row).name ?? (personName(v) || undefined) ?? (v as Row).number ?? JSON.stringify(v))
    const text = String(v)
    if (/^\d{4}-\d\d-\d\dT/.test(text)) return when(text)
    const unit = registers.all?.units.find((u) => u.id === text) ?? registers.all?.areas.find((a) => a.id === text)
    if (unit) return unit.name
    const category = column === 'category' && registers.all?.categories.find((c) => c.code === text)
    if (category) return nameOf(category, locale.value)
    return words(column, text.replaceAll('.', '_')) ?? text
  }
  return show
}
