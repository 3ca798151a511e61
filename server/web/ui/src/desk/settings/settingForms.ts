/** One thing that is written in a setting. */
export interface SettingField {
  /** Where it stands in its row; nothing where the setting is this value alone. */
  key: string
  kind: 'text' | 'longtext' | 'number' | 'flag' | 'choice' | 'time' | 'moment' | 'area' | 'person' | 'scope'
  choices?: readonly (string | number)[]
  /** Where the words of the choices stand. */
  words?: string
  least?: number
  most?: number
  step?: number
  /** It may be left empty, and is not sent then. */
  free?: boolean
}

/** A setting as people fill it in. */
export interface SettingForm {
  key: string
  /** A single value; fields under one another; rows of fields; a row of values; or one of these for each source of issues. */
  shape: 'one' | 'record' | 'rows' | 'values' | 'fieldsBySource' | 'valuesBySource'
  fields: SettingField[]
  /** Set once, at the first start. */
  fixed?: boolean
  /** What is sent where nothing is filled in; what nobody decided is not there. */
  nothing?: unknown
}

const sources = ['hotline', 'media', 'inspection', 'public', 'patrol', 'own_unit'] as const
const limitUnits = ['minute', 'urgent_hour', 'working_hour', 'working_day', 'calendar_day'] as const
const periods = ['day', 'week', 'ten_days', 'month', 'quarter', 'half_year', 'year'] as const

const text = (key: string, more: Partial<SettingField> = {}): SettingField => ({ key, kind: 'text', ...more })
const number = (key: string, least: number, most: number, more: Partial<SettingField> = {}): SettingField => ({
  key,
  kind: 'number',
  least,
  most,
  ...more,
})
const choice = (key: string, words: string, choices: readonly (string | number)[]): SettingField => ({
  key,
  kind: 'choice',
  words,
  choices,
})
const one = (key: string, field: SettingField, more: Partial<SettingForm> = {}): SettingForm => ({
  key,
  shape: 'one',
  fields: [field],
  ...more,
})

