// Prints each job with the steps that were counted in a file of the browser stories, and ends with 1 where one has more than its target or was not done.
import { readFileSync } from 'node:fs'
const source = readFileSync(new URL('./jobs.ts', import.meta.url), 'utf8')
const rows = [...source.matchAll(/^ {2}'?(J\d+[^':]*)'?: \{ who: '(\w+)', what: (['"])(.*?)\3, most: (\d+) \}/gm)]
const counted = new Map(
  readFileSync(process.argv[2], 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((l) => l.split('\t')),
)
let missed = 0
console.log('job            who     steps  most  what')
for (const [, job, who, , what, most] of rows) {
  const n = counted.get(job)
  const bad = n === undefined || Number(n) > Number(most)
  missed += bad ? 1 : 0
  console.log(
    `${job.padEnd(14)} ${who.padEnd(7)} ${(n ?? '–').padStart(5)} ${most.padStart(5)}  ${what}${bad ? '  MISSED' : ''}`,
  )
}
process.exit(rows.length === 0 || missed > 0 ? 1 : 0)
