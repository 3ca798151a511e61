// Lighthouse on the first page of an app, five times; prints the median of each score and fails below a target: node measure.mjs URL
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import lighthouse from 'lighthouse'

const [url] = process.argv.slice(2)
const targets = { performance: 90, accessibility: 95, 'best-practices': 95 }
const port = 9333
const home = mkdtempSync(join(tmpdir(), 'spotcheck-lighthouse-'))
const chrome = spawn('/usr/bin/chromium', ['--headless=new', '--no-sandbox', `--remote-debugging-port=${port}`, `--user-data-dir=${home}`, 'about:blank'], { stdio: 'ignore' })
for (let n = 0; n < 100; n++) {
  if (await fetch(`http://127.0.0.1:${port}/json/version`).catch(() => null)) break
  await new Promise((r) => setTimeout(r, 100))
}
const runs = []
for (let n = 0; n < 5; n++) {
  const { lhr } = await lighthouse(url, { port, onlyCategories: Object.keys(targets), logLevel: 'silent' })
  runs.push({ ...Object.fromEntries(Object.keys(targets).map((k) => [k, Math.round(lhr.categories[k].score * 100)])), fcp: lhr.audits['first-contentful-paint'].numericValue, lcp: lhr.audits['largest-contentful-paint'].numericValue, script: lhr.audits['resource-summary']?.details?.items?.find((i) => i.resourceType === 'script')?.transferSize ?? 0 })
  if (n === 0) for (const a of Object.values(lhr.audits)) if (a.score !== null && a.score < 0.9 && lhr.categories['best-practices'].auditRefs.some((r) => r.id === a.id)) console.log('  best practices:', a.id, a.title)
}
chrome.kill()
await new Promise((r) => chrome.once('exit', r))
rmSync(home, { recursive: true, force: true })
const median = (key) => runs.map((r) => r[key]).sort((a, b) => a - b)[2]
let missed = false
for (const [key, least] of Object.entries(targets)) {
  const got = median(key)
  missed ||= got < least
  console.log(`${key.padEnd(16)} ${String(got).padStart(3)}  (≥ ${least})${got < least ? '  MISSED' : ''}`)
}
console.log(`first paint ${Math.round(median('fcp'))} ms, largest ${Math.round(median('lcp'))} ms on Lighthouse's slow phone`)
process.exitCode = missed ? 1 : 0