/** All settings of a city, in the groups in which somebody looks for them. */
export const settingGroups: { name: string; settings: SettingForm[] }[] = [
  {
    name: 'time',
    settings: [
      {
        key: 'working_hours',
        shape: 'rows',
        fields: [
          { key: 'from', kind: 'time' },
          { key: 'to', kind: 'time' },
        ],
      },
      {
        key: 'formula',
        shape: 'record',
        fields: [
          choice('week_start', 'settings.weekday', [1, 2, 3, 4, 5, 6, 0]),
          ...['disposal', 'on_time', 'long', 'rework', 'extension'].map((k) => number(k, 0, 100, { step: 0.1 })),
          number('false_fix', 0, 100, { step: 0.1 }),
          number('least_due', 0, 10_000),
        ],
      },
      one('day_counting', choice('', 'choice', ['elapsed', 'civil_code'])),
      one('late_window_minutes', number('', 0, 10_080)),
      one('assign_within_minutes', number('', 1, 10_080)),
      one('verify_within_minutes', number('', 1, 10_080)),
      {
        key: 'duty_roster',
        shape: 'rows',
        fields: [
          { key: 'person', kind: 'person' },
          { key: 'area', kind: 'area', free: true },
          { key: 'from', kind: 'moment' },
          { key: 'to', kind: 'moment' },
        ],
      },
    ],
  },
  {
    name: 'city',
    settings: [
      one('city_name', text('')),
      one('timezone', text(''), { fixed: true }),
      {
        key: 'city_box',
        shape: 'record',
        nothing: null,
        fields: [
          number('south', -90, 90, { step: 0.000001 }),
          number('west', -180, 180, { step: 0.000001 }),
          number('north', -90, 90, { step: 0.000001 }),
          number('east', -180, 180, { step: 0.000001 }),
        ],
      },
      {
        key: 'basemap',
        shape: 'record',
        nothing: null,
        fields: [
          choice('kind', 'settings.basemap', ['raster', 'vector', 'pmtiles']),
          text('url', { free: true }),
          choice('datum', 'choice', ['wgs84', 'gcj02']),
          text('attribution', { free: true }),
        ],
      },
      one('privacy_notice', { key: '', kind: 'longtext', free: true }, { nothing: '' }),
    ],
  },
  {
    name: 'handling',
    settings: [
      one('visit_share', number('', 0, 100)),
      { key: 'source_desks', shape: 'valuesBySource', nothing: {}, fields: [{ key: '', kind: 'person' }] },
      {
        key: 'reply_limits',
        shape: 'fieldsBySource',
        nothing: {},
        fields: [number('limit', 0.5, 10_000, { step: 0.5 }), choice('unit', 'choice', limitUnits)],
      },
      {
        key: 'place_kinds',
        shape: 'rows',
        nothing: [],
        fields: [text('name_zh'), text('name_en'), text('code')],
      },
      {
        key: 'quantity_kinds',
        shape: 'rows',
        nothing: [],
        fields: [text('name_zh'), text('name_en'), text('unit_zh'), text('unit_en'), text('code')],
      },
    ],
  },
  {
    name: 'papers',
    settings: [
      {
        key: 'paper_offices',
        shape: 'rows',
        nothing: null,
        fields: [text('name'), text('code'), text('task'), text('rectify'), text('supervise')],
      },
      { key: 'digest_times', shape: 'values', fields: [{ key: '', kind: 'time' }] },
      {
        key: 'report_schedules',
        shape: 'rows',
        nothing: [],
        fields: [
          choice('kind', 'choice', periods),
          { key: 'scope', kind: 'scope' },
          choice('language', 'settings.language', ['zh', 'en']),
        ],
      },
      one('red_list_hold_percent', number('', 0, 100)),
      one('names_in_reports', { key: '', kind: 'flag' }),
    ],
  },
  {
    name: 'public',
    settings: [one('exposure_board', { key: '', kind: 'flag' }), one('public_lookup', { key: '', kind: 'flag' })],
  },
  {
    name: 'people',
    settings: [
      one('one_person', { key: '', kind: 'flag' }),
      one('desk_idle_hours', number('', 1, 720)),
      one('phone_idle_days', number('', 1, 30)),
    ],
  },
]

export const settingForms: SettingForm[] = settingGroups.flatMap((g) => g.settings)

/** The sources for which some settings say something each. */
export const settingSources = sources

/** A field that nothing was written in yet. */
export function emptyField(f: SettingField): unknown {
  if (f.kind === 'number') return undefined
  if (f.kind === 'flag') return false
  if (f.kind === 'choice') return f.choices?.[0]
  return f.kind === 'scope' ? 'city' : ''
}

/** A row that nothing was written in yet. */
export function emptyRow(form: SettingForm): unknown {
  if (form.fields[0]?.key === '') return emptyField(form.fields[0])
  return Object.fromEntries(form.fields.map((f) => [f.key, emptyField(f)]))
}

/** What a form is given where nobody has decided. */
export function unset(form: SettingForm): unknown {
  if (form.shape === 'one') return emptyField(form.fields[0]!)
  if (form.shape === 'record') return null
  return form.shape === 'rows' || form.shape === 'values' ? [] : {}
}

function withoutFree(form: SettingForm, row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row
  const left = form.fields.filter((f) => f.free).map((f) => f.key)
  return Object.fromEntries(
    Object.entries(row).filter(([k, v]) => !left.includes(k) || (v !== '' && v !== undefined && v !== null)),
  )
}

/** What a form says as the server wants it. A changed formula is the next version of itself. */
export function settingOf(form: SettingForm, value: unknown): unknown {
  const empty = Array.isArray(value)
    ? value.length === 0
    : value === null || value === '' || (typeof value === 'object' && Object.keys(value as object).length === 0)
  if (empty && 'nothing' in form) return form.nothing
  if (form.key === 'formula') {
    const f = value as { version: number }
    return { ...f, version: f.version + 1 }
  }
  if (form.shape === 'rows') return (value as unknown[]).map((row) => withoutFree(form, row))
  return form.shape === 'record' ? withoutFree(form, value) : value
}
