import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { base64Of, digestOf, newID } from './crypto'

afterEach(() => vi.unstubAllGlobals())

test.each([true, false])(
  'ids and digests are right, with and without what browsers give to safe pages only (%s)',
  async (safe) => {
    if (!safe) vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
    const ids = Array.from({ length: 2000 }, newID)
    expect(new Set(ids).size).toBe(2000)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        const digest = await digestOf(new Uint8Array(bytes).buffer)
        const want = createHash('sha256').update(bytes)
        expect(base64Of(digest)).toBe(want.copy().digest('base64'))
        expect(digest).toBe(want.digest('hex'))
      }),
    )
  },
)
