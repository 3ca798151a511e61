// @vitest-environment happy-dom
import { createMemoryHistory } from 'vue-router'
import { expect, test } from 'vitest'
import { filterOf } from './issues/issueFilter'
import { deskRouter, screensOf } from './router'

async function at(address: string): Promise<{ name: unknown; params: unknown }> {
  const router = deskRouter(createMemoryHistory())
  await router.push(address)
  const { name, params } = router.currentRoute.value
  return { name, params }
}

test.each([
  ['/', 'home', {}],
  ['/work', 'work', {}],
  ['/mine', 'mine', {}],
  ['/overview', 'overview', {}],
  ['/city', 'city', {}],
  ['/setup', 'setup', {}],
  ['/unsigned', 'papers', {}],
  ['/triage', 'triage', {}],
  ['/list', 'list', { filter: '' }],
  ['/list/status=assigned&overdue=true', 'list', { filter: 'status=assigned&overdue=true' }],
  ['/list/status%3Dassigned%26overdue%3Dtrue', 'list', { filter: 'status=assigned&overdue=true' }],
  ['/issue/0190a0b0-0000-7000-8000-000000000001', 'issue', { id: '0190a0b0-0000-7000-8000-000000000001' }],
  ['/board', 'board', {}],
  ['/wall', 'wall', {}],
  ['/reports', 'reports', {}],
  ['/returns', 'returns', {}],
  ['/assessments', 'assessments', { id: '' }],
  ['/papers', 'papers', { id: '' }],
  ['/campaigns', 'campaigns', { id: '' }],
  ['/activities', 'activities', { id: '' }],
  ['/public', 'public', {}],
  ['/imports', 'imports', {}],
  ['/admin', 'admin', { register: '' }],
  ['/admin/return_forms', 'admin', { register: 'return_forms' }],
  ['/security', 'security', { part: '' }],
  ['/security/record', 'security', { part: 'record' }],
  ['/there/is/nothing', 'home', {}],
])('a bookmark of the desk opens its screen: %s', async (address, name, params) => {
  expect(await at(address)).toEqual({ name, params })
})

test('a filter is the same after it stood in an address, whatever is in it', async () => {
  const router = deskRouter(createMemoryHistory())
  const filter = new URLSearchParams({
    text: '海甸 50% a/b?c#d & 你+我',
    reported_to: '2026-01-01T00:00:00.000Z',
  }).toString()
  const { href } = router.resolve({ name: 'list', params: { filter } })
  await router.push(href)
  expect(router.currentRoute.value.params.filter).toBe(filter)
  // The form in which addresses were kept until now.
  await router.push(`/list/${encodeURIComponent(filter)}`)
  expect(filterOf(String(router.currentRoute.value.params.filter)).text).toBe('海甸 50% a/b?c#d & 你+我')
})

test('a view of the map is an address', () => {
  const router = deskRouter(createMemoryHistory())
  expect(router.resolve({ name: 'map', params: { view: '20.03000,110.33000,12.0' } }).href).toBe(
    '/map/20.03000,110.33000,12.0',
  )
  expect(router.resolve('/map/20.03000%2C110.33000%2C12.0').params).toEqual({ view: '20.03000,110.33000,12.0' })
})

test('somebody has the screens that their roles allow, those of imports by two', () => {
  expect(screensOf(['assign', 'see', 'import'])).toEqual(['work', 'triage', 'list', 'map', 'imports'])
  expect(screensOf(['administer'])).toEqual(['city', 'map', 'imports', 'admin'])
  expect(screensOf([])).toEqual([])
})
