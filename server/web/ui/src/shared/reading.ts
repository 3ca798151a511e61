import { getCurrentInstance, onBeforeUnmount, onMounted, shallowReactive, watch, type WatchSource } from 'vue'
import { causeOf, type Answer } from './answers'
import type { Failure } from './client'
import { session } from './session'

/** Something that a screen reads from the server, and how that stands. */
export interface Reading<T> {
  /** What was read last; it stays when a later attempt fails. */
  readonly data: T | undefined
  /** Why the last attempt brought nothing; null after one that did. */
  readonly failure: Failure | null
  readonly loading: boolean
  /** What is shown is older than the last attempt to read it. */
  readonly stale: boolean
  /** When the data came; milliseconds, 0 before it did. */
  readonly readAt: number
  /** Reads it again. It gives what came, or undefined where nothing did or a later attempt has overtaken this one. */
  read: () => Promise<T | undefined>
  /** Forgets what was read: it was the answer to another question. */
  forget: () => void
}

interface Options<T> {
  /** What the question depends on. When it changes, the answer to the last question is forgotten and the new one is asked. */
  on?: WatchSource<unknown> | WatchSource<unknown>[]
  /** Whether there is anything to ask now. */
  when?: () => boolean
  /** In how many milliseconds it is read again, by what is known; undefined for not by itself. */
  again?: (known: T | undefined) => number | undefined
}

/** Reads something when its screen opens. The latest attempt wins, and nothing is written after the screen is left. */
export function useReading<T>(
  ask: () => Promise<Answer<T>>,
  { on, when = () => true, again }: Options<T> = {},
): Reading<T> {
  let latest = 0
  let left = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const reading = shallowReactive({
    data: undefined as T | undefined,
    failure: null as Failure | null,
    loading: false,
    readAt: 0,
    get stale(): boolean {
      return this.data !== undefined && this.failure !== null
    },
    read,
    forget,
  })

  async function read(): Promise<T | undefined> {
    clearTimeout(timer)
    const attempt = ++latest
    if (!when()) {
      reading.loading = false
      reading.failure = null
      return undefined
    }
    reading.loading = true
    const { data, failure } = await ask()
    if (attempt !== latest || left) return undefined
    reading.loading = false
    reading.failure = failure ?? (data === undefined ? { kind: 'answer' } : null)
    if (data !== undefined) {
      reading.data = data
      reading.readAt = Date.now()
    }
    const pause = again?.(reading.data)
    if (pause !== undefined) timer = setTimeout(() => void read(), pause)
    return data
  }

  function forget(): void {
    latest++
    reading.data = undefined
    reading.failure = null
    reading.loading = false
    reading.readAt = 0
  }

  if (on !== undefined)
    watch(on, () => {
      forget()
      void read()
    })
  // Who logs in again over the screen reads what could not be read meanwhile.
  watch(
    () => session.entered,
    () => reading.failure && causeOf(reading.failure) === 'session' && void read(),
  )
  if (getCurrentInstance()) {
    onMounted(() => void read())
    onBeforeUnmount(() => {
      left = true
      clearTimeout(timer)
    })
  }
  return reading
}
