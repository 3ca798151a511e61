import type { components } from '../../shared/api.gen'
import { when } from '../../shared/times'
import type { Bootstrap } from '../cityRegisters'
import type { ActionField, ActionKind, ActionRequest, Issue } from './actionForms'

/** One of the choices of a field: its words are those of a key of the messages, or a name that people gave. */
export interface FieldOption {
  value: string
  label?: string
  key?: string
  /** The key of the sentence that says why it cannot be chosen here. */
  why?: string
}

/** What lists a field chooses from, beside the issue itself. */
export interface FieldLists {
  registers: Bootstrap | null
  people: components['schemas']['PersonRef'][]
  similar: components['schemas']['IssueRow'][]
}

const words = (values: readonly string[], key: (v: string) => string): FieldOption[] =>
  values.map((value) => ({ value, key: key(value) }))

/** All units below one. */
function below(units: Bootstrap['units'], unit: string | undefined): Bootstrap['units'] {
  const children = units.filter((u) => u.parent === unit && unit !== undefined)
  return [...children, ...children.flatMap((c) => below(units, c.id))]
}

/** The units that an action can name, those that the register proposes first. */
function unitsFor(action: ActionKind, issue: Issue, lists: FieldLists): FieldOption[] {
  const all = (lists.registers?.units ?? []).filter((u) => u.enabled)
  const chosen =
    action === 'pass' ? below(all, issue.unit?.id) : all.filter((u) => action === 'assign' || u.id !== issue.unit?.id)
  const proposed = [issue.proposed?.responsible, ...(issue.proposed?.responsible?.others ?? [])].map((r) => r?.unit.id)
  const rank = (id: string): number => (proposed.includes(id) ? proposed.indexOf(id) : proposed.length)
  return [...chosen].sort((a, b) => rank(a.id) - rank(b.id)).map((u) => ({ value: u.id, label: u.name }))
}

type Options = (issue: Issue, lists: FieldLists, byPhoto: boolean, action: ActionKind) => FieldOption[]

const options: Partial<Record<ActionField, Options>> = {
  unit: (issue, lists, _, action) => unitsFor(action, issue, lists),
  area: (_, lists) => (lists.registers?.areas ?? []).map((a) => ({ value: a.id, label: a.name })),
  rule: (issue) =>
    (issue.proposed?.rules ?? [])
      .filter((r) => r.id)
      .map((r) => ({ value: r.id ?? '', label: `${r.number ?? ''} · ${r.close_zh ?? ''}`.trim() })),
  into: (issue, lists) =>
    lists.similar
      .filter((s) => s.id !== issue.id)
      .map((s) => ({ value: s.id, label: [s.number, s.address, when(s.reported_at)].filter(Boolean).join(' · ') })),
  to: (_, lists) =>
    lists.people.map((p) => ({ value: p.id, label: [p.display_name, p.staff_number].filter(Boolean).join(' ') })),
  mentions: (_, lists) =>
    lists.people.map((p) => ({ value: p.id, label: [p.display_name, p.staff_number].filter(Boolean).join(' ') })),
  letter: (issue) =>
    (issue.letters ?? []).filter((l) => !l.replied_at).map((l) => ({ value: l.id, label: l.demand ?? when(l.at) })),
  part: (issue, _, __, action) =>
    (issue.parts ?? [])
      .filter((p) => p.open && (action === 'end_part' || p.mine))
      .map((p) => ({ value: p.id, label: `${p.unit.name} · ${p.wanted ?? ''}` })),
  photo: (issue, _, __, action) =>
    issue.photos
      .filter((p) => p.state === (action === 'erase' ? 'safe' : 'declared'))
      .map((p) => ({ value: p.id, label: `${p.sha256.slice(0, 12)} · ${when(p.received_at ?? p.declared_at)}` })),
  flag: (issue) => issue.flags.map((f) => ({ value: f.id, key: `casefile.flag.${f.kind.replace('.', '_')}` })),
  verdict: () => words(['pass', 'fail', 'false_fix'], (v) => `verify.${v}`),
  how: (issue, _, byPhoto) => [
    {
      value: 'by_photo',
      key: 'casefile.how.by_photo',
      ...(byPhoto ? (issue.visit_drawn ? { why: 'casefile.how.drawn' } : {}) : { why: 'casefile.how.not_by_photo' }),
    },
    { value: 'on_site', key: 'casefile.how.on_site' },
  ],
  found: () => words(['real', 'not_real'], (v) => `look.${v}`),
  decision: () => words(['confirm', 'dismiss'], (v) => `flag.${v}`),
  letter_kind: () => words(['overdue', 'leader', 'key'], (v) => `letter.${v}`),
  finding: () => words(['insufficient', 'good'], (v) => `finding.${v}`),
  about: (issue, _, __, action) =>
    words(
      action === 'appeal'
        ? (issue.contestable ?? [])
        : (issue.appeals ?? []).filter((a) => !a.answer).map((a) => a.about),
      (v) => `appeal.${v}`,
    ),
}

/** What a field can be. */
export function optionsOf(
  field: ActionField,
  action: ActionKind,
  issue: Issue,
  lists: FieldLists,
  byPhoto: boolean,
): FieldOption[] {
  return options[field]?.(issue, lists, byPhoto, action) ?? []
}

/** Sentences that are written often, by their keys. */
const phrases: Record<string, string[]> = {
  decide_extension_reason: ['agreeExtension', 'useTime'],
  decide_hold_reason: ['agreeHold', 'notHold'],
  verify_reason: ['remains', 'otherPlace'],
  ask_extension_reason: ['nightWork', 'partsMissing'],
  ask_hold_reason: ['budget', 'law'],
  return_reason: ['notOurs'],
  dismiss_reason: ['unreal', 'twice'],
  supervise_reason: ['atOnce'],
}

/** The usual sentences of a field. */
export function phrasesOf(action: ActionKind, field: ActionField, values: Partial<ActionRequest>): string[] {
  return values[field] ? [] : (phrases[`${action}_${field}`] ?? []).map((p) => `casefile.phrase.${p}`)
}
