import { jsonOf } from '../shared/answers'
import { base64Of } from '../shared/crypto'
import { authorization, credentials } from '../shared/issueLink'
import { bytesOf, type Kept, type Refusal } from './keep'
import { personOf } from './owner'
import type { Answer } from './rules'

/** Photos above this many bytes go in parts, so that a cut loses little. */
const inParts = 1 << 20

/** What an attempt came to, with the problem that the server told. */
export interface Outcome {
  answer: Answer
  problem?: Refusal
  /** The number of the issue, of a report or an action that was taken. */
  number?: string
}

/** Told how many bytes of a photo the server has so far. */
export type Progress = (bytes: number) => void

/** Answers of this server to what comes before its time. */
const first: Record<string, Answer> = {
  'issue.not-found': { kind: 'first-the-report' },
  'photo.not-found': { kind: 'first-the-report' },
  'photo.not-safe': { kind: 'first-the-photos' },
  'photo.digest': { kind: 'digest' },
  'photo.is-safe': { kind: 'taken' }, // withdrawn too late: nothing is missed
}

/** Sends one item. Nothing but a receipt of this server counts as taken; no answer and strange answers are lost. */
export async function send(item: Kept, progress: Progress = () => undefined): Promise<Outcome> {
  try {
    return item.kind === 'photo' ? await sendPhoto(item, progress) : await sendJSON(item)
  } catch {
    return { answer: { kind: 'lost' } }
  }
}

async function sendJSON(item: Kept): Promise<Outcome> {
  const response = await fetch(item.path, {
    method: item.method,
    credentials,
    headers: { ...authorization(), ...personOf(item.owner), 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...item.body, sent_at: new Date().toISOString() }),
  })
  const said: unknown = await jsonOf(response)
  if (!response.ok) return refused(response, said)
  return isReceipt(said) ? { answer: { kind: 'taken' }, number: numberIn(said) } : { answer: { kind: 'lost' } }
}

/** The number of the issue in a receipt. */
function numberIn(said: object): string | undefined {
  const issue: unknown = 'issue' in said ? said.issue : undefined
  return typeof issue === 'object' && issue !== null && 'number' in issue ? String(issue.number) : undefined
}

/** Every receipt of this server says whether it had the same before, or what became of an action. */
function isReceipt(said: unknown): said is object {
  return typeof said === 'object' && said !== null && ('repeated' in said || 'credited_at' in said)
}

async function sendPhoto(item: Kept, progress: Progress): Promise<Outcome> {
  const kept = await bytesOf(item.id)
  if (!kept) return { answer: { kind: 'never' }, problem: { code: 'phone.bytes-gone', detail: '' } }
  if (kept.data.byteLength > inParts) {
    const failed = await inPieces(item, kept.data, progress)
    if (failed) return failed
    return receipt(
      await fetch(`${item.path}/receipt`, { credentials, headers: { ...authorization(), ...personOf(item.owner) } }),
    )
  }
  return receipt(
    await fetch(item.path, {
      method: 'PUT',
      credentials,
      headers: {
        ...authorization(),
        ...personOf(item.owner),
        'Content-Type': 'application/octet-stream',
        'Content-Digest': `sha-256=:${base64Of(item.sha256 ?? '')}:`,
        'Spotcheck-Sent-At': new Date().toISOString(),
      },
      body: kept.data,
    }),
  )
}

/** Sends a photo by tus; it gives what went wrong, or nothing. */
async function inPieces(item: Kept, data: ArrayBuffer, progress: Progress): Promise<Outcome | null> {
  const { Upload } = await import('tus-js-client')
  return new Promise((resolve) => {
    const upload = new Upload(new Blob([data]), {
      endpoint: '/api/v1/uploads',
      headers: { ...authorization(), ...personOf(item.owner) },
      metadata: { issue: item.issue, photo: item.id, sent_at: new Date().toISOString() },
      chunkSize: 256 << 10,
      storeFingerprintForResuming: false, // the server knows the upload of a photo, however often it is begun
      retryDelays: [500, 2000],
      onProgress: progress,
      onSuccess: () => resolve(null),
      onError: (error) => {
        const response = 'originalResponse' in error ? error.originalResponse : null
        if (!response) return resolve({ answer: { kind: 'lost' } })
        let said: unknown
        try {
          said = JSON.parse(response.getBody())
        } catch {
          said = null // not from this server
        }
        resolve(refusal(response.getStatus(), said, Number(response.getHeader('Retry-After') ?? 0)))
      },
    })
    upload.start()
  })
}

async function receipt(response: Response): Promise<Outcome> {
  const said: unknown = await jsonOf(response)
  if (!response.ok) return refused(response, said)
  const sha256 = typeof said === 'object' && said !== null && 'sha256' in said ? String(said.sha256) : undefined
  return { answer: sha256 ? { kind: 'taken', sha256 } : { kind: 'lost' } }
}

function refused(response: Response, said: unknown): Outcome {
  return refusal(response.status, said, Number(response.headers.get('Retry-After') ?? 0))
}

/** Reads a refusal; what is no problem document of this server is no answer at all. */
export function refusal(status: number, said: unknown, retryAfter: number): Outcome {
  if (typeof said !== 'object' || said === null || !('code' in said) || !('retry' in said))
    return { answer: { kind: 'lost' } }
  const problem: Refusal = { code: String(said.code), detail: 'detail' in said ? String(said.detail) : '' }
  problem.retry = String(said.retry)
  if ('errors' in said && Array.isArray(said.errors)) problem.errors = said.errors as Refusal['errors']
  const known = first[problem.code]
  if (known) return { answer: known, problem }
  if (said.retry === 'after-login' || status === 401) return { answer: { kind: 'login' }, problem }
  if (said.retry === 'later')
    return { answer: { kind: 'later', afterMs: retryAfter > 0 ? retryAfter * 1000 : undefined }, problem }
  return { answer: { kind: 'never' }, problem }
}
