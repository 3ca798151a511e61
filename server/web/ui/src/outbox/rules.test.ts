import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  answered,
  begin,
  emptied,
  hurried,
  loggedIn,
  mended,
  mostWrongDigests,
  pause,
  ready,
  restart,
  type Answer,
  type Item,
  type Outbox,
} from './rules'

function item(issue: string, kind: Item['kind'], n: number): Item {
  return {
    id: `${issue}-${kind}-${n}`,
    issue,
    kind,
    state: 'waiting',
    wrongDigests: 0,
    attempts: 0,
    notBefore: 0,
    ...(kind === 'photo' ? { sha256: `${issue}${n}` } : {}),
  }
}

/** Two issues, each with a report, two photos and two actions. */
function full(): Outbox {
  const items = ['a', 'b'].flatMap((issue) => [
    item(issue, 'report', 0),
    item(issue, 'photo', 0),
    item(issue, 'photo', 1),
    item(issue, 'action', 0),
    item(issue, 'action', 1),
  ])
  return { items, needsLogin: false }
}

const get = (box: Outbox, id: string): Item => box.items.find((i) => i.id === id)!
const right = (i: Item): Answer => (i.sha256 ? { kind: 'taken', sha256: i.sha256 } : { kind: 'taken' })

/** Sends everything that may be sent until nothing is left that may. */
function drain(box: Outbox): Outbox {
  for (let now = 1e12; ; now += 1e6) {
    const next = ready(box, now)
    if (next.length === 0) return box
    for (const i of next) box = answered(begin(box, i.id), i.id, right(i), now, 0.5)
  }
}

const answers: fc.Arbitrary<Answer> = fc.oneof(
  fc.constantFrom<Answer>(
    { kind: 'lost' },
    { kind: 'login' },
    { kind: 'digest' },
    { kind: 'first-the-report' },
    { kind: 'first-the-photos' },
    { kind: 'never' },
    { kind: 'taken' },
  ),
  fc.record({ kind: fc.constant('later' as const), afterMs: fc.nat(10_000) }),
  fc.record({ kind: fc.constant('taken' as const), sha256: fc.constantFrom('a0', 'a1', 'b0', 'b1', 'portal') }),
)
const step = fc.record({
  pick: fc.nat(20),
  answer: answers,
  kill: fc.boolean(),
  login: fc.boolean(),
  online: fc.boolean(),
})

test('any order of answers, losses and kills ends with all safe or a question to a person', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let box = full()
      let now = 0
      for (const s of steps) {
        now += s.online ? 1 : 400_000
        if (s.online) box = hurried(box)
        if (s.login) box = loggedIn(box)
        const may = ready(box, now)
        if (may.length === 0) continue
        const i = may[s.pick % may.length]!
        box = begin(box, i.id)
        box = s.kill ? restart(box) : answered(box, i.id, s.answer, now, 0.5)
        expect(box.items).toHaveLength(10)
        const after = get(box, i.id)
        if (after.state === 'done' && i.kind === 'photo') expect(s.answer).toEqual(right(i))
      }
      const end = drain(loggedIn(restart(box)))
      for (const i of end.items) {
        const heldBack = end.items.some((o) => o.issue === i.issue && o.state === 'asked')
        expect(i.state === 'done' || i.state === 'asked' || (i.state === 'waiting' && heldBack)).toBe(true)
      }
      const answeredByPerson = end.items.reduce((b, i) => mended(b, i.id), end)
      const safe = drain(answeredByPerson)
      expect(safe.items.every((i) => i.state === 'done')).toBe(true)
      expect(emptied(safe)).toHaveLength(10)
    }),
    { numRuns: 2000 },
  )
})

test('one issue that is refused does not stop another', () => {
  const box = answered(begin(full(), 'a-report-0'), 'a-report-0', { kind: 'never' }, 0, 0.5)
  const end = drain(box)
  expect(end.items.filter((i) => i.issue === 'b').every((i) => i.state === 'done')).toBe(true)
  expect(end.items.filter((i) => i.issue === 'a').map((i) => i.state)).toEqual([
    'asked',
    'waiting',
    'waiting',
    'waiting',
    'waiting',
  ])
})

test('actions wait for the photos, and for the actions before them', () => {
  let box = full()
  const order: string[] = []
  for (let next = ready(box, 0); next.length > 0; next = ready(box, 0)) {
    for (const i of next.filter((x) => x.issue === 'a')) order.push(i.kind + i.id.at(-1))
    for (const i of next) box = answered(begin(box, i.id), i.id, right(i), 0, 0.5)
  }
  expect(order).toEqual(['report0', 'photo0', 'photo1', 'action0', 'action1'])
})

test('after the third wrong digest a person is asked', () => {
  let box = answered(begin(full(), 'a-report-0'), 'a-report-0', { kind: 'taken' }, 0, 0.5)
  for (let n = 1; n <= mostWrongDigests; n++) {
    expect(get(box, 'a-photo-0').state).toBe('waiting')
    box = answered(begin(box, 'a-photo-0'), 'a-photo-0', { kind: 'digest' }, 0, 0.5)
  }
  expect(get(box, 'a-photo-0').state).toBe('asked')
})

test('a log-in that has run out keeps everything and asks once', () => {
  const box = answered(begin(full(), 'a-report-0'), 'a-report-0', { kind: 'login' }, 0, 0.5)
  expect(box.needsLogin).toBe(true)
  expect(ready(box, 1e12)).toHaveLength(0)
  expect(drain(loggedIn(box)).items.every((i) => i.state === 'done')).toBe(true)
})

test('pauses grow to five minutes, with a third of chance', () => {
  expect(pause(1, 0.5)).toBe(1000)
  expect(pause(3, 0.5)).toBe(4000)
  expect(pause(50, 0.5)).toBe(300_000)
  expect(pause(1, 0)).toBeCloseTo(667, 0)
  expect(pause(1, 1)).toBeCloseTo(1333, 0)
})
