/** A count of what was due, in hundredths; a stroke where nothing was due or nothing is known. */
export function shareOf(counts: Record<string, number> | undefined, of: string): string {
  const due = counts?.due ?? 0
  return due === 0 ? '—' : `${((100 * (counts?.[of] ?? 0)) / due).toFixed(1)} %`
}
