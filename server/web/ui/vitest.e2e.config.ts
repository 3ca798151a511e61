import { defineConfig } from 'vitest/config'

// Real Chromium against the real program: one story after the other.
export default defineConfig({
  test: { include: ['e2e/**/*.e2e.ts'], testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false },
})
