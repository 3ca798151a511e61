import { defineConfig } from 'vitest/config'

// Real Chromium against the real program: one story after the other. What is waited for may take a while on a busy machine.
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    expect: { poll: { timeout: 30_000 } },
  },
})
