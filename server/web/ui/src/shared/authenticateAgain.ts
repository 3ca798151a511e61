/** Asks on the screen for the password of who is logged in, and says whether the server took it. */
type PasswordAsker = () => Promise<boolean>

let asker: PasswordAsker | undefined
let asking: Promise<boolean> | undefined

/** Says who asks for the password before what is dangerous, until the function that it gives is called. Without anybody the refusal is shown. */
export function askPasswordBy(asks: PasswordAsker): () => void {
  asker = asks
  return () => void (asker = undefined)
}

/** Whether a refusal wants a password that was given lately, and it was given now: then the same may be sent again. */
export async function authenticatedAgain(response: Response): Promise<boolean> {
  if (response.status !== 403 || !asker) return false
  const problem: unknown = await response.clone().json()
  if (typeof problem !== 'object' || problem === null || !('code' in problem)) return false
  if (problem.code !== 'session.authenticate-again') return false
  asking ??= asker().finally(() => (asking = undefined))
  return asking
}
