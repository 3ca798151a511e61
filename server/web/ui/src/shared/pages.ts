import type { Answer } from './answers'

/** A page of a list of the API: where the next one begins, if there is one. */
interface Page {
  next?: string
}

/** Reads a list to its end, page after page. Where a page does not come, nothing has: half a list is not shown as the whole. */
export async function everyPage<P extends Page, Row>(
  ask: (cursor?: string) => Promise<Answer<P>>,
  rowsOf: (page: P) => Row[],
): Promise<Answer<Row[]>> {
  const rows: Row[] = []
  for (let cursor: string | undefined; ;) {
    const { data, failure } = await ask(cursor)
    if (failure) return { data: undefined, failure }
    rows.push(...rowsOf(data))
    if (!data.next) return { data: rows, failure: null }
    cursor = data.next
  }
}
