// What both clients need besides what is generated.
import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'

function env(name: string): string {
  const v = process.env[name]
  if (!v) throw new Error(`${name} is not set`)
  return v
}

export const server = env('CONTRACT_SERVER')
export const name = env('CONTRACT_NAME')
export const password = env('CONTRACT_PASSWORD')
export const unit = env('CONTRACT_UNIT')
export const bytes = readFileSync(env('CONTRACT_PHOTO'))
export const sha256 = createHash('sha256').update(bytes).digest('hex')
export const digest = `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`
export const longitude = 110.35770195978976
export const newID = (): string => randomUUID()
export const now = (): string => new Date().toISOString()

/** Fails unless both are the same. */
export function want<T>(what: string, got: T, wanted: T): void {
  if (got !== wanted) throw new Error(`${what}: got ${String(got)}, want ${String(wanted)}`)
}

/** The data of an answer, or an error that names the problem. */
export function ok<T>(what: string, data: T | undefined, error: unknown): T {
  if (data === undefined) throw new Error(`${what}: ${JSON.stringify(error)}`)
  return data
}
