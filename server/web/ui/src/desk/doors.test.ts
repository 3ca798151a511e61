import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { adminRegisters } from './registers/registerForms'

/** Doors of the contract that no screen opens, each with its reason. */
const forPrograms: Record<string, string> = {
  'GET /api/v1/areas/at': 'programs ask for the area of a point; screens get it with an issue',
  'GET /api/v1/area-imports/{id}': 'the answer to the import says the same',
  'GET /api/v1/issue-imports/{id}': 'the answer to the import says the same',
  'GET /api/v1/rules/{id}': 'the list of rules holds each of them whole',
  'GET /api/v1/log/events/{seq}/proof':
    'who checks the record from outside asks for it; the ZIP of a case brings those of its issue',
  'GET /api/v1/changes': 'native apps keep a copy by it',
  'GET /api/v1/inbox/{id}': 'the list of messages holds each of them whole',
  'GET /api/v1/issues/{id}/photos/{photo}': 'the issue holds each of its photos',
  'GET /api/v1/issues/{id}/photos/{photo}/receipt':
    'native apps fetch it after the last part; tus-js-client gets it there',
  'GET /api/v1/reports/{id}/issues': 'figures open to their issues by /api/v1/figures/issues',
  'PATCH /api/v1/uploads/{id}': 'tus-js-client sends parts',
  'POST /api/v1/uploads/{id}': 'tus-js-client sends parts',
  'DELETE /api/v1/uploads/{id}': 'tus-js-client ends an upload',
  'GET /api/v1/uploads/{id}': 'tus-js-client asks how far it is',
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((e) => {
    const path = join(folder, e.name)
    if (e.isDirectory()) return sources(path)
    return /\.(vue|ts)$/.test(e.name) && !/(\.gen|\.test)\.ts$/.test(e.name) ? [readFileSync(path, 'utf8')] : []
  })
}
/** An address without what is filled in: names in braces, and values of templates. */
const bare = (path: string): string => path.replace(/\?.*/s, '').replace(/\$?\{[^}]*\}/g, '{}')

const contract = JSON.parse(readFileSync('../../../mobile-api-spec/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, unknown>>
}
const text = sources('src').join('\n')
const asked = new Set([...text.matchAll(/['"`](\/api\/v1[^'"`?]*)/g)].map((m) => bare(m[1]!)))
const kept = new Set(adminRegisters.flatMap((r) => (r.put ? [`${r.put}/{}`] : [])))
/** What the phone takes a photo by, and what an <a>, an <img> or the list of exports asks for. */
const built = new Set([...text.matchAll(/`\/api\/v1[^`]*`/g)].map((m) => bare(m[0].slice(1, -1))))

test('every door of the contract is opened by a screen, or says why not', () => {
  const shut = Object.entries(contract.paths)
    .filter(([path]) => path.startsWith('/api/v1'))
    .flatMap(([path, item]) =>
      ['get', 'put', 'post', 'delete', 'patch']
        .filter((m) => m in item)
        .map((m) => ({ door: `${m.toUpperCase()} ${path}`, path: bare(path), method: m.toUpperCase() })),
    )
    .filter(({ door }) => !(door in forPrograms))
    .filter(({ path, method }) => {
      if (method === 'PUT' && kept.has(path)) return false
      const exported = /^\/api\/v1\/issues\.(csv|xlsx|geojson|zip)$/.test(path) && built.has('/api/v1/issues.{}')
      const pictured =
        /\/photos\/\{\}\/(original|display|thumb)$/.test(path) && built.has('/api/v1/issues/{}/photos/{}/{}')
      const attached = /\/scan$/.test(path) && adminRegisters.some((r) => r.upload?.to === 'scan')
      const map = path === '/api/v1/basemap.pmtiles' && text.includes('/api/v1/basemap.pmtiles')
      return !(asked.has(path) || built.has(path) || exported || pictured || attached || map)
    })
    .map(({ door }) => door)
  expect(shut).toEqual([])
})

test('every method of a door that a screen opens is used by one', () => {
  const typed = new Set(
    [...text.matchAll(/api\.(GET|PUT|POST|DELETE)\(\s*'([^']+)'/g)].map((m) => `${m[1]} ${bare(m[2]!)}`),
  )
  /** Files and rows are sent by an address in a template or a table. */
  const sent = new Set([
    ...built,
    ...[...text.matchAll(/(?<!api\.[A-Z]+\(\s*)'(\/api\/v1[^']*)'/g)].map((m) => bare(m[1]!)),
  ])
  const unused = Object.entries(contract.paths)
    .filter(([path]) => path.startsWith('/api/v1'))
    .flatMap(([path, item]) => ['delete', 'post'].filter((m) => m in item).map((m) => `${m.toUpperCase()} ${path}`))
    .filter((door) => !(door in forPrograms) && !typed.has(`${door.split(' ')[0]} ${bare(door.split(' ')[1]!)}`))
    .filter((door) => !sent.has(bare(door.split(' ')[1]!)))
  expect(unused).toEqual([])
})

test('no exception is left for a door that is gone', () => {
  const there = Object.entries(contract.paths).flatMap(([path, item]) =>
    Object.keys(item).map((m) => `${m.toUpperCase()} ${path}`),
  )
  expect(Object.keys(forPrograms).filter((door) => !there.includes(door))).toEqual([])
})
