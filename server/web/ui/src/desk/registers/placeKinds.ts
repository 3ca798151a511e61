import { registers } from '../cityRegisters'

/** The kinds of place that every city has. */
const builtIn = [
  'shopfront',
  'construction_site',
  'public_toilet',
  'transfer_station',
  'bin',
  'unmanaged_estate',
  'market',
  'restaurant',
  'school_surroundings',
  'urban_village',
]

/** All kinds of place, with those that the city has added, and the one that a row has. */
export function placeKinds(held: string): { code: string; name?: string }[] {
  const added = registers.all?.settings.place_kinds as { code: string; name_zh?: string }[] | undefined
  const all: { code: string; name?: string }[] = [
    ...builtIn.map((code) => ({ code })),
    ...(added ?? []).map((k) => ({ code: k.code, name: k.name_zh })),
  ]
  return held && !all.some((k) => k.code === held) ? [...all, { code: held }] : all
}
