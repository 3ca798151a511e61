import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  answered,
  begin,
  emptied,
  hurried,
  loggedIn,
  mended,
  mostWrongDigests,
  nextMoment,
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

/** How many random sequences are tried; few where each mutant of the rules runs them again. */
const sequences = process.env.STRYKER_MUTATOR_WORKER === undefined ? 2000 : 100

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
    { numRuns: sequences },
  )
}, 30_000)

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

/** One issue with a report that is done, and one thing of it that is on its way. */
function onItsWay(kind: Item['kind'], rest: Partial<Item> = {}): Outbox {
  return {
    items: [
      { ...item('a', 'report', 0), state: 'done' },
      { ...item('a', kind, 1), state: 'sending', attempts: 2, ...rest },
    ],
    needsLogin: false,
  }
}
const after = (box: Outbox, answer: Answer): Item => answered(box, box.items[1]!.id, answer, 5000, 0.5).items[1]!

test('a photo is done by the server’s own digest of its bytes alone', () => {
  const photo = onItsWay('photo')
  expect(after(photo, { kind: 'taken', sha256: 'a1' })).toEqual({ ...photo.items[1], state: 'done' })
  expect(after(photo, { kind: 'taken' })).toMatchObject({
    state: 'waiting',
    attempts: 3,
    notBefore: 9000,
    wrongDigests: 0,
  })
  expect(after(photo, { kind: 'taken', sha256: '' })).toMatchObject({ state: 'waiting', wrongDigests: 0 })
  expect(after(photo, { kind: 'taken', sha256: 'a2' })).toMatchObject({
    state: 'waiting',
    attempts: 3,
    notBefore: 9000,
    wrongDigests: 1,
  })
  const unhashed = onItsWay('photo', { sha256: undefined })
  expect(after(unhashed, { kind: 'taken' })).toMatchObject({ state: 'waiting', wrongDigests: 0 })
  expect(after(unhashed, { kind: 'taken', sha256: 'a1' })).toMatchObject({ state: 'waiting', wrongDigests: 1 })
  const empty = onItsWay('photo', { sha256: '' })
  expect(after(empty, { kind: 'taken', sha256: '' }).state).toBe('waiting')
})

test('a report and an action are done by any receipt', () => {
  for (const kind of ['report', 'action'] as const) expect(after(onItsWay(kind), { kind: 'taken' }).state).toBe('done')
})

test('each wrong digest counts, whoever found it, and the third asks', () => {
  for (const answer of [{ kind: 'digest' }, { kind: 'taken', sha256: 'a2' }] as Answer[]) {
    expect(after(onItsWay('photo', { wrongDigests: 1 }), answer)).toMatchObject({ state: 'waiting', wrongDigests: 2 })
    expect(after(onItsWay('photo', { wrongDigests: 2 }), answer)).toMatchObject({ state: 'asked', wrongDigests: 3 })
  }
  expect(mostWrongDigests).toBe(3)
})

test('what is lost or told to wait goes again after its pause', () => {
  expect(after(onItsWay('action'), { kind: 'lost' })).toMatchObject({
    state: 'waiting',
    attempts: 3,
    notBefore: 5000 + 4000,
  })
  expect(after(onItsWay('action'), { kind: 'later' })).toMatchObject({
    state: 'waiting',
    attempts: 3,
    notBefore: 5000 + 4000,
  })
  expect(after(onItsWay('action'), { kind: 'later', afterMs: 70_000 })).toMatchObject({
    state: 'waiting',
    attempts: 3,
    notBefore: 75_000,
  })
  expect(after(onItsWay('action'), { kind: 'later', afterMs: 0 })).toMatchObject({ notBefore: 5000 })
  expect(after(onItsWay('action'), { kind: 'never' })).toMatchObject({ state: 'asked', attempts: 2 })
})

test('only what is on its way takes an answer, and only what waits begins', () => {
  for (const state of ['waiting', 'done', 'asked'] as const) {
    const box = onItsWay('action', { state })
    expect(answered(box, box.items[1]!.id, { kind: 'taken' }, 0, 0.5)).toBe(box)
    expect(begin(box, box.items[1]!.id).items[1]!.state).toBe(state === 'waiting' ? 'sending' : state)
  }
  const box = onItsWay('action')
  expect(answered(box, 'unknown', { kind: 'never' }, 0, 0.5)).toBe(box)
})

test('an item is sent at its time and not before', () => {
  const box = { ...full(), items: [{ ...item('a', 'report', 0), notBefore: 100 }] }
  expect(ready(box, 99)).toEqual([])
  expect(ready(box, 100)).toHaveLength(1)
  expect(ready({ ...box, needsLogin: true }, 100)).toEqual([])
})

describe('the next moment', () => {
  const photo = { ...item('a', 'photo', 0), notBefore: 50 }
  test('is when the first that nothing stops may be sent', () => {
    const box = { items: [photo, { ...item('b', 'report', 0), notBefore: 70 }], needsLogin: false }
    expect(nextMoment(box)).toBe(50)
    expect(nextMoment({ items: [], needsLogin: false })).toBeUndefined()
    expect(nextMoment({ ...box, needsLogin: true })).toBeUndefined()
  })
  test.each(['asked', 'sending'] as const)('is never while all stands behind what is %s', (state) => {
    expect(nextMoment({ items: [{ ...item('a', 'report', 0), state }, photo], needsLogin: false })).toBeUndefined()
  })
  test('looks past the pause of what is stopped', () => {
    const box = { items: [{ ...item('a', 'report', 0), notBefore: 90 }, photo], needsLogin: false }
    expect(nextMoment(box)).toBe(90)
    expect(ready(box, 89)).toEqual([])
    expect(ready(box, 90).map((i) => i.kind)).toEqual(['report'])
  })
})

