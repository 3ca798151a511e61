import { answerTo, type Answer } from '../../shared/answers'
import type { components } from '../../shared/api.gen'
import { base64Of, digestOf } from '../../shared/crypto'

/** What file pickers offer for a document. */
export const documents = '.pdf,.docx,.xlsx,.jpg,.jpeg,.png,.heic,.webp,.avif'

/** At most so many bytes are in a document; a larger one is not read here. */
export const mostBytes = 100 * 1024 * 1024

/** Sends the file of a document, or its next version, with its digest. */
export async function sendFile(
  document: string,
  file: File,
): Promise<Answer<{ document: components['schemas']['Document'] }>> {
  const bytes = await file.arrayBuffer()
  return answerTo(`/api/v1/archive/documents/${document}/file?name=${encodeURIComponent(file.name.slice(0, 200))}`, {
    method: 'PUT',
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Digest': `sha-256=:${base64Of(await digestOf(bytes))}:`,
    },
    body: bytes,
  })
}

/** A size as people say it. */
export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const [much, unit] = bytes < 1024 ** 2 ? [1024, 'KB'] : bytes < 1024 ** 3 ? [1024 ** 2, 'MB'] : [1024 ** 3, 'GB']
  return `${(bytes / (much as number)).toFixed(1)} ${unit}`
}
