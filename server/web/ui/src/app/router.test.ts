// @vitest-environment happy-dom
import { createMemoryHistory } from 'vue-router'
import { expect, test } from 'vitest'
import { firstTab, phoneRouter, tabsOf } from './router'

test.each([
  ['/', 'home', {}],
  ['/report', 'report', {}],
  ['/tasks', 'tasks', {}],
  ['/mine', 'mine', {}],
  ['/inbox', 'inbox', {}],
  ['/outbox', 'outbox', {}],
  ['/me', 'me', {}],
  ['/issue/0190a0b0-0000-7000-8000-000000000001', 'issue', { id: '0190a0b0-0000-7000-8000-000000000001' }],
  ['/enrol/ABCD-2345', 'enrol', { code: 'ABCD-2345' }],
  ['/nothing', 'home', {}],
])('an address of the phone opens its screen: %s', async (address, name, params) => {
  const router = phoneRouter(createMemoryHistory())
  await router.push(address)
  expect({ name: router.currentRoute.value.name, params: router.currentRoute.value.params }).toEqual({ name, params })
})

test('who only reports begins with the camera, who has to fix something with the tasks, and a leader with the messages', () => {
  expect(firstTab(['report', 'verify'])).toBe('report')
  expect(firstTab(['report', 'fix'])).toBe('tasks')
  expect(firstTab(['see', 'comment', 'supervise'])).toBe('inbox')
})

test('a tab that nothing is allowed in is not there', () => {
  expect(tabsOf(['report', 'verify', 'look'])).toEqual(['report', 'tasks', 'mine', 'inbox'])
  expect(tabsOf(['see', 'supervise', 'comment'])).toEqual(['inbox'])
})
