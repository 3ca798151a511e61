import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { byComponent } from '../../elementStyles'

test('each component comes from its own folder and brings its style sheet', () => {
  const made = byComponent(`import { ElTable, ElTableColumn as Column } from "element-plus"; go()`)
  expect(made.split(';').map((line) => line.trim())).toEqual([
    `import { ElTable } from 'element-plus/es/components/table/index.mjs'`,
    `import 'element-plus/es/components/table/style/css'`,
    `import { ElTableColumn as Column } from 'element-plus/es/components/table/index.mjs'`,
    `import 'element-plus/es/components/table-column/style/css'`,
    'go()',
  ])
})

test('what Element Plus does not have stops the build', () => {
  expect(() => byComponent(`import { ElNothing } from 'element-plus'`)).toThrow('ElNothing')
})

test('every component that the desk takes has a style sheet', () => {
  const files = readdirSync('src/desk', { recursive: true, encoding: 'utf8' })
    .filter((f) => /\.(vue|ts)$/.test(f) && !f.endsWith('.test.ts'))
    .map((f) => byComponent(readFileSync(join('src/desk', f), 'utf8')))
  const sheets = files.flatMap((code) => [...code.matchAll(/import '(element-plus\/[^']*)'/g)].map(([, path]) => path))
  expect(sheets.length).toBeGreaterThan(0)
  for (const sheet of sheets) expect(existsSync(join('node_modules', `${sheet}.mjs`)), sheet).toBe(true)
})
