// Logs in, reports, sends the photo and assigns with what @hey-api/openapi-ts makes.
import { client } from './hey/client.gen.js'
import { actOnIssue, createIssue, listIssues, logIn, uploadPhoto } from './hey/sdk.gen.js'
import { bytes, digest, longitude, name, newID, now, ok, password, server, sha256, unit, want } from './step.js'

client.setConfig({ baseUrl: server })
const login = await logIn({ body: { name, password, device: 'hey-api' } })
const session = ok('log-in', login.data, login.error)
client.setConfig({ baseUrl: server, auth: session.token })

const id = newID()
const photo = newID()
const reported = await createIssue({
  path: { id },
  body: {
    category: '08012',
    place: { lat: 20.0312, lon: longitude, source: 'gps' },
    reported_at: now(),
    sent_at: now(),
    photos: [{ id: photo, kind: 'report', taken: 'camera', bytes: bytes.length, sha256 }],
  },
})
want('longitude', ok('report', reported.data, reported.error).issue?.place?.lon, longitude)

const sent = await uploadPhoto({
  path: { id, photo },
  headers: { 'Content-Digest': digest, 'Spotcheck-Sent-At': now() },
  body: new Blob([bytes]),
})
want('digest of the receipt', ok('photo', sent.data, sent.error).sha256, sha256)

const assigned = await actOnIssue({ path: { id, action_id: newID() }, body: { action: 'assign', unit, done_at: now(), sent_at: now() } })
want('status', ok('assign', assigned.data, assigned.error).issue?.status, 'assigned')

const again = await actOnIssue({ path: { id, action_id: newID() }, body: { action: 'assign', unit, done_at: now(), sent_at: now() } })
want('code of the second assignment', again.error?.code, 'issue.wrong-status')

const list = await listIssues({ query: { status: ['assigned', 'fixed'], bbox: [110, 20, 111, 21], unit } })
want('issues in the list', ok('list', list.data, list.error).issues.some((i) => i.id === id), true)
console.log('hey-api: log-in, report, photo, assign')
