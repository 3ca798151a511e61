/** The kinds of periods, as the server names them. */
export const periodKinds = ['day', 'week', 'ten_days', 'month', 'quarter', 'half_year', 'year', 'span'] as const
export type PeriodKind = (typeof periodKinds)[number]

export interface Period {
  kind: PeriodKind
  /** As the server reads it: 2026-W47. */
  name: string
  /** Its first and its last day. */
  from: string
  to: string
}

const oneDay = 86_400_000
const at = (day: string): Date => new Date(`${day}T00:00:00Z`)
const dayOf = (d: Date): string => d.toISOString().slice(0, 10)
/** The day so many days after another. */
export const daysFrom = (day: string, n: number): string => dayOf(new Date(at(day).getTime() + n * oneDay))
const two = (n: number): string => String(n).padStart(2, '0')

/** The months of a year from one on, as first and last day. */
function months(year: number, first: number, count: number): [string, string] {
  return [dayOf(new Date(Date.UTC(year, first, 1))), dayOf(new Date(Date.UTC(year, first + count, 0)))]
}

/** The week of the office that holds a day; its number is that of the ISO week in which its fourth day lies. */
function week(day: string, first: number): Period {
  const from = daysFrom(day, -((at(day).getUTCDay() - first + 7) % 7))
  const fourth = at(daysFrom(from, 3))
  const thursday = new Date(fourth.getTime() + (4 - (fourth.getUTCDay() || 7)) * oneDay)
  const year = thursday.getUTCFullYear()
  const n = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * oneDay))
  return { kind: 'week', name: `${year}-W${two(n)}`, from, to: daysFrom(from, 6) }
}

/** The period of a kind that holds a day; a week begins on its first day, 0 for Sunday. */
export function periodOf(kind: PeriodKind, day: string, first = 1): Period {
  const [year, month, date] = [at(day).getUTCFullYear(), at(day).getUTCMonth(), at(day).getUTCDate()]
  const named = (name: string, [from, to]: [string, string]): Period => ({ kind, name, from, to })
  switch (kind) {
    case 'week':
      return week(day, first)
    case 'ten_days': {
      const n = Math.min(Math.floor((date - 1) / 10), 2)
      const [begins, ends] = months(year, month, 1)
      return named(`${day.slice(0, 7)}-T${n + 1}`, [
        daysFrom(begins, 10 * n),
        n < 2 ? daysFrom(begins, 10 * n + 9) : ends,
      ])
    }
    case 'month':
      return named(day.slice(0, 7), months(year, month, 1))
    case 'quarter': {
      const n = Math.floor(month / 3)
      return named(`${year}-Q${n + 1}`, months(year, 3 * n, 3))
    }
    case 'half_year': {
      const n = Math.floor(month / 6)
      return named(`${year}-H${n + 1}`, months(year, 6 * n, 6))
    }
    case 'year':
      return named(String(year), months(year, 0, 12))
    default:
      return named(day, [day, day])
  }
}

/** From one day to another, both included. */
export function spanOf(from: string, to: string): Period {
  return { kind: 'span', name: `${from}..${to}`, from, to }
}

/** The period of the same kind before or after another. */
export function beside(p: Period, by: 1 | -1, first = 1): Period {
  if (p.kind !== 'span') return periodOf(p.kind, daysFrom(by > 0 ? p.to : p.from, by), first)
  const days = Math.round((at(p.to).getTime() - at(p.from).getTime()) / oneDay) + 1
  return spanOf(daysFrom(p.from, by * days), daysFrom(p.to, by * days))
}

/** How the names of periods are written, and which words each has; what a group is called stands in them. */
const written: [RegExp, string][] = [
  [/^(?<year>\d{4})-W(?<n>\d\d)$/, 'week'],
  [/^(?<year>\d{4})-(?<month>\d\d)-T(?<part>[123])$/, 'ten_days'],
  [/^(?<year>\d{4})-(?<month>\d\d)$/, 'month'],
  [/^(?<year>\d{4})-Q(?<n>\d)$/, 'quarter'],
  [/^(?<year>\d{4})-H(?<part>[12])$/, 'half_year'],
  [/^(?<year>\d{4})$/, 'year'],
  [/^(?<from>[^.]+)\.\.(?<to>[^.]+)$/, 'span'],
]

/** A period in words, such as week 47 of 2026; a day is its date. */
export function periodWords(name: string, t: (key: string, of: Record<string, string>) => string): string {
  for (const [form, kind] of written) {
    const of = form.exec(name)?.groups
    if (of) return t(`period.named.${kind}${of.part ? `_${of.part}` : ''}`, { ...of, n: String(Number(of.n)) })
  }
  return name
}
