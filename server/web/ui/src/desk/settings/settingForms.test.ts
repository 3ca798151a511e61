import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import en from '../../messages/desk.en.json'
import zh from '../../messages/desk.zh-CN.json'
import { emptyRow, settingForms, settingOf, unset, type SettingForm } from './settingForms'

const core = '../../core'

test('every setting of the server has a form, but for the days off, which have a register', () => {
  const declared = readdirSync(core, { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.go') && !f.endsWith('_test.go'))
    .flatMap((f) => [...readFileSync(`${core}/${f}`, 'utf8').matchAll(/Setting\[.*\]\{Key: "(\w+)"/g)].map((m) => m[1]))
  expect(declared.length).toBeGreaterThan(20)
  expect(settingForms.map((f) => f.key).sort()).toEqual(declared.filter((k) => k !== 'holidays').sort())
})

test.each([
  ['zh', zh],
  ['en', en],
])('every setting says what it does and what holds without it, and every field has its word: %s', (_, { settings }) => {
  for (const form of settingForms) {
    expect(settings.says, form.key).toHaveProperty(form.key)
    expect(settings.usual, form.key).toHaveProperty(form.key)
    for (const f of form.fields) if (f.key !== '') expect(settings.field, form.key).toHaveProperty([form.key, f.key])
  }
})

const formOf = (key: string): SettingForm => settingForms.find((f) => f.key === key)!

test('what is not filled in is sent as nothing, and free fields that are empty are not sent', () => {
  expect(settingOf(formOf('city_box'), unset(formOf('city_box')))).toBe(null)
  expect(settingOf(formOf('reply_limits'), {})).toEqual({})
  expect(settingOf(formOf('privacy_notice'), '')).toBe('')
  expect(settingOf(formOf('exposure_board'), false)).toBe(false)
  expect(settingOf(formOf('assign_within_minutes'), 0)).toBe(0)
  const row = { ...(emptyRow(formOf('duty_roster')) as object), person: 'p' }
  expect(settingOf(formOf('duty_roster'), [row])).toEqual([{ person: 'p', from: '', to: '' }])
  expect(settingOf(formOf('basemap'), { kind: 'pmtiles', url: '', datum: 'wgs84', attribution: '' })).toEqual({
    kind: 'pmtiles',
    datum: 'wgs84',
  })
})

test('a changed formula is the next version of itself', () => {
  expect(settingOf(formOf('formula'), { version: 3, week_start: 0 })).toEqual({ version: 4, week_start: 0 })
})
