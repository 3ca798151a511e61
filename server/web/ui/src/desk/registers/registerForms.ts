/** A field of a register: where it stands in the row, and how it is written. */
export interface Field {
  key: string
  kind:
    | 'text'
    | 'longtext'
    | 'number'
    | 'date'
    | 'moment'
    | 'time'
    | 'flag'
    | 'choice'
    | 'unit'
    | 'units'
    | 'lines'
    | 'area'
    | 'category'
    | 'categories'
    | 'placeKind'
    | 'spot'
    | 'person'
  choices?: string[]
  need?: boolean
  /** A switch that is off in a new row. */
  off?: boolean
}

/** A register as the desk shows it: one table and one form for all of them. */
export interface Register {
  name: string
  /** Where its rows come from, and the name of the list in the answer. */
  list: string
  rows: string
  /** What a person must be allowed to see it, beside what leads here. */
  need?: string
  columns: string[]
  /** Where a row is put, with its id; without it the register is only read here. */
  put?: string
  fields?: Field[]
  /** The name by which a row is put where that is not its id. */
  key?: string
  /** A row as the form has it, and what the form says as the API wants it, where they differ. */
  read?: (row: Row) => Row
  write?: (body: Row) => Row
  /** Who looks for text is answered by the server, page after page; other registers are read whole and looked through here. */
  searched?: boolean
  /** Which rows are read, one sort at a time, by a parameter of the list; the first one is shown first. */
  sorts?: { key: string; values: string[] }
  /** What never ends is read page after page. */
  endless?: boolean
  /** What can be sent to a row as a file. */
  upload?: { to: string; accept: string }
}
export type Row = Record<string, unknown>

