import { expect, test } from 'vitest'
import { behindIn, byLeader, paceOf, type Campaign, type CampaignGroup } from './campaigns'

function group(
  name: string,
  leader: string,
  ...standing: CampaignGroup['progress'][number]['standing'][]
): CampaignGroup {
  return {
    id: name,
    name,
    leader: { id: leader, display_name: leader },
    members: [],
    areas: [],
    units: [],
    goals: [],
    progress: standing.map((s) => ({ amount: 0, facts: 0, goal: 1, standing: s })),
  }
}

test('groups stand below their leaders, in the order of the first group of each', () => {
  const groups = [group('一', '王'), group('二', '李', 'behind'), group('三', '王', 'behind', 'reached', 'behind')]
  expect(byLeader(groups).map((l) => [l.leader.id, ...l.groups.map((g) => g.name)])).toEqual([
    ['王', '一', '三'],
    ['李', '二'],
  ])
  expect(behindIn(groups)).toBe(3)
})

test('a week has to bring its share of the days, and a mean is wanted every week', () => {
  const c = {
    from: '2026-11-21',
    to: '2026-11-30',
    targets: [
      { measure: 'people', goal: 30 },
      { measure: 'recheck_score', goal: 92 },
    ],
    totals: [{ goal: 60 }, { goal: 92 }],
  } as Campaign
  expect(paceOf(c, 0, { from: '2026-11-23', to: '2026-11-29' })).toBe(42)
  expect(paceOf(c, 0, { from: '2026-11-30', to: '2026-11-30' })).toBe(6)
  expect(paceOf(c, 1, { from: '2026-11-30', to: '2026-11-30' })).toBe(92)
})
