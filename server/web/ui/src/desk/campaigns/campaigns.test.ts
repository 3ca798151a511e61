import { expect, test } from 'vitest'
import { behindIn, byLeader, type CampaignGroup } from './campaigns'

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
