import { expect, test } from 'vitest'
import { logDetail } from './logDetail'

test('what the security log keeps in the words of programs is said in those of people', () => {
  const said = (text: string): string => logDetail(text, (key, v) => `${key} ${v.id} ${v.n ?? ''}`.trim())
  expect(said('person 01a22bbb-b767-7804-8d4c-aad48f21c781: 2 roles, disabled true')).toBe(
    'log.detail.disabled 8f21c781 2',
  )
  expect(said('person 01a22bbb-b767-7804-8d4c-aad48f21c781: 1 roles, disabled false')).toBe(
    'log.detail.roles 8f21c781 1',
  )
  expect(said('all sessions of person 01a22bbb-b767-7804-8d4c-aad48f21c781')).toBe('log.detail.sessions 8f21c781')
  expect(said('papers 01a22bbb-b767-7804-8d4c-aad48f21c781')).toBe('log.detail.papers 8f21c781')
  expect(said('no session')).toBe('log.detail.stranger')
  expect(said('2026-000315')).toBe('2026-000315')
})
