/** A link that opens one issue without an account: its token stands in the fragment, which no server and no log sees. */
export interface Link {
  token: string
  issue: string
}

function read(): Link | null {
  const match = /^#link=([^&]+)&issue=([0-9a-f-]+)$/.exec(location.hash)
  return match ? { token: decodeURIComponent(match[1] ?? ''), issue: match[2] ?? '' } : null
}

/** The link by which this page was opened, null when it was opened by itself. */
export const link = read()

/** The headers that say who asks: nothing beside the cookie, or the token of the link. */
export function authorization(): Record<string, string> {
  return link ? { Authorization: `Bearer ${link.token}` } : {}
}

/** Where a cookie goes along: not with a link, which is nobody's session. */
export const credentials: RequestCredentials = link ? 'omit' : 'same-origin'
