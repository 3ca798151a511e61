// Logs in, reports, sends the photo and assigns with openapi-fetch.
import createClient from 'openapi-fetch'
import type { paths } from './types.js'
import { bytes, digest, longitude, name, newID, now, ok, password, server, sha256, unit, want } from './step.js'

const stranger = createClient<paths>({ baseUrl: server })
const login = await stranger.POST('/api/v1/sessions', { body: { name, password, device: 'openapi-fetch' } })
const session = ok('log-in', login.data, login.error)

const api = createClient<paths>({
  baseUrl: server,
  headers: { Authorization: `Bearer ${session.token}` },
  querySerializer: { array: { style: 'form', explode: false } },
})
const id = newID()
const photo = newID()
const reported = await api.PUT('/api/v1/issues/{id}', {
  params: { path: { id } },
  body: {
    category: '08012',
    place: { lat: 20.0312, lon: longitude, source: 'gps' },
    reported_at: now(),
    sent_at: now(),
    photos: [{ id: photo, kind: 'report', taken: 'camera', bytes: bytes.length, sha256 }],
  },
})
const issue = ok('report', reported.data, reported.error).issue
want('longitude', issue?.place?.lon, longitude)

const sent = await api.PUT('/api/v1/issues/{id}/photos/{photo}', {
  params: { path: { id, photo }, header: { 'Content-Digest': digest, 'Spotcheck-Sent-At': now() } },
  headers: { 'Content-Type': 'application/octet-stream' },
  body: new Blob([bytes]),
  bodySerializer: (body) => body,
})
want('digest of the receipt', ok('photo', sent.data, sent.error).sha256, sha256)

const assigned = await api.PUT('/api/v1/issues/{id}/actions/{action_id}', {
  params: { path: { id, action_id: newID() } },
  body: { action: 'assign', unit, done_at: now(), sent_at: now() },
})
want('status', ok('assign', assigned.data, assigned.error).issue?.status, 'assigned')

const again = await api.PUT('/api/v1/issues/{id}/actions/{action_id}', {
  params: { path: { id, action_id: newID() } },
  body: { action: 'assign', unit, done_at: now(), sent_at: now() },
})
want('code of the second assignment', again.error?.code, 'issue.wrong-status')

const list = await api.GET('/api/v1/issues', { params: { query: { status: ['assigned', 'fixed'], bbox: [110, 20, 111, 21], unit } } })
want('issues in the list', ok('list', list.data, list.error).issues.some((i) => i.id === id), true)
console.log('openapi-fetch: log-in, report, photo, assign')
