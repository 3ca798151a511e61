// Sends one photo in parts with tus-js-client and prints the receipt, as a phone would.
//   SPOTCHECK_TOKEN=… node upload.mjs URL ISSUE PHOTO FILE CHUNK
import { readFile } from 'node:fs/promises'
import { Upload } from 'tus-js-client'

const [url, issue, photo, file, chunk] = process.argv.slice(2)
const headers = { Authorization: `Bearer ${process.env.SPOTCHECK_TOKEN}` }
const bytes = await readFile(file)
let retries = 0
let back = 0 // how often the server had less than was sent
let sent = 0

await new Promise((resolve, reject) => {
  new Upload(bytes, {
    endpoint: `${url}/api/v1/uploads`,
    headers,
    metadata: { issue, photo, sent_at: new Date().toISOString(), filename: 'photo.jpg' },
    chunkSize: Number(chunk),
    retryDelays: Array(60).fill(50),
    onShouldRetry: (error) => {
      retries++
      const status = error.originalResponse?.getStatus() ?? 0
      return status === 0 || status === 409 || status === 423 || status >= 500
    },
    onChunkComplete: (_, accepted) => {
      if (accepted < sent) back++
      sent = accepted
    },
    onError: reject,
    onSuccess: resolve,
  }).start()
})

// Only the receipt says that the photo is safe.
for (let left = 60; ; left--) {
  try {
    const answer = await fetch(`${url}/api/v1/issues/${issue}/photos/${photo}/receipt`, { headers })
    if (!answer.ok) throw new Error(`the receipt came as ${answer.status}: ${await answer.text()}`)
    console.log(JSON.stringify({ ...(await answer.json()), retries, back }))
    break
  } catch (error) {
    if (left === 0) throw error
  }
}
