import type { components } from '../../shared/api.gen'

/** What the screens of campaigns work on, by the contract. */
export type Campaign = components['schemas']['Campaign']
export type CampaignCell = components['schemas']['CampaignCell']
export type CampaignGroup = components['schemas']['CampaignGroup']
export type Measure = components['schemas']['CampaignMeasure']

/** What can be counted, in the order in which offices speak of it. */
export const measures: Measure[] = [
  'visits',
  'rechecks',
  'recheck_score',
  'issues_found',
  'issues_closed',
  'notices',
  'plan_tasks',
  'activities',
  'people',
  'places',
  'vehicles',
  'tonnes',
]

/** The groups of a campaign below those who lead them, in the order of their first one. */
export function byLeader(groups: CampaignGroup[]): { leader: CampaignGroup['leader']; groups: CampaignGroup[] }[] {
  const all = new Map<string, { leader: CampaignGroup['leader']; groups: CampaignGroup[] }>()
  for (const g of groups) {
    const of = all.get(g.leader.id) ?? { leader: g.leader, groups: [] }
    of.groups.push(g)
    all.set(g.leader.id, of)
  }
  return [...all.values()]
}

/** How many days there are from one to another, both included. */
function daysFrom(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1
}

/** What a week has to bring so that a target is reached when the campaign ends: its share of the days, or the mean itself. */
export function paceOf(c: Campaign, target: number, week: { from: string; to: string }): number {
  const goal = c.totals[target]?.goal ?? 0
  if (c.targets[target]?.measure === 'recheck_score') return goal
  return Math.round((100 * goal * daysFrom(week.from, week.to)) / daysFrom(c.from, c.to)) / 100
}

/** How many targets of groups are behind. */
export function behindIn(groups: CampaignGroup[]): number {
  return groups.flatMap((g) => g.progress).filter((c) => c.standing === 'behind').length
}
