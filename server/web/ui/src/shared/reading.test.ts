// @vitest-environment happy-dom
import { createApp, defineComponent, h, nextTick, ref, type Ref } from 'vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Answer } from './answers'
import type { Failure } from './client'
import { useReading, type Reading } from './reading'

/** Questions that are answered by hand, in whatever order. */
function questions(): { ask: () => Promise<Answer<string>>; answers: ((a: string | Failure) => Promise<void>)[] } {
  const answers: ((a: string | Failure) => Promise<void>)[] = []
  const ask = (): Promise<Answer<string>> =>
    new Promise((resolve) =>
      answers.push(async (a) => {
        resolve(typeof a === 'string' ? { data: a, failure: null } : { data: undefined, failure: a })
        await nextTick()
        await nextTick()
      }),
    )
  return { ask, answers }
}

/** Opens a screen that reads, and gives what it reads and how it is left. */
function opened<T>(setup: () => Reading<T>): { reading: Reading<T>; leave: () => void } {
  let reading: Reading<T> | undefined
  const app = createApp(
    defineComponent(() => {
      reading = setup()
      return () => h('p')
    }),
  )
  app.mount(document.createElement('div'))
  return { reading: reading!, leave: () => app.unmount() }
}

const away: Failure = { kind: 'network' }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a screen reads when it opens, and says that it does', async () => {
  const { ask, answers } = questions()
  const { reading } = opened(() => useReading(ask))
  expect({ ...reading, read: 0, forget: 0 }).toMatchObject({
    data: undefined,
    failure: null,
    loading: true,
    stale: false,
    readAt: 0,
  })
  await answers[0]!('one')
  expect(reading).toMatchObject({ data: 'one', failure: null, loading: false, stale: false, readAt: Date.now() })
})

test('what could not be read is a failure, never nothing', async () => {
  const { ask, answers } = questions()
  const { reading } = opened(() => useReading(ask))
  await answers[0]!(away)
  expect(reading).toMatchObject({ data: undefined, failure: away, loading: false, stale: false })
})

test('what was read stays when a later attempt fails, and is marked as old until one does not', async () => {
  const { ask, answers } = questions()
  const { reading } = opened(() => useReading(ask))
  await answers[0]!('one')
  const readAt = reading.readAt
  vi.advanceTimersByTime(60_000)
  void reading.read()
  await answers[1]!(away)
  expect(reading).toMatchObject({ data: 'one', failure: away, stale: true, readAt })
  const again = reading.read()
  await answers[2]!('two')
  expect(await again).toBe('two')
  expect(reading).toMatchObject({ data: 'two', failure: null, stale: false, readAt: readAt + 60_000 })
})

test('the latest question wins, in whatever order the answers come', async () => {
  const { ask, answers } = questions()
  const { reading } = opened(() => useReading(ask))
  const later = reading.read()
  await answers[1]!('later')
  await answers[0]!(away)
  expect(await later).toBe('later')
  expect(reading).toMatchObject({ data: 'later', failure: null, loading: false })
})

test('another question forgets the answer to the last one', async () => {
  const { ask, answers } = questions()
  const of: Ref<string> = ref('a')
  const { reading } = opened(() => useReading(ask, { on: of }))
  await answers[0]!('of a')
  of.value = 'b'
  await nextTick()
  expect(reading).toMatchObject({ data: undefined, loading: true, stale: false, readAt: 0 })
  await answers[1]!(away)
  expect(reading).toMatchObject({ data: undefined, failure: away, stale: false })
})

test('an answer to what is no longer asked is dropped', async () => {
  const { ask, answers } = questions()
  const { reading } = opened(() => useReading(ask))
  reading.forget()
  await answers[0]!('old')
  expect(reading).toMatchObject({ data: undefined, failure: null, loading: false })
})

test('nothing is asked while there is no question', async () => {
  const { ask, answers } = questions()
  const is = ref(false)
  const { reading } = opened(() => useReading(ask, { on: is, when: () => is.value }))
  expect(answers).toHaveLength(0)
  expect(reading.loading).toBe(false)
  is.value = true
  await nextTick()
  await answers[0]!(away)
  expect(reading.failure).toEqual(away)
  is.value = false
  await nextTick()
  expect(reading).toMatchObject({ failure: null, loading: false })
  expect(answers).toHaveLength(1)
})

test('it is read again by itself, also after a failure, and no more when the screen is left', async () => {
  const { ask, answers } = questions()
  const { reading, leave } = opened(() => useReading(ask, { again: (known) => (known === 'done' ? undefined : 1000) }))
  await answers[0]!(away)
  vi.advanceTimersByTime(999)
  expect(answers).toHaveLength(1)
  vi.advanceTimersByTime(1)
  await answers[1]!('running')
  vi.advanceTimersByTime(1000)
  await answers[2]!('done')
  vi.advanceTimersByTime(60_000)
  expect(answers).toHaveLength(3)
  void reading.read()
  leave()
  await answers[3]!('running')
  vi.advanceTimersByTime(60_000)
  expect(reading.data).toBe('done')
  expect(answers).toHaveLength(4)
})
