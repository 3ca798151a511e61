import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js'

/** What a tree was at one size (RFC 6962). */
export interface TreeHead {
  size: number
  root: string
}

/** The hash over two nodes. */
function node(left: string, right: string): string {
  return bytesToHex(sha256(concatBytes(new Uint8Array([1]), hexToBytes(left), hexToBytes(right))))
}

/** Whether a proof shows that one tree is the beginning of another (RFC 9162 §2.1.4.2). Sizes are at least 1. */
export function continues(from: TreeHead, to: TreeHead, proof: string[]): boolean {
  if (from.size > to.size) return false
  if (from.size === to.size) return proof.length === 0 && from.root === to.root
  let at = from.size - 1
  let last = to.size - 1
  const up = (): void => {
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  while (at % 2 === 1) up()
  const [first, ...rest] = at === 0 ? [from.root, ...proof] : proof // a whole tree is its own first step
  if (first === undefined) return false
  let before = first
  let now = first
  for (const hash of rest) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      before = node(hash, before)
      now = node(hash, now)
      while (at % 2 === 0 && at !== 0) up()
    } else now = node(now, hash)
    up()
  }
  return before === from.root && now === to.root && last === 0
}
