/** The rows of pages, each once and as it came last: one that moved while they were read, as by a new deadline, comes in two of them. */
export function eachOnce<Row extends { id: string }>(rows: Row[]): Row[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()]
}
