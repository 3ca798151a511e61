import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import en from '../../messages/app.en.json'
import zh from '../../messages/app.zh-CN.json'
import deskEn from '../../messages/desk.en.json'
import deskZh from '../../messages/desk.zh-CN.json'
import {
  actionForms,
  asks,
  needed,
  nextStep,
  offered,
  prefilled,
  requestOf,
  type ActionKind,
  type Issue,
} from './actionForms'
import { optionsOf } from './fieldOptions'

// The language is kept where Node has nothing.
vi.hoisted(() => vi.stubGlobal('localStorage', { getItem: () => 'zh-CN', setItem: () => undefined }))
const contract = readFileSync('../../../mobile-api-spec/openapi/actions.yaml', 'utf8')
const [, list = ''] = /ActionKind:\n\s+type: string\n\s+enum:\n((?:\s+- \w+\n)+)/.exec(contract) ?? []
const kinds = list.match(/\w+/g) ?? []
const issue = { status: 'assigned', may: [], contestable: [] } as unknown as Issue

/** The rows of the contract's table: an action with the fields that it needs and may carry. */
function tableRow(action: string): { needs: string; may: string } {
  const [, needs = '', may = ''] =
    new RegExp(`^\\s+\\| ${action}(?: [^|]*)? \\|[^|]*\\|[^|]*\\|([^|]*)\\|([^|]*)\\|$`, 'm').exec(contract) ?? []
  return { needs, may }
}
/** What stands in a list of fields by itself: words of an explanation are none. */
const named = (text: string): string[] =>
  text
    .replace(/\([^)]*\)/g, '')
    .split(/[,;]|\b(?:or|and|also)\b/)
    .map((part) => part.trim().split(' ')[0] ?? '')
    .filter((word, n, all) => word !== '' && all.indexOf(word) === n)

test('every action of the contract has a form at the desk, and its words in both languages', () => {
  expect(kinds.length).toBeGreaterThan(30)
  expect(Object.keys(actionForms).sort()).toEqual([...kinds].sort())
  expect(kinds.filter((k) => !(k in zh.act) || !(k in en.act))).toEqual([])
})

test('every field that the contract names for an action is asked for in its form', () => {
  const fields = new Set(Object.values(actionForms).flatMap((f) => f.fields as readonly string[]))
  const lacking = kinds.flatMap((k) => {
    const { needs, may } = tableRow(k)
    expect(needs + may, `${k} stands in no row`).not.toBe('')
    return [...named(needs), ...named(may)]
      .filter((w) => fields.has(w))
      .filter((w) => !(actionForms[k as ActionKind].fields as readonly string[]).includes(w))
      .map((w) => `${k} lacks ${w}`)
  })
  expect(lacking).toEqual([])
})

test('what an action cannot do without is in its form', () => {
  for (const k of kinds as ActionKind[])
    for (const f of needed(k, { verdict: 'fail', about: 'overdue' }, issue)) expect(actionForms[k].fields).toContain(f)
})

test('nothing is offered but what the server lets somebody do, and what waits comes first', () => {
  const may: ActionKind[] = ['comment', 'decide_extension', 'dismiss']
  expect(offered({ may })).toEqual(['decide_extension', 'comment', 'dismiss'])
  expect(nextStep({ ...issue, may })).toBe('decide_extension')
  expect(nextStep({ ...issue, may: ['comment'] })).toBeUndefined()
  const asked = { may, dismissal_asked: { at: '', by: { id: '', display_name: '' } } }
  expect(offered(asked)[0]).toBe('dismiss')
})

test('nobody is said to be on site who did not say so, and what a photo cannot prove cannot be chosen', () => {
  const lists = { registers: null, people: [], similar: [] }
  const how = (byPhoto: boolean, drawn: boolean): (string | undefined)[] => {
    const one = { ...issue, visit_drawn: drawn }
    const [photo, site] = optionsOf('how', 'verify', one, lists, byPhoto)
    expect([photo?.value, site?.value, site?.why]).toEqual(['by_photo', 'on_site', undefined])
    return [prefilled('verify', one, byPhoto).how, photo?.why]
  }
  expect(how(true, false)).toEqual(['by_photo', undefined])
  expect(how(true, true)).toEqual([undefined, 'casefile.how.drawn'])
  expect(how(false, false)).toEqual([undefined, 'casefile.how.not_by_photo'])
  for (const words of [deskZh, deskEn]) expect(Object.keys(words.casefile.how)).toContain('not_by_photo')
})

test('a request carries what has a meaning, and no more', () => {
  expect(requestOf('verify', { verdict: 'pass', how: 'by_photo', reason: '', photos: [] }, issue)).toEqual({
    action: 'verify',
    verdict: 'pass',
    how: 'by_photo',
  })
  expect(requestOf('assign', { unit: 'u', rule: 'r', due_at: 'd' }, issue)).toEqual({
    action: 'assign',
    unit: 'u',
    due_at: 'd',
  })
  expect(requestOf('decide_extension', { answer: 'refuse', until: 'x', reason: ' no ' }, issue)).toEqual({
    action: 'decide_extension',
    answer: 'refuse',
    reason: 'no',
  })
  expect(asks('finding', 'decide_appeal', { about: 'rework' }, issue)).toBe(false)
})