test('when the network is back what waits goes at once, and nothing else changes', () => {
  const states = ['waiting', 'sending', 'done', 'asked'] as const
  const box = {
    items: states.map((state, n) => ({ ...item('a', 'report', n), state, notBefore: 77, attempts: 4 })),
    needsLogin: true,
  }
  expect(hurried(box)).toEqual({
    ...box,
    items: box.items.map((i) => (i.state === 'waiting' ? { ...i, notBefore: 0 } : i)),
  })
  const calm = item('a', 'report', 9)
  expect(hurried({ items: [calm], needsLogin: false }).items[0]).toBe(calm)
})

test('after a kill what was on its way waits, and nothing else changes', () => {
  const states = ['waiting', 'sending', 'done', 'asked'] as const
  const box = { items: states.map((state, n) => ({ ...item('a', 'report', n), state })), needsLogin: true }
  expect(restart(box)).toEqual({
    ...box,
    items: box.items.map((i) => (i.state === 'sending' ? { ...i, state: 'waiting' } : i)),
  })
})

test('what a person mended begins anew, and only what was asked', () => {
  const box = onItsWay('photo', { state: 'asked', wrongDigests: 3, attempts: 9, notBefore: 8 })
  expect(mended(box, box.items[1]!.id).items[1]).toEqual({
    ...box.items[1],
    state: 'waiting',
    wrongDigests: 0,
    attempts: 0,
    notBefore: 0,
  })
  for (const state of ['waiting', 'sending', 'done'] as const) {
    const other = onItsWay('photo', { state, attempts: 9 })
    expect(mended(other, other.items[1]!.id)).toEqual(other)
  }
})

test('a question holds back what is behind it in its issue', () => {
  const of = (state: Item['state'], kind: Item['kind']): Outbox => ({
    items: [{ ...item('a', kind, 0), state }, item('a', 'photo', 1), item('a', 'action', 2), item('b', 'action', 0)],
    needsLogin: false,
  })
  const ids = (box: Outbox): string[] => ready(box, 0).map((i) => i.id)
  for (const state of ['asked', 'sending'] as const) {
    expect(ids(of(state, 'report'))).toEqual(['b-action-0'])
    expect(ids(of(state, 'photo'))).toEqual(['a-photo-1', 'b-action-0'])
    expect(ids(of(state, 'action'))).toEqual(['a-photo-1', 'b-action-0'])
  }
  expect(
    ids({ items: [{ ...item('a', 'action', 0), state: 'asked' }, item('a', 'action', 1)], needsLogin: false }),
  ).toEqual([])
  expect(
    ids({ items: [{ ...item('a', 'photo', 0), state: 'done' }, item('a', 'action', 1)], needsLogin: false }),
  ).toEqual(['a-action-1'])
})

describe('a server that lacks what was done', () => {
  const restored = (rest: Partial<Item> = {}): Outbox => ({
    items: [
      { ...item('a', 'report', 0), state: 'done', notBefore: 9, ...rest },
      { ...item('a', 'photo', 0), state: 'done', notBefore: 9, ...rest },
      { ...item('a', 'action', 0), state: 'sending' },
      { ...item('b', 'report', 0), state: 'done', notBefore: 9 },
      { ...item('b', 'photo', 0), state: 'done', notBefore: 9 },
    ],
    needsLogin: false,
  })
  const states = (box: Outbox): string[] => box.items.map((i) => `${i.kind} ${i.state} ${i.notBefore}`)
  const told = (box: Outbox, kind: 'first-the-report' | 'first-the-photos', id = 'a-action-0'): Outbox =>
    answered(box, id, { kind }, 0, 0.5)

  test('gets the report again before the rest', () => {
    expect(states(told(restored(), 'first-the-report'))).toEqual([
      'report waiting 0',
      'photo done 9',
      'action waiting 1000',
      'report done 9',
      'photo done 9',
    ])
  })
  test('gets the photos again before the action', () => {
    expect(states(told(restored(), 'first-the-photos'))).toEqual([
      'report done 9',
      'photo waiting 0',
      'action waiting 1000',
      'report done 9',
      'photo done 9',
    ])
  })
  test('what waits already keeps its pause', () => {
    expect(states(told(restored({ state: 'waiting' }), 'first-the-report'))).toEqual([
      'report waiting 9',
      'photo waiting 9',
      'action waiting 1000',
      'report done 9',
      'photo done 9',
    ])
  })
  test('asks a person where the phone has it no longer, or has asked about it', () => {
    expect(told(restored({ state: 'asked' }), 'first-the-report').items[2]!.state).toBe('asked')
    expect(told({ ...restored(), items: restored().items.slice(2) }, 'first-the-report').items[0]!.state).toBe('asked')
  })
  test('asks a person where nothing goes before it', () => {
    const report = { ...restored(), items: [{ ...item('a', 'report', 0), state: 'sending' as const }] }
    expect(told(report, 'first-the-report', 'a-report-0').items[0]!.state).toBe('asked')
    const photo = { ...restored(), items: [{ ...item('a', 'photo', 0), state: 'sending' as const }] }
    expect(told(photo, 'first-the-photos', 'a-photo-0').items[0]!.state).toBe('asked')
  })
})

test('bytes are let go when all of their issue is done, and not before', () => {
  const box = full()
  const done = {
    ...box,
    items: box.items.map((i) => (i.issue === 'a' || i.kind === 'report' ? { ...i, state: 'done' as const } : i)),
  }
  expect(emptied(done).map((i) => i.id)).toEqual(['a-report-0', 'a-photo-0', 'a-photo-1', 'a-action-0', 'a-action-1'])
})

test('the pause of each attempt is twice that of the one before', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((n) => pause(n, 0.5) / 1000)).toEqual([
    1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300,
  ])
})
