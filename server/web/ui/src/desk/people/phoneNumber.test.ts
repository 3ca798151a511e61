import { expect, test } from 'vitest'
import { personName } from '../../shared/people'
import { phoneNumber } from './phoneNumber'

test.each([
  ['138 0000 1111', '13800001111'],
  ['１３８－００００－１１１１', '13800001111'],
  ['+86 138 0000 1111', '13800001111'],
  ['0086-13800001111', '13800001111'],
  ['（0898）66661234', '089866661234'],
  ['+852 9123 4567', '+85291234567'],
  ['12345', '12345'],
  ['call me', undefined],
  ['138/139', undefined],
  ['', undefined],
])('%s is read as the server reads it', (text, want) => expect(phoneNumber(text)).toBe(want))

test('people of one name are told apart', () => {
  expect(personName({ display_name: '王伟', staff_number: '017' })).toBe('王伟 · 017')
  expect(personName({ display_name: '王伟' })).toBe('王伟')
  expect(personName({ display_name: '017', staff_number: '017' })).toBe('017')
  expect(personName(undefined)).toBe('')
})
