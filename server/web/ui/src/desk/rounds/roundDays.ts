/** A day so many days later, as YYYY-MM-DD. */
export function addDays(day: string, n: number): string {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + n)
  return at.toISOString().slice(0, 10)
}

/** Which day of the week it is: 1 is Monday, 7 is Sunday. */
export function weekday(day: string): number {
  return ((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7) + 1
}

/** A share with its numerator and denominator; a dash where there is no data. */
export function shareText(of: { share?: number; kept: number; due: number }): string {
  return of.share === undefined ? '—' : `${(100 * of.share).toFixed(1)} % (${of.kept} ÷ ${of.due})`
}
