/** What a code of this installation leads to: a log-in, or a place of the register. */
export type Code = { kind: 'enrol'; code: string } | { kind: 'place'; id: string; name: string }

/** Reads a code: /app/#/enrol/ABCD-2345, or /app/#/report?place=ID&name=公厕. Anything else is none of ours. */
export function codeOf(text: string): Code | undefined {
  const hash = text.split('/app/#', 2)[1]
  if (hash === undefined) return undefined
  const [path = '', query = ''] = hash.split('?', 2)
  const enrol = /^\/enrol\/([\w-]+)$/.exec(path)
  if (enrol) return { kind: 'enrol', code: enrol[1]! }
  const params = new URLSearchParams(query)
  const id = params.get('place') ?? ''
  return path === '/report' && /^[0-9a-f-]{36}$/i.test(id)
    ? { kind: 'place', id, name: params.get('name') ?? '' }
    : undefined
}

/** The address of a place, for its code. */
export function placeAddress(origin: string, place: { id: string; name: string }): string {
  return `${origin}/app/#/report?${new URLSearchParams({ place: place.id, name: place.name })}`
}
