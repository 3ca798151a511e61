// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest'
import { box, digest, empty, keep, photos, server, shoot, submissions, taken } from './testing/phone'

describe('what goes out', () => {
  test('a report goes before its photos, says what they are, and everything is let go when it is safe', async () => {
    const shots = [await shoot('one'), await shoot('two', 'd', 1_790_000_001_000)]
    const issue = await submissions.report({ category: '08012', note: undefined }, shots, 'mud')
    await empty()
    expect(server.paths[0]).toBe(`PUT /api/v1/issues/${issue}`)
    expect(server.paths.slice(1).sort()).toEqual(shots.map((s) => `PUT /api/v1/issues/${issue}/photos/${s.id}`).sort())
    const { sent_at: _, ...body } = server.came[0]!.json()
    expect(body).toEqual({
      category: '08012',
      photos: [
        {
          id: shots[0]!.id,
          sha256: digest(Buffer.from('one')),
          bytes: 3,
          kind: 'report',
          captured_at: '2026-09-21T14:13:20.000Z',
          taken: 'camera',
        },
        {
          id: shots[1]!.id,
          sha256: digest(Buffer.from('two')),
          bytes: 3,
          kind: 'report',
          captured_at: '2026-09-21T14:13:21.000Z',
          taken: 'camera',
        },
      ],
    })
    expect(
      server.came
        .slice(1)
        .map((c) => c.body.toString())
        .sort(),
    ).toEqual(['one', 'two'])
    expect(box.outbox.safe).toBe(2)
    expect(await keep.bytesOf(shots[0]!.id)).toBeUndefined()
    expect(await keep.shotsOf()).toEqual([])
  })

  test('an action waits for its photos, which are declared first', async () => {
    const shot = await shoot('after')
    const before = Date.now()
    await submissions.act('issue-1', { note: 'clean' }, [shot], 'after', 'fix')
    await empty()
    const [declared, photo, action] = server.came
    expect(declared!.method).toBe('POST')
    expect(declared!.path).toBe('/api/v1/issues/issue-1/photos')
    expect(declared!.json().photos).toEqual([photos.declarationOf(shot, 'after')])
    expect(photo!.path).toBe(`/api/v1/issues/issue-1/photos/${shot.id}`)
    expect(action!.path).toMatch(/^\/api\/v1\/issues\/issue-1\/actions\/[0-9a-f-]{36}$/)
    expect(action!.method).toBe('PUT')
    expect(action!.json()).toMatchObject({ note: 'clean', photos: [shot.id] })
    expect(Date.parse(String(action!.json().done_at))).toBeGreaterThanOrEqual(before)
    expect(server.came).toHaveLength(3)
  })

  test('an action without photos goes alone and names none', async () => {
    await submissions.act('issue-1', { note: 'seen' }, [], 'after', 'comment')
    await empty()
    expect(server.came).toHaveLength(1)
    expect(server.came[0]!.json()).not.toHaveProperty('photos')
  })

  test('what was sent with one thing cannot be sent with another', async () => {
    const shot = await shoot('one')
    await submissions.report({}, [shot], 'mud')
    await expect(submissions.report({}, [shot], 'mud')).rejects.toThrow()
    await empty()
    expect(server.came).toHaveLength(2)
  })

  test('an action is sent as it was when the person did it, even when the screen changes after', async () => {
    const body = { marks: ['a'] }
    server.answer = async (c) => (await new Promise((resolve) => setTimeout(resolve, 30)), taken(c))
    await submissions.report({ x: 1 }, [], 'first')
    await submissions.act('issue-1', body, [], 'after', 'fix')
    body.marks.push('b')
    await vi.waitFor(() => expect(server.came.length).toBeGreaterThanOrEqual(2), { timeout: 5000 })
    await empty()
    expect(server.came.at(-1)!.json().marks).toEqual(['a'])
  })
})
