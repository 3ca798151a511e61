import { expect, test } from 'vitest'

const screens = import.meta.glob<string>('../**/*.vue', { query: '?raw', import: 'default', eager: true })

test('what has a name for a screen reader has a role to which it belongs', () => {
  const nameless = Object.entries(screens).flatMap(([file, text]) =>
    [...text.matchAll(/<(?:div|p|span)\b(?:[^>"]|"[^"]*")*>/g)]
      .map(([tag]) => tag)
      .filter((tag) => /\saria-label=|:aria-label=/.test(tag) && !/\srole=|:role=/.test(tag))
      .map((tag) => `${file}: ${tag}`),
  )
  expect(nameless).toEqual([])
})
