import type { components } from '../../shared/api.gen'

type Kind = components['schemas']['SecurityLogKind']

/** The kinds of line of the security log, in the order in which they are chosen from: a record, so that none is forgotten. */
const every: Record<Kind, true> = {
  login: true,
  'login.refused': true,
  'login.limited': true,
  logout: true,
  'sessions.ended': true,
  'session.refused': true,
  'access.refused': true,
  'password.changed': true,
  'password.refused': true,
  'session.authenticated': true,
  'roles.changed': true,
  'person.changed': true,
  'enrolment.made': true,
  'enrolment.used': true,
  'key.given': true,
  'link.made': true,
  'link.used': true,
  'link.ended': true,
  'setting.changed': true,
  'webhook.changed': true,
  'webhook.rotated': true,
  'webhook.removed': true,
  'webhook.gone': true,
  'gateway.changed': true,
  export: true,
  'caller.seen': true,
  erased: true,
  'audit.asked': true,
}
export const logKinds = Object.keys(every) as Kind[]