export const adminRegisters: Register[] = [
  {
    name: 'units',
    list: '/api/v1/units',
    rows: 'units',
    columns: ['name', 'kind', 'peer_group', 'contact', 'enabled'],
    put: '/api/v1/units',
    fields: [
      { key: 'name', kind: 'text', need: true },
      {
        key: 'kind',
        kind: 'choice',
        choices: ['district', 'bureau', 'street', 'community', 'contractor', 'crew', 'other'],
        need: true,
      },
      { key: 'peer_group', kind: 'text' },
      { key: 'contact', kind: 'text' },
      { key: 'parent', kind: 'unit' },
      { key: 'enabled', kind: 'flag' },
    ],
  },
  {
    name: 'areas',
    list: '/api/v1/areas',
    rows: 'areas',
    columns: ['name', 'code', 'level', 'class', 'enabled'],
    put: '/api/v1/areas',
    fields: [
      { key: 'name', kind: 'text', need: true },
      { key: 'code', kind: 'text' },
      {
        key: 'level',
        kind: 'choice',
        choices: ['city', 'district', 'street', 'community', 'grid', 'road'],
        need: true,
      },
      { key: 'class', kind: 'text' },
      { key: 'parent', kind: 'area' },
      { key: 'enabled', kind: 'flag' },
    ],
  },
  {
    name: 'responsibilities',
    list: '/api/v1/responsibilities',
    rows: 'responsibilities',
    columns: ['number', 'unit', 'area', 'category', 'group', 'valid_from', 'valid_to', 'enabled'],
    put: '/api/v1/responsibilities',
    fields: [
      { key: 'unit', kind: 'unit', need: true },
      { key: 'area', kind: 'area', need: true },
      { key: 'category', kind: 'category' },
      { key: 'group', kind: 'text' },
      { key: 'leader', kind: 'text' },
      { key: 'leader_person', kind: 'person' },
      { key: 'contact', kind: 'text' },
      { key: 'assisting', kind: 'units' },
      { key: 'note', kind: 'longtext' },
      { key: 'at_once', kind: 'flag', off: true },
      { key: 'valid_from', kind: 'date', need: true },
      { key: 'valid_to', kind: 'date' },
      { key: 'enabled', kind: 'flag' },
    ],
  },
  {
    name: 'holes',
    list: '/api/v1/responsibilities/gaps',
    rows: 'gaps',
    searched: true,
    columns: ['kind', 'area', 'group', 'items', 'issues', 'open'],
  },
  {
    name: 'places',
    list: '/api/v1/places',
    rows: 'places',
    searched: true,
    columns: ['kind', 'number', 'name', 'unit', 'contact', 'valid_from', 'valid_to', 'enabled'],
    put: '/api/v1/places',
    fields: [
      {
        key: 'kind',
        kind: 'placeKind',
        need: true,
      },
      { key: 'name', kind: 'text', need: true },
      { key: 'number', kind: 'text' },
      { key: 'lat', kind: 'number', need: true },
      { key: 'lon', kind: 'number', need: true },
      { key: 'datum', kind: 'choice', choices: ['wgs84', 'gcj02', 'bd09'], need: true },
      { key: 'area', kind: 'area' },
      { key: 'unit', kind: 'unit' },
      { key: 'contact', kind: 'text' },
      { key: 'contractor', kind: 'text' },
      { key: 'permit', kind: 'text' },
      { key: 'vehicles', kind: 'lines' },
      { key: 'valid_from', kind: 'date', need: true },
      { key: 'valid_to', kind: 'date' },
      { key: 'enabled', kind: 'flag' },
    ],
    read: (row) => {
      const position = row.position as (Row & { given?: Row }) | undefined
      return { datum: 'wgs84', ...row, ...position, ...position?.given }
    },
    write: ({ lat, lon, datum, vehicles, ...rest }) => ({
      ...rest,
      position: { lat, lon, datum },
      ...((vehicles as string[] | undefined)?.length ? { vehicles } : {}),
    }),
  },
  {
    name: 'agreements',
    list: '/api/v1/agreements',
    rows: 'agreements',
    searched: true,
    columns: ['place_name', 'unit', 'kind', 'signed_on', 'valid_to', 'signed_by', 'enabled'],
    sorts: { key: 'of', values: ['place', 'unit'] },
    put: '/api/v1/agreements',
    upload: { to: 'scan', accept: 'image/*,application/pdf' },
    fields: [
      { key: 'place', kind: 'spot' },
      { key: 'unit', kind: 'unit' },
      { key: 'kind', kind: 'choice', choices: ['three_fronts', 'four_fronts', 'letter'], need: true },
      { key: 'signed_on', kind: 'date', need: true },
      { key: 'valid_to', kind: 'date' },
      { key: 'signed_by', kind: 'text' },
      { key: 'enabled', kind: 'flag' },
    ],
  },
  {
    name: 'categories',
    list: '/api/v1/categories',
    rows: 'categories',
    columns: ['code', 'name_zh', 'name_en', 'group', 'limit', 'limit_unit', 'by_photo', 'enabled'],
    put: '/api/v1/categories',
    key: 'code',
    write: ({ code: _, ...rest }) => rest,
    fields: [
      { key: 'code', kind: 'text', need: true },
      { key: 'old_code', kind: 'text' },
      { key: 'name_zh', kind: 'text', need: true },
      { key: 'name_en', kind: 'text', need: true },
      { key: 'group', kind: 'text', need: true },
      { key: 'class_zh', kind: 'text' },
      { key: 'reopen_days', kind: 'number' },
      { key: 'limit', kind: 'number', need: true },
      {
        key: 'limit_unit',
        kind: 'choice',
        choices: ['minute', 'urgent_hour', 'working_hour', 'working_day', 'calendar_day'],
        need: true,
      },
      { key: 'by_photo', kind: 'flag', off: true },
      { key: 'local', kind: 'flag', off: true },
      { key: 'enabled', kind: 'flag' },
    ],
  },
  {
    name: 'rules',
    list: '/api/v1/rules',
    rows: 'rules',
    columns: ['number', 'category', 'area_class', 'limit', 'limit_unit', 'counting', 'close_zh', 'enabled'],
    put: '/api/v1/rules',
    fields: [
      { key: 'category', kind: 'category', need: true },
      { key: 'area_class', kind: 'text' },
      { key: 'limit', kind: 'number', need: true },
      {
        key: 'limit_unit',
        kind: 'choice',
        choices: ['minute', 'urgent_hour', 'working_hour', 'working_day', 'calendar_day'],
        need: true,
      },
      { key: 'counting', kind: 'choice', choices: ['', 'elapsed', 'civil_code'] },
      { key: 'file_zh', kind: 'longtext' },
      { key: 'file_en', kind: 'longtext' },
      { key: 'close_zh', kind: 'longtext' },
      { key: 'close_en', kind: 'longtext' },
      { key: 'enabled', kind: 'flag' },
    ],
  },
  {
    name: 'people',
    list: '/api/v1/people',
    rows: 'people',
    searched: true,
    columns: ['name', 'display_name', 'staff_number', 'grants', 'phone', 'disabled'],
  },
  { name: 'settings', list: '/api/v1/settings', rows: 'settings', columns: [] },
  {
    name: 'holidays',
    list: '/api/v1/holidays',
    rows: 'days',
    columns: ['date', 'kind', 'name', 'official'],
  },
  {
    name: 'suspensions',
    list: '/api/v1/suspensions',
    rows: 'suspensions',
    columns: ['from', 'to', 'area', 'categories', 'reason'],
    put: '/api/v1/suspensions',
    fields: [
      { key: 'from', kind: 'moment', need: true },
      { key: 'to', kind: 'moment', need: true },
      { key: 'area', kind: 'area' },
      { key: 'categories', kind: 'categories' },
      { key: 'reason', kind: 'longtext', need: true },
    ],
  },
  {
    name: 'points',
    need: 'see_reports',
    list: '/api/v1/assessment-points',
    rows: 'points',
    columns: ['day', 'unit', 'points', 'reason', 'withdrawn'],
    put: '/api/v1/assessment-points',
    fields: [
      { key: 'unit', kind: 'unit', need: true },
      { key: 'day', kind: 'date', need: true },
      { key: 'points', kind: 'number', need: true },
      { key: 'reason', kind: 'longtext', need: true },
      { key: 'withdrawn', kind: 'flag', off: true },
    ],
  },
  {
    name: 'return_forms',
    need: 'see_reports',
    list: '/api/v1/return-forms',
    rows: 'forms',
    columns: ['name', 'every', 'lines', 'units', 'days', 'by', 'from', 'enabled'],
    put: '/api/v1/return-forms',
    fields: [
      { key: 'name', kind: 'text', need: true },
      {
        key: 'every',
        kind: 'choice',
        choices: ['day', 'week', 'ten_days', 'month', 'quarter', 'half_year', 'year'],
        need: true,
      },
      { key: 'lines', kind: 'lines', need: true },
      { key: 'units', kind: 'units', need: true },
      { key: 'days', kind: 'number' },
      { key: 'by', kind: 'time', need: true },
      { key: 'from', kind: 'date', need: true },
      { key: 'enabled', kind: 'flag' },
    ],
  },
  { name: 'gateways', list: '/api/v1/gateways', rows: 'gateways', columns: [] },
  {
    name: 'webhooks',
    list: '/api/v1/webhooks',
    rows: 'webhooks',
    columns: ['name', 'url', 'types', 'enabled'],
    put: '/api/v1/webhooks',
    fields: [
      { key: 'name', kind: 'text', need: true },
      { key: 'url', kind: 'text', need: true },
      { key: 'types', kind: 'lines', need: true },
      { key: 'enabled', kind: 'flag' },
    ],
  },
  {
    name: 'deliveries',
    list: '/api/v1/deliveries',
    endless: true,
    rows: 'deliveries',
    columns: ['type', 'channel', 'state', 'why', 'created_at', 'sent_at'],
  },
  { name: 'health', list: '/api/v1/health', rows: '', columns: [] },
]
