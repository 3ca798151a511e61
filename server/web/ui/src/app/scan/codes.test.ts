import { expect, test } from 'vitest'
import { codeOf, placeAddress } from './codes'

test('codes of log-ins and of places are told apart, and others are none of ours', () => {
  expect(codeOf('https://city.example/app/#/enrol/ABCD-2345')).toEqual({ kind: 'enrol', code: 'ABCD-2345' })
  const place = { id: '01a22bbb-b767-7804-8d4c-aad48f21c781', name: '公厕 12 号 & 亭' }
  expect(codeOf(placeAddress('https://city.example', place))).toEqual({ kind: 'place', ...place })
  for (const other of [
    '',
    'https://pay.example/x',
    'https://city.example/app/#/report?place=../me',
    'https://city.example/app/#/issue/1',
    'WIFI:S:free;;',
  ])
    expect(codeOf(other), other).toBeUndefined()
})
