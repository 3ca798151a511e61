/** A field of a register: where it stands in the row, and how it is written. */
export interface Field {
  key: string
  kind: 'text' | 'number' | 'date' | 'moment' | 'time' | 'flag' | 'choice' | 'unit' | 'units' | 'lines' | 'area' | 'category'
  choices?: string[]
  need?: boolean
}

/** A register as the desk shows it: one table and one form for all of them. */
export interface Register {
  name: string
  /** Where its rows come from, and the name of the list in the answer. */
  list: string
  rows: string
  columns: string[]
  /** Where a row is put, with its id; without it the register is only read here. */
  put?: string
  fields?: Field[]
}

export const adminRegisters: Register[] = [
  { name: 'units', list: '/api/v1/units', rows: 'units', columns: ['name', 'kind', 'peer_group', 'contact', 'enabled'], put: '/api/v1/units', fields: [
    { key: 'name', kind: 'text', need: true }, { key: 'kind', kind: 'choice', choices: ['district', 'bureau', 'street', 'community', 'contractor', 'crew'], need: true }, { key: 'peer_group', kind: 'text' }, { key: 'contact', kind: 'text' }, { key: 'parent', kind: 'unit' }, { key: 'enabled', kind: 'flag' }] },
  { name: 'areas', list: '/api/v1/areas', rows: 'areas', columns: ['name', 'code', 'level', 'class', 'enabled'], put: '/api/v1/areas', fields: [
    { key: 'name', kind: 'text', need: true }, { key: 'code', kind: 'text' }, { key: 'level', kind: 'choice', choices: ['city', 'district', 'street', 'community', 'grid', 'road'], need: true }, { key: 'class', kind: 'text' }, { key: 'parent', kind: 'area' }, { key: 'enabled', kind: 'flag' }] },
  { name: 'responsibilities', list: '/api/v1/responsibilities', rows: 'responsibilities', columns: ['number', 'unit', 'area', 'category', 'group', 'valid_from', 'valid_to', 'enabled'], put: '/api/v1/responsibilities', fields: [
    { key: 'unit', kind: 'unit', need: true }, { key: 'area', kind: 'area', need: true }, { key: 'category', kind: 'category' }, { key: 'leader', kind: 'text' }, { key: 'contact', kind: 'text' }, { key: 'valid_from', kind: 'date', need: true }, { key: 'valid_to', kind: 'date' }, { key: 'enabled', kind: 'flag' }] },
  { name: 'holes', list: '/api/v1/responsibilities/gaps', rows: 'holes', columns: ['kind', 'area', 'group', 'items', 'issues', 'open'] },
  { name: 'categories', list: '/api/v1/categories', rows: 'categories', columns: ['code', 'name_zh', 'name_en', 'group', 'limit', 'limit_unit', 'by_photo', 'enabled'] },
  { name: 'rules', list: '/api/v1/rules', rows: 'rules', columns: ['number', 'category', 'area_class', 'limit', 'limit_unit', 'close_zh', 'enabled'], put: '/api/v1/rules', fields: [
    { key: 'category', kind: 'category', need: true }, { key: 'area_class', kind: 'text' }, { key: 'limit', kind: 'number', need: true }, { key: 'limit_unit', kind: 'choice', choices: ['minute', 'urgent_hour', 'working_hour', 'working_day', 'calendar_day'], need: true }, { key: 'file_zh', kind: 'text' }, { key: 'close_zh', kind: 'text' }, { key: 'close_en', kind: 'text' }, { key: 'enabled', kind: 'flag' }] },
  { name: 'people', list: '/api/v1/people', rows: 'people', columns: ['name', 'display_name', 'staff_number', 'disabled'] },
  { name: 'settings', list: '/api/v1/settings', rows: 'settings', columns: [] },
  { name: 'suspensions', list: '/api/v1/suspensions', rows: 'suspensions', columns: ['from', 'to', 'area', 'categories', 'reason'], put: '/api/v1/suspensions', fields: [
    { key: 'from', kind: 'moment', need: true }, { key: 'to', kind: 'moment', need: true }, { key: 'area', kind: 'area' }, { key: 'reason', kind: 'text', need: true }] },
  { name: 'points', list: '/api/v1/assessment-points', rows: 'points', columns: ['day', 'unit', 'points', 'reason', 'withdrawn'], put: '/api/v1/assessment-points', fields: [
    { key: 'unit', kind: 'unit', need: true }, { key: 'day', kind: 'date', need: true }, { key: 'points', kind: 'number', need: true }, { key: 'reason', kind: 'text', need: true }, { key: 'withdrawn', kind: 'flag' }] },
  { name: 'return_forms', list: '/api/v1/return-forms', rows: 'forms', columns: ['name', 'every', 'lines', 'units', 'days', 'by', 'from', 'enabled'], put: '/api/v1/return-forms', fields: [
    { key: 'name', kind: 'text', need: true }, { key: 'every', kind: 'choice', choices: ['day', 'week', 'ten_days', 'month', 'quarter', 'half_year', 'year'], need: true }, { key: 'lines', kind: 'lines', need: true }, { key: 'units', kind: 'units', need: true },
    { key: 'days', kind: 'number' }, { key: 'by', kind: 'time', need: true }, { key: 'from', kind: 'date', need: true }, { key: 'enabled', kind: 'flag' }] },
  { name: 'gateways', list: '/api/v1/gateways', rows: 'gateways', columns: [] },
  { name: 'webhooks', list: '/api/v1/webhooks', rows: 'webhooks', columns: ['name', 'url', 'enabled'] },
  { name: 'deliveries', list: '/api/v1/deliveries', rows: 'deliveries', columns: ['type', 'channel', 'state', 'why', 'created_at', 'sent_at'] },
  { name: 'log', list: '/api/v1/security-log', rows: 'entries', columns: ['at', 'kind', 'person', 'address', 'detail'] },
]
