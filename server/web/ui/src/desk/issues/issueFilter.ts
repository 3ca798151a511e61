/** The filters that stand in sight. */
const dailyFilters = ['status', 'category', 'unit', 'area', 'overdue', 'text', 'sort'] as const

/** All others of the API (mobile-api-spec/openapi.yaml, listIssues). */
export const moreFilters = [
  'group',
  'source',
  'place',
  'plate',
  'site',
  'contractor',
  'assisting',
  'reporter',
  'reported_from',
  'reported_to',
  'due_from',
  'due_to',
  'closed_from',
  'closed_to',
  'incomplete',
  'flagged',
  'signed_front',
  'pending',
  'bbox',
  'near',
] as const

/** What these filters hold is no word for a person: an id, or places on the map. */
export const unspoken: readonly (typeof moreFilters)[number][] = ['reporter', 'bbox', 'near', 'place']

/** Single issues that somebody picked, by their ids; it stands in addresses alone. */
const picked = ['issue'] as const

const names = [...dailyFilters, ...moreFilters, ...picked]

/** A filter as the address has it; what is empty is not asked for. */
export type Filter = Record<(typeof names)[number], string>

/** Reads a filter from an address: #/list/status=assigned&overdue=true */
export function filterOf(query: string): Filter {
  const params = new URLSearchParams(query)
  return Object.fromEntries(names.map((n) => [n, params.get(n) ?? ''])) as Filter
}

/** The address of a filter, the same for the same filter. */
export function queryOf(filter: Filter): string {
  return new URLSearchParams(names.filter((n) => filter[n] !== '').map((n) => [n, filter[n]])).toString()
}

/** What a column of the list takes of its width. */
export const columns = {
  status: '172px',
  category: '1.2fr',
  address: '2fr',
  area: '1fr',
  unit: '1.5fr',
  due: '132px',
  received: '110px',
  reporter: '1fr',
  source: '100px',
  photos: '64px',
  flags: '64px',
  closed: '110px',
} as const

export type Column = keyof typeof columns

/** The columns that somebody sees who has chosen none. */
export const usualColumns: Column[] = ['status', 'category', 'address', 'unit', 'due', 'received']
