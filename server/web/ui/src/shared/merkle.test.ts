import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { continues } from './merkle'

/** The records of the test vectors of Certificate Transparency, and the roots over the first of them. */
const records = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const roots = {
  1: '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  7: 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  8: '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
}

const hash = (prefix: number, ...parts: Uint8Array[]): Uint8Array =>
  sha256(concatBytes(new Uint8Array([prefix]), ...parts))
const leaves = (n: number): Uint8Array[] =>
  Array.from({ length: n }, (_, k) => hexToBytes(records[k] ?? k.toString(16).padStart(4, '0')))
/** The largest power of two below n. */
const half = (n: number): number => 2 ** Math.ceil(Math.log2(n) - 1)

/** RFC 6962 §2.1, as it is written there. */
function treeHash(d: Uint8Array[]): Uint8Array {
  if (d.length === 1) return hash(0, d[0]!)
  const k = half(d.length)
  return hash(1, treeHash(d.slice(0, k)), treeHash(d.slice(k)))
}
/** SUBPROOF of RFC 6962 §2.1.2. */
function subproof(m: number, d: Uint8Array[], whole: boolean): Uint8Array[] {
  if (m === d.length) return whole ? [] : [treeHash(d)]
  const k = half(d.length)
  return m <= k
    ? [...subproof(m, d.slice(0, k), whole), treeHash(d.slice(k))]
    : [...subproof(m - k, d.slice(k), false), treeHash(d.slice(0, k))]
}
const head = (n: number): { size: number; root: string } => ({ size: n, root: bytesToHex(treeHash(leaves(n))) })
const proof = (m: number, n: number): string[] => subproof(m, leaves(n), true).map(bytesToHex)

describe('a tree that goes on', () => {
  test('the vectors are those of RFC 6962', () => {
    for (const [n, root] of Object.entries(roots)) expect(head(Number(n)).root).toBe(root)
  })
  test('is told by its proof, from every size to every other', () => {
    for (let n = 1; n <= 33; n++)
      for (let m = 1; m <= n; m++) expect(continues(head(m), head(n), proof(m, n)), `${m} to ${n}`).toBe(true)
  })
  test('is not, where a root, a size or a step is another one', () => {
    for (const [m, n] of [
      [1, 2],
      [3, 7],
      [4, 8],
      [6, 8],
      [7, 20],
      [16, 33],
    ] as const) {
      const steps = proof(m, n)
      expect(continues({ ...head(m), root: head(n).root }, head(n), steps)).toBe(false)
      expect(continues(head(m), { ...head(n), root: head(m).root }, steps)).toBe(false)
      expect(continues(head(m), head(n), steps.slice(1))).toBe(false)
      expect(continues(head(m), head(n), [...steps, head(m).root])).toBe(false)
      expect(continues(head(m), head(n), [head(n).root, ...steps.slice(1)])).toBe(false)
    }
    expect(continues(head(8), head(7), [])).toBe(false)
    expect(continues(head(8), { ...head(7), size: 8 }, [])).toBe(false)
  })
})
