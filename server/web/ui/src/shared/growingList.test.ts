// @vitest-environment happy-dom
import { createApp, defineComponent, h, nextTick, ref } from 'vue'
import { expect, test } from 'vitest'
import type { Answer } from './answers'
import { useGrowingList, type GrowingList } from './growingList'

type Page = { rows: string[]; next?: string }
const away = { kind: 'network' } as const

/** Opens a screen with a list whose pages are answered by hand. */
function opened(): {
  list: GrowingList<Page, string>
  asked: (string | undefined)[]
  comes: (a: Page | null) => Promise<void>
  about: (what: string) => Promise<void>
} {
  const asked: (string | undefined)[] = []
  const waiting: ((a: Answer<Page>) => void)[] = []
  const filter = ref('')
  let list: GrowingList<Page, string>
  createApp(
    defineComponent(() => {
      list = useGrowingList<Page, string>(
        (cursor) => {
          asked.push(cursor)
          return new Promise((resolve) => waiting.push(resolve))
        },
        (page) => page.rows,
        filter,
      )
      return () => h('p')
    }),
  ).mount(document.createElement('div'))
  const settled = async (): Promise<void> => {
    for (let n = 0; n < 4; n++) await nextTick()
  }
  return {
    list: list!,
    asked,
    comes: async (a) => {
      waiting.shift()!(a ? { data: a, failure: null } : { data: undefined, failure: away })
      await settled()
    },
    about: async (what) => {
      filter.value = what
      await settled()
    },
  }
}

test('a list grows page by page to its end, and a page that did not come is asked for again', async () => {
  const { list, asked, comes } = opened()
  expect([list.rows, list.more]).toEqual([undefined, false])
  await comes({ rows: ['a'], next: '1' })
  expect([list.rows, list.more]).toEqual([['a'], true])
  void list.grow()
  await comes(null)
  expect([list.rows, list.more, list.failure]).toEqual([['a'], true, away])
  void list.grow()
  await comes({ rows: ['b'], next: '2' })
  void list.grow()
  await comes({ rows: ['c'] })
  expect([list.rows, list.more, list.failure]).toEqual([['a', 'b', 'c'], false, null])
  expect(asked).toEqual([undefined, '1', '1', '2'])
})

test('a page of the list before is not put under another one', async () => {
  const { list, comes, about } = opened()
  await comes({ rows: ['a'], next: '1' })
  void list.grow()
  await about('others')
  await comes({ rows: ['late'], next: '2' }) // what was asked for under the list before
  await comes({ rows: ['x'], next: '9' })
  expect([list.rows, list.more]).toEqual([['x'], true])
})
