import { expect, test } from 'vitest'
import { choiceOf, mediaOf } from './tableFiles'

test('a table is sent as what its name says, and a choice only where there is one', () => {
  expect(mediaOf(new File([], '工单.XLSX'))).toContain('spreadsheetml')
  expect(mediaOf(new File([], '工单.csv'))).toBe('text/csv')
  expect(choiceOf('', '')).toBe('')
  expect(choiceOf('三月 明细', '3')).toBe('&sheet=%E4%B8%89%E6%9C%88+%E6%98%8E%E7%BB%86&heads=3')
})
