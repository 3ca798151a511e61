import { computed, shallowReactive, watch, type WatchSource } from 'vue'
import type { Answer } from './answers'
import type { Failure } from './client'
import { useReading, type Reading } from './reading'

/** A list of which the first page comes with its screen, and each further one when somebody asks for it. */
export interface GrowingList<P, Row> {
  /** The first page. */
  first: Reading<P>
  /** The rows of all pages that came; undefined before the first. */
  readonly rows: Row[] | undefined
  /** Whether there is another page. */
  readonly more: boolean
  /** Why the page that was asked for last did not come. */
  readonly failure: Failure | null
  /** Reads the next page. */
  grow: () => Promise<void>
}

/** Reads a list page by page. What comes after the first page was read anew belongs to the list before and is dropped. */
export function useGrowingList<P extends { next?: string }, Row>(
  ask: (cursor?: string) => Promise<Answer<P>>,
  rowsOf: (page: P) => Row[],
  on?: WatchSource<unknown>,
): GrowingList<P, Row> {
  const first = useReading(() => ask(), { on })
  const later = shallowReactive({ pages: [] as P[], failure: null as Failure | null })
  watch(
    () => first.data,
    () => Object.assign(later, { pages: [], failure: null }),
  )
  const next = computed(() => (later.pages.at(-1) ?? first.data)?.next)
  const rows = computed(() => first.data && [first.data, ...later.pages].flatMap(rowsOf))

  async function grow(): Promise<void> {
    const of = first.data
    const { data, failure } = await ask(next.value)
    if (first.data !== of) return
    later.failure = failure
    if (data) later.pages = [...later.pages, data]
  }

  return shallowReactive({
    first,
    get rows() {
      return rows.value
    },
    get more() {
      return next.value !== undefined
    },
    get failure() {
      return later.failure
    },
    grow,
  })
}
