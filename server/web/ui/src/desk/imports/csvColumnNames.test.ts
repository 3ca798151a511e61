import { expect, test } from 'vitest'
import { headsOf } from './csvColumnNames'

test('the names of columns are found in UTF-8 and GB18030, with and without quotes', async () => {
  expect(await headsOf(new Blob(['\ufeff编号,"地址,门牌","他说""好"""\r\n1,2,3']))).toEqual([
    '编号',
    '地址,门牌',
    '他说"好"',
  ])
  expect(
    await headsOf(new Blob([new Uint8Array([0xb1, 0xe0, 0xba, 0xc5, 0x2c, 0xb5, 0xd8, 0xd6, 0xb7, 0x0a])])),
  ).toEqual(['编号', '地址'])
  expect(await headsOf(new Blob(['a']))).toEqual(['a'])
  expect(await headsOf(new Blob([]))).toEqual([])
})
