import type { components } from '../../shared/api.gen'

export type Paper = components['schemas']['Paper']
export type PaperKind = components['schemas']['PaperKind']
export const paperKinds: readonly PaperKind[] = ['task', 'rectify', 'supervise']

/** How it stands with a paper. One that nobody has signed for within a day is overdue, as the server's reminders have it. */
export type PaperStanding = 'issued' | 'overdue' | 'signed' | 'corrected' | 'cancelled'
export const paperStandings: readonly PaperStanding[] = ['overdue', 'issued', 'signed', 'corrected', 'cancelled']

const signWithinMs = 86_400_000

export function standingOf(p: Paper, now = Date.now()): PaperStanding {
  if (p.cancelled_at) return 'cancelled'
  if (p.corrected_by) return 'corrected'
  if (p.signed) return 'signed'
  return now - Date.parse(p.issued_at) > signWithinMs ? 'overdue' : 'issued'
}

/** What a paper says of its issues and its demands, as it was frozen. Times are texts in the city's zone. */
export interface PaperContent {
  kind: PaperKind
  number: string
  office: string
  to: string
  copy_to?: string[]
  corrects?: string
  reason?: string
  items: PaperItem[]
  demand?: string
  due_at?: string
  basis?: string
  consequence?: string
  signer?: string
  date: string
}

export interface PaperItem {
  number: string
  checked_at?: string
  place?: string
  category: string
  wrong?: string
  due_at?: string
  photos?: { id: string; after?: boolean; caption?: string }[]
  done_at?: string
  result?: string
  result_at?: string
}

/** The content of a paper that was read whole; undefined once it is erased. */
export function contentOf(p: Paper | undefined): PaperContent | undefined {
  return p?.content as PaperContent | undefined
}
