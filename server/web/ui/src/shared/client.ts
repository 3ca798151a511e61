import createClient from 'openapi-fetch'
import type { components, paths } from './api.gen'
import { authorization, credentials } from './issueLink'

export type Me = components['schemas']['Me']
export type Problem = components['schemas']['Problem']

/** The API, typed by the contract. The browser's cookie says who asks, or the token of a link. */
export const api = createClient<paths>({ credentials, headers: authorization() })

/** Why a request failed: the server's own words, or that no answer of this server came. */
export type Failure = { kind: 'problem'; problem: Problem } | { kind: 'network' } | { kind: 'answer' } | { kind: 'cookie' }

/** Tells a problem document of ours from what a captive portal or a proxy says. */
export function failureOf(error: unknown): Failure {
  if (typeof error === 'object' && error !== null && 'code' in error && 'retry' in error) {
    return { kind: 'problem', problem: error as Problem }
  }
  return { kind: 'answer' }
}

/** What an answer's error comes to: null is no answer at all, undefined no error. */
export function failed(error: unknown): Failure | null {
  return error === null ? { kind: 'network' } : error ? failureOf(error) : null
}
