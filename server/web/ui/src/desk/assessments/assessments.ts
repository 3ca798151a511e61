import type { components } from '../../shared/api.gen'

/** What the screens of assessment work on, by the contract. */
export type Scheme = components['schemas']['AssessmentScheme']
export type Sheet = components['schemas']['AssessmentSheet']
export type Line = components['schemas']['AssessmentLine']
export type Figure = components['schemas']['AssessmentFigure']
export type Part = components['schemas']['AssessmentPart']

/** What units are assessed by, in the order in which offices speak of it. */
export const parts: Part[] = ['closure', 'visits', 'rounds']

/** The sum of weights, without what binary fractions add. */
export function sumOf(weights: { weight: number }[]): number {
  return Math.round(100 * weights.reduce((sum, w) => sum + (w.weight || 0), 0)) / 100
}
