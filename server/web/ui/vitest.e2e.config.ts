import { defineConfig } from 'vitest/config'

// Real Chromium against the real program: one story after the other. The race detector runs beside them on the same two cores: what
// fails is tried once more, and fails when it fails again.
export default defineConfig({
  test: { include: ['e2e/**/*.e2e.ts'], testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false, retry: 1 },
})
