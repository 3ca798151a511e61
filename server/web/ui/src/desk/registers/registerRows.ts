import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { answerTo, type Answer } from '../../shared/answers'
import { everyPage } from '../../shared/pages'
import { useReading, type Reading } from '../../shared/reading'
import type { Register, Row } from './registerForms'

type Page = Row & { next?: string }

/** The rows of a register as its table shows them: those that are looked for, page by page. */
export interface RegisterRows {
  text: Ref<string>
  sort: Ref<string>
  at: Ref<number>
  list: Reading<{ rows: Row[]; next?: string }>
  rows: ComputedRef<Row[]>
  visible: ComputedRef<Row[]>
  hasNext: ComputedRef<boolean>
  hasPrevious: ComputedRef<boolean>
  turn: (by: 1 | -1) => void
  find: () => void
}

/** Reads the rows of the register that is shown; another register begins at its first page, with nothing looked for. */
export function useRegisterRows(shown: Ref<Register>, show: (value: unknown, key: string) => string): RegisterRows {
  /** What is looked for, and where the pages before this one begin. */
  const text = ref('')
  const cursors = ref<string[]>([])
  /** The sort of rows that is shown, where a register has several. */
  const sort = ref('')
  const sorted = computed<Record<string, string>>(() => {
    const s = shown.value.sorts
    return s ? { [s.key]: sort.value || s.values[0]! } : {}
  })
  function rowsIn(said: unknown): Row[] {
    if (typeof said !== 'object' || said === null) return []
    return ([said, (said as Row)[shown.value.rows], ...Object.values(said)].find(Array.isArray) ?? []) as Row[]
  }
  async function page(cursor: string | undefined, query: Record<string, string> = {}): Promise<Answer<Page>> {
    const asked = new URLSearchParams({ ...sorted.value, ...query, ...(cursor ? { cursor } : {}) }).toString()
    return await answerTo<Page>(asked ? `${shown.value.list}?${asked}` : shown.value.list)
  }
  /** A register whole, or a page of one that is searched by the server or never ends. */
  const list = useReading<{ rows: Row[]; next?: string }>(
    async () => {
      const { searched, endless } = shown.value
      if (!searched && !endless) {
        const { data, failure } = await everyPage(page, rowsIn)
        return failure ? { data: undefined, failure } : { data: { rows: data }, failure: null }
      }
      const { data, failure } = await page(
        cursors.value.at(-1),
        searched && text.value.trim() ? { text: text.value.trim(), limit: '100' } : { limit: '100' },
      )
      return failure ? { data: undefined, failure } : { data: { rows: rowsIn(data), next: data.next }, failure: null }
    },
    { on: () => [shown.value, cursors.value, sort.value], when: () => shown.value.columns.length > 0 },
  )
  const all = computed<Row[]>(() => list.data?.rows ?? [])
  /** How many rows of a register that is here whole are shown at once. */
  const atOnce = 100
  const at = ref(0)
  /** The rows that hold what is looked for. */
  const rows = computed(() => {
    const wanted = text.value.trim().toLowerCase()
    if (!wanted || shown.value.searched) return all.value
    return all.value.filter((r) => shown.value.columns.some((c) => show(r[c], c).toLowerCase().includes(wanted)))
  })
  const inPages = computed(() => shown.value.searched || shown.value.endless)
  const visible = computed(() => (inPages.value ? rows.value : rows.value.slice(at.value, at.value + atOnce)))
  const hasNext = computed(() =>
    inPages.value ? list.data?.next !== undefined : at.value + atOnce < rows.value.length,
  )
  const hasPrevious = computed(() => (inPages.value ? cursors.value.length > 0 : at.value > 0))
  function turn(by: 1 | -1): void {
    if (!inPages.value) at.value += by * atOnce
    else cursors.value = by > 0 ? [...cursors.value, list.data?.next ?? ''] : cursors.value.slice(0, -1)
  }
  function find(): void {
    at.value = 0
    if (inPages.value) cursors.value = []
  }
  watch(sort, () => (cursors.value = []))
  watch(shown, () => {
    text.value = ''
    sort.value = ''
    at.value = 0
    cursors.value = []
  })

  return { text, sort, at, list, rows, visible, hasNext, hasPrevious, turn, find }
}
