import { bestEffort } from '../../shared/answers'
import { authorization, credentials } from '../../shared/issueLink'

/** A picture of the server as a file in hand; undefined when it cannot be had. By a link the token goes along, which no address may hold. */
export async function pictureOf(src: string): Promise<Blob | undefined> {
  const response = await bestEffort(
    'a picture could not be fetched',
    fetch(src, { headers: authorization(), credentials }),
  )
  return response?.ok ? await response.blob() : undefined
}
