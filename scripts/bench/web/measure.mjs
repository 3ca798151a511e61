// Lighthouse on the first screen of somebody who is logged in, five times; prints the median of each score and fails below a target:
// node measure.mjs URL app|desk NAME PASSWORD
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import lighthouse, { desktopConfig } from 'lighthouse'

const [url, app, name, password] = process.argv.slice(2)
const targets = { performance: 90, accessibility: 100, 'best-practices': 95 }
const runs = 5
const port = 9333
const session = await fetch(`${url}/api/v1/sessions`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', Origin: url },
  body: JSON.stringify({ name, password, cookie: true }),
})
if (!session.ok) throw new Error(`the log-in was answered with ${session.status}`)
const Cookie = session.headers.getSetCookie()[0].split(';')[0]

const home = mkdtempSync(join(tmpdir(), 'spotcheck-lighthouse-'))
const chrome = spawn(
  '/usr/bin/chromium',
  ['--headless=new', '--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--remote-debugging-port=${port}`, `--user-data-dir=${home}`, 'about:blank'],
  { stdio: 'ignore' },
)
for (let n = 0; n < 100; n++) {
  if (await fetch(`http://127.0.0.1:${port}/json/version`).catch(() => null)) break
  await new Promise((r) => setTimeout(r, 100))
}
const all = []
const faults = new Map()
for (let n = 0; n < runs; n++) {
  const options = { port, onlyCategories: Object.keys(targets), logLevel: 'silent', extraHeaders: { Cookie } }
  const { lhr } = await lighthouse(`${url}/${app}/`, options, app === 'desk' ? desktopConfig : undefined)
  all.push({
    ...Object.fromEntries(Object.keys(targets).map((k) => [k, Math.round(lhr.categories[k].score * 100)])),
    fcp: lhr.audits['first-contentful-paint'].numericValue,
    lcp: lhr.audits['largest-contentful-paint'].numericValue,
  })
  for (const k of ['accessibility', 'best-practices'])
    for (const { id, weight } of lhr.categories[k].auditRefs) if (weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1) faults.set(id, lhr.audits[id].title)
}
chrome.kill()
await new Promise((r) => chrome.once('exit', r))
rmSync(home, { recursive: true, force: true })
const median = (key) => all.map((r) => r[key]).sort((a, b) => a - b)[Math.floor(runs / 2)]
let missed = false
for (const [key, least] of Object.entries(targets)) {
  const got = median(key)
  missed ||= got < least
  console.log(`Lighthouse, ${app}: ${key}`.padEnd(44), String(got).padStart(6), `(≥ ${least})${got < least ? '  MISSED' : ''}`)
}
console.log(`Lighthouse, ${app}: first and largest paint`.padEnd(44), `${Math.round(median('fcp'))} and ${Math.round(median('lcp'))} ms`)
for (const [id, title] of faults) console.log(`  ${id}: ${title}`)
process.exitCode = missed ? 1 : 0
