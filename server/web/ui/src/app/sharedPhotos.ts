import { bestEffort } from '../shared/answers'

/** Where the service worker puts photos that another app shared with this one. */
const shelf = 'spotcheck-shared'

/** The photos that another app shared; they lie there until whoever took them has kept them. */
export async function sharedFiles(): Promise<File[]> {
  if (!('caches' in window)) return []
  return (await bestEffort('nothing shared can be read', take())) ?? []
}

async function take(): Promise<File[]> {
  if (!(await caches.has(shelf))) return []
  const cache = await caches.open(shelf)
  const files: File[] = []
  for (const key of await cache.keys()) {
    const response = await cache.match(key)
    const blob = await response?.blob()
    const name = decodeURIComponent(response?.headers.get('Spotcheck-Name') ?? 'photo')
    if (blob) files.push(new File([blob], name, { type: blob.type }))
  }
  return files
}

/** The photos that were shared are kept now. */
export async function sharedAreKept(): Promise<void> {
  await caches.delete(shelf)
}
