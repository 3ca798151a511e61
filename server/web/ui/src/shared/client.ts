import createClient from 'openapi-fetch'
import type { components, paths } from './api.gen'
import { authorization, credentials } from './issueLink'

export type Me = components['schemas']['Myself']
export type Problem = components['schemas']['Problem']

/** The API, typed by the contract. The browser's cookie says who asks, or the token of a link. Lists in a query stand with commas. */
export const api = createClient<paths>({
  credentials,
  headers: authorization(),
  querySerializer: { array: { style: 'form', explode: false } },
})

/**
 * Why a request failed: the server's own words; no network on this device; no answer over it; an answer of something between here and the server, which may
 * say that the server is away; or a browser that keeps no log-in here.
 */
export type Failure =
  | { kind: 'problem'; problem: Problem }
  | { kind: 'offline' }
  | { kind: 'network' }
  | { kind: 'gateway'; status: number }
  | { kind: 'answer' }
  | { kind: 'cookie' }

/** Tells a problem document of ours from what a captive portal or a proxy says. */
export function failureOf(error: unknown): Failure {
  if (typeof error === 'object' && error !== null && 'code' in error && 'retry' in error) {
    return { kind: 'problem', problem: error as Problem }
  }
  return { kind: 'answer' }
}
