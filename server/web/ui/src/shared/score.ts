import type { components } from './api.gen'

type Item = components['schemas']['StandardItem']
type Result = components['schemas']['AnswerResult']

/** What was answered to an item, and how many things were found there. */
export interface Answered {
  result: Result
  findings: number
}

/** What an item is worth as it was answered: its points without what its findings deduct, never below 0. Hundredths of a point, so that sums are exact. */
function earned(item: Item, a: Answered): number {
  const points = Math.round(item.points * 100)
  if (a.result !== 'no') return points
  const each = item.deduction ? Math.round(item.deduction * 100) : points
  const most = item.cap ? Math.min(points, Math.round(item.cap * 100)) : points
  return points - Math.min(most, Math.max(1, a.findings) * each)
}

/** The score of what is answered so far, of 100 with two decimals; none where nothing with points applies. The server has the last word. */
export function runningScore(
  items: readonly Item[],
  answers: Record<string, Answered | undefined>,
): number | undefined {
  let got = 0
  let of = 0
  for (const item of items) {
    const a = answers[item.code]
    if (!a || a.result === 'na') continue
    got += earned(item, a)
    of += Math.round(item.points * 100)
  }
  return of > 0 ? Math.floor((2 * 10_000 * got + of) / (2 * of)) / 100 : undefined
}
