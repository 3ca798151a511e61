import { defineConfig } from 'vitest/config'

// The tests of one file of the outbox alone, for scripts/mutants.sh: each of them runs some hundred times.
export default defineConfig({ test: { include: [`src/outbox/${process.env.OUTBOX_FILE ?? '*'}.test.ts`] } })
