import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { password, type Server } from './lib'

const picture = readFileSync(new URL('../../../../scripts/tour/photo.jpg', import.meta.url))

/** What people ask a server for beside the browser, each logged in once. */
export interface Asks {
  ask: <T>(who: string, method: string, path: string, body?: unknown, headers?: object) => Promise<T>
  act: (who: string, issue: string, action: string, fields?: object) => Promise<void>
  /** Declares a photo of its own and sends it; it gives its id. */
  shows: (who: string, issue: string, kind: string, file?: Buffer) => Promise<string>
}

/** Makes the ways to ask a server. */
export function asksOf(server: Server): Asks {
  const tokens: Record<string, string> = {}
  const ask: Asks['ask'] = async <T>(who: string, method: string, path: string, body?: unknown, headers = {}) => {
    tokens[who] ??= await server.logIn(who, password)
    const raw = body instanceof Buffer
    const response = await fetch(server.url + path, {
      method,
      headers: {
        Authorization: `Bearer ${tokens[who]}`,
        'Content-Type': raw ? 'application/octet-stream' : 'application/json',
        ...headers,
      },
      body: raw ? new Uint8Array(body) : body === undefined ? undefined : JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${who} ${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
  return {
    ask,
    async act(who, issue, action, fields = {}) {
      const now = new Date().toISOString()
      const path = `/api/v1/issues/${issue}/actions/${crypto.randomUUID()}`
      await ask(who, 'PUT', path, { action, done_at: now, sent_at: now, ...fields })
    },
    async shows(who, issue, kind, file = picture) {
      const id = crypto.randomUUID()
      const bytes = Buffer.concat([file, Buffer.from(id)])
      const hash = createHash('sha256').update(bytes)
      const sha256 = hash.copy().digest('hex')
      await ask(who, 'POST', `/api/v1/issues/${issue}/photos`, {
        photos: [{ id, kind, sha256, bytes: bytes.length, taken: 'camera' }],
        sent_at: new Date().toISOString(),
      })
      await ask(who, 'PUT', `/api/v1/issues/${issue}/photos/${id}`, bytes, {
        'Content-Digest': `sha-256=:${hash.digest('base64')}:`,
      })
      return id
    },
  }
}
