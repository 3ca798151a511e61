import { link } from '../shared/issueLink'
import { shortDigestOf } from '../shared/crypto'

/** Whose work this page keeps on the phone: a person, by their id, or whoever holds a link, by its digest; '' while nobody is logged in. */
let id = link ? `link-${shortDigestOf(link.token)}` : ''

/** The owner of what is written, photographed and read on this page now. */
export const owner = (): string => id

/** From now on the page is somebody's. A link stays its own. */
export function setOwner(person: string): void {
  if (!link) id = person
}

/** The person as whom something is sent, for the server to compare with who is logged in; none by a link. */
export function personOf(of: string | undefined): Record<string, string> {
  return of && !of.startsWith('link-') ? { 'Spotcheck-Person': of } : {}
}
