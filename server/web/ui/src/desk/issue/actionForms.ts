import type { components } from '../../shared/api.gen'

export type ActionKind = components['schemas']['ActionKind']
export type ActionRequest = components['schemas']['ActionRequest']
export type Issue = components['schemas']['Issue']
export type ActionField = Exclude<keyof ActionRequest, 'action' | 'done_at' | 'sent_at' | 'place'>
export type PhotoKind = components['schemas']['PhotoKind']

/** How an action is asked for at the desk. */
export interface ActionForm {
  /** Its fields in the order in which a person fills them. */
  fields: readonly ActionField[]
  /** What its photos show, where it takes any. */
  photos?: PhotoKind
  /** It cannot be taken back by who does it: the form says so before it is sent. */
  official?: boolean
}

/** Every action of the contract, with what the desk asks for it. Whether a person is offered one is for the server to say. */
export const actionForms: Record<ActionKind, ActionForm> = {
  decide_extension: { fields: ['until', 'reason', 'answer'] },
  decide_hold: { fields: ['until', 'reason', 'answer'] },
  decide_appeal: { fields: ['about', 'finding', 'due_at', 'reason', 'answer'] },
  reply: { fields: ['letter', 'note', 'photos'], photos: 'check' },
  reply_part: { fields: ['part', 'note', 'photos'], photos: 'check' },
  assign: { fields: ['unit', 'rule', 'due_at', 'area', 'note'] },
  verify: { fields: ['verdict', 'how', 'photos', 'reason', 'note'], photos: 'check' },
  fix: { fields: ['photos', 'note'], photos: 'after' },
  look: { fields: ['found', 'photos', 'note'], photos: 'check' },
  file: { fields: ['area', 'note'] },
  ask_look: { fields: ['note'] },
  on_the_spot_fix: { fields: ['photos', 'note'], photos: 'after' },
  return: { fields: ['reason', 'photos'], photos: 'check' },
  ask_extension: { fields: ['until', 'reason', 'photos'], photos: 'check' },
  ask_hold: { fields: ['until', 'reason', 'photos'], photos: 'check' },
  appeal: { fields: ['about', 'reason', 'photos'], photos: 'check' },
  pass: { fields: ['unit', 'note'] },
  resume: { fields: ['reason'] },
  supervise: { fields: ['letter_kind', 'reason', 'until'] },
  give_part: { fields: ['unit', 'note', 'until'] },
  end_part: { fields: ['part', 'reason'] },
  reopen: { fields: ['reason', 'photos'], photos: 'check' },
  merge: { fields: ['into', 'reason'] },
  unmerge: { fields: ['reason'] },
  hand_over: { fields: ['to', 'note'] },
  feedback: { fields: ['findings', 'handling', 'note'] },
  // It has a form of its own, which says what becomes of the deadline.
  correct: { fields: ['category', 'severity', 'area', 'place_id', 'address', 'plate', 'clear', 'deadline', 'reason'] },
  comment: { fields: ['note', 'mentions', 'photos'], photos: 'check' },
  decide_flag: { fields: ['flag', 'decision', 'reason'] },
  withdraw_photo: { fields: ['photo', 'reason'] },
  dismiss: { fields: ['reason'], official: true },
  erase: { fields: ['photo', 'reason'], official: true },
}

/** Actions that wait for nobody: none of them is opened by itself. */
const unhurried: ActionKind[] = [
  'file',
  'ask_look',
  'on_the_spot_fix',
  'return',
  'ask_extension',
  'ask_hold',
  'appeal',
  'pass',
]
const order = Object.keys(actionForms) as ActionKind[]
const first = order.slice(0, order.indexOf('file'))

/** What a person may do here, the likeliest first. A dismissal that somebody asked for waits for its confirmation. */
export function offered(issue: Pick<Issue, 'may' | 'dismissal_asked'>): ActionKind[] {
  const all = order.filter((a) => issue.may.includes(a))
  return issue.dismissal_asked && all.includes('dismiss') ? ['dismiss', ...all.filter((a) => a !== 'dismiss')] : all
}

/** The action whose form is open when the page is: what the issue waits for from this person. */
export function nextStep(issue: Issue): ActionKind | undefined {
  const [likeliest] = offered(issue)
  if (!likeliest || unhurried.includes(likeliest)) return undefined
  return likeliest === 'dismiss' ? (issue.dismissal_asked ? 'dismiss' : undefined) : first.find((a) => a === likeliest)
}

/** Whether a field has a meaning with what is chosen so far. */
export function asks(field: ActionField, action: ActionKind, values: Partial<ActionRequest>, issue: Issue): boolean {
  const failing = values.verdict !== undefined && values.verdict !== 'pass'
  if (action === 'verify' && field === 'reason') return failing
  if (action === 'decide_appeal' && field === 'finding') return values.about === 'false_fix'
  if (action === 'decide_appeal' && field === 'due_at') return values.about === 'overdue' && issue.status === 'assigned'
  return true
}

/** The fields without which an action is not sent. */
export function needed(action: ActionKind, values: Partial<ActionRequest>, issue: Issue): ActionField[] {
  const always: Partial<Record<ActionKind, ActionField[]>> = {
    assign: ['unit'],
    return: ['reason'],
    fix: ['photos'],
    look: ['found', 'photos'],
    verify: values.verdict === 'pass' ? ['verdict', 'how'] : ['verdict', 'how', 'photos', 'reason'],
    dismiss: ['reason'],
    merge: ['into'],
    unmerge: ['reason'],
    reopen: ['reason'],
    comment: ['note'],
    withdraw_photo: ['photo', 'reason'],
    on_the_spot_fix: ['photos'],
    erase: ['reason'],
    decide_flag: ['flag', 'decision', 'reason'],
    ask_extension: ['until', 'reason'],
    decide_extension: ['reason'],
    ask_hold: ['until', 'reason'],
    decide_hold: ['reason'],
    resume: ['reason'],
    supervise: ['letter_kind', 'reason', 'until'],
    reply: ['letter', 'note'],
    appeal: ['about', 'reason'],
    decide_appeal: ['about', 'reason'],
    pass: ['unit'],
    feedback: ['note'],
    give_part: ['unit', 'until', 'note'],
    reply_part: ['part', 'note'],
    end_part: ['part', 'reason'],
    hand_over: ['to'],
    correct: ['reason'],
  }
  return (always[action] ?? []).filter((f) => asks(f, action, values, issue))
}

/** Values that are known before anybody types. */
export function prefilled(
  action: ActionKind,
  issue: Issue,
  byPhoto: boolean,
  me?: { unit?: string },
): Partial<ActionRequest> {
  const soon = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()
  const dueAnd = (days: number): string =>
    new Date(Date.parse(issue.due_at ?? soon(0)) + days * 86_400_000).toISOString()
  /** How many days the unit was given. */
  const given = (Date.parse(issue.due_at ?? soon(1)) - Date.parse(issue.clock?.started_at ?? soon(0))) / 86_400_000
  const open = issue.letters?.filter((l) => !l.replied_at) ?? []
  switch (action) {
    case 'assign':
      return { unit: issue.proposed?.responsible?.unit.id ?? me?.unit, rule: issue.proposed?.rules[0]?.id }
    case 'verify':
      return byPhoto && !issue.visit_drawn ? { how: 'by_photo' } : {} // that one is on site is for each to say
    case 'ask_extension':
      return { until: dueAnd(Math.min(1, given / 2)) }
    case 'ask_hold':
      return { until: soon(30) }
    case 'decide_extension':
      return { until: issue.clock?.extension_asked?.until }
    case 'decide_hold':
      return { until: issue.clock?.hold_asked?.until }
    case 'supervise':
      return { letter_kind: issue.overdue ? 'overdue' : 'key', until: soon(1) }
    case 'give_part':
      return { until: issue.due_at ?? soon(1) }
    case 'reply':
      return { letter: open[0]?.id }
    case 'reply_part':
      return { part: issue.parts?.find((p) => p.open && p.mine)?.id }
    case 'end_part':
      return { part: issue.parts?.find((p) => p.open)?.id }
    case 'appeal':
      return { about: issue.contestable?.[0] }
    case 'decide_appeal': {
      const about = issue.appeals?.find((a) => !a.answer)?.about
      return {
        about,
        ...(about === 'false_fix' ? { finding: 'insufficient' } : {}),
        ...(about === 'overdue' && issue.status === 'assigned' ? { due_at: dueAnd(1) } : {}),
      }
    }
    default:
      return {}
  }
}

/** The request of an action: what has a meaning, and nothing that is empty. */
export function requestOf(action: ActionKind, values: Partial<ActionRequest>, issue: Issue): Record<string, unknown> {
  const body: Record<string, unknown> = { action }
  for (const field of actionForms[action].fields) {
    const value = values[field]
    const empty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
    if (!empty && asks(field, action, values, issue)) body[field] = typeof value === 'string' ? value.trim() : value
  }
  if (body.due_at !== undefined && action === 'assign') delete body.rule // one or the other
  if (values.answer === 'refuse') for (const f of ['until', 'finding', 'due_at']) delete body[f]
  return body
}
