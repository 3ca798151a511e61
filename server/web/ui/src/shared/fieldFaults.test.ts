import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test, vi } from 'vitest'
import words from '../messages/faults.zh-CN.json'
import { detailOf, faultsOf, fieldOf, learnSentences } from './fieldFaults'
import { i18n } from './i18n'

// The language is kept where Node has nothing.
vi.hoisted(() => vi.stubGlobal('localStorage', { getItem: () => 'zh-CN', setItem: () => undefined }))
beforeAll(learnSentences)
const root = fileURLToPath(new URL('../../../../..', import.meta.url))
const folders = [
  'server/httpapi',
  'server/core',
  'server/notify',
  'pkg/inspect',
  'pkg/strictjson',
  'pkg/geo',
  'pkg/table',
  'pkg/campaign',
  'pkg/intake',
  'pkg/calendar',
  'pkg/atlas',
]
/** Files whose details go into the record, the log or a report, and to nobody's form. */
const elsewhere = /(^|\/)(audit.*|week.*|doubts|figures_|core)\.go$/
const text = '("(?:[^"\\\\]|\\\\.)*")(\\s*\\+)?'
/** How the server says what is wrong with a field. */
const ways = [
  `fault\\.Field\\{(?:Pointer: )?[^{}]*?,\\s*(?:Detail: )?(?:fmt\\.Sprintf\\()?${text}`,
  `\\b(?:inspect\\.InvalidField|inspect\\.UnknownField)\\((?:[^",]|"[^"]*")*?,\\s*(?:fmt\\.Sprintf\\()?${text}`,
  `\\bq\\.[fF]ail\\([^,]+,\\s*(?:fmt\\.Sprintf\\()?${text}`,
  `\\badd\\((?:fmt\\.Sprintf\\("[^"]*"(?:,[^()]*)?\\)|"/[^"]*"),\\s*${text}`,
  `\\bunreadable\\(${text}`,
  `Unreadable\\{Why: (?:fmt\\.Sprintf\\()?${text}`,
  `errors\\.New\\((?=")${text}`,
  `\\bd\\.(?:fault|record|fail)\\(${text}`,
]

/** Files whose errors become the detail of a field as they are, where most errors stay in the log. */
const told =
  /(^|\/)(holidays|calendar|settings|gateways|spotimport|agreementimport|headingimport|placekinds|roster|schedules|sms|outside)\.go$|pkg\/atlas\/(atlas|read)\.go$/

/** The functions of a source that make a detail of a text that they are given, and those whose text becomes one. */
function carriers(source: string): { given: string[]; giving: string[] } {
  const given: string[] = []
  const giving: string[] = []
  for (const [, name, takes, body] of source.matchAll(/^func (?:\([^)]*\) )?(\w+)\(([^)]*)\)[^\n]*\{\n([\s\S]*?)^\}/gm))
    for (const [, detail] of body!.matchAll(
      /(?:Field\{(?:Pointer: )?[^{}]*?,\s*(?:Detail: )?|(?:InvalidField|UnknownField)\([^\n]*?,\s*)(\w+)\b(?=[)}+])/g,
    )) {
      if (new RegExp(`\\b${detail}\\b[\\w, ]* string`).test(takes!)) given.push(name!)
      const from = new RegExp(`\\b${detail} := (\\w+)\\(`).exec(body!)
      if (from) giving.push(from[1]!)
    }
  return { given, giving }
}

/** The sentences that a source hands to those, or that they give. */
function carried(source: string, by: { given: string[]; giving: string[] }): string[] {
  const sentence = /("(?:[^"\\]|\\.)*")(\s*\+)?/g
  const calls = by.given.flatMap((f) =>
    [...source.matchAll(new RegExp(`(?<!func .*)\\b${f}\\(([^\\n]*)`, 'g'))].map((m) => m[1]!),
  )
  const bodies = by.giving.flatMap((f) =>
    [...source.matchAll(new RegExp(`^func ${f}\\([\\s\\S]*?^\\}`, 'gm'))].flatMap((m) =>
      [...m[0].matchAll(/return ([^\n]*)/g)].map((r) => r[1]!),
    ),
  )
  return [...calls, ...bodies].flatMap((line) =>
    [...line.matchAll(sentence)]
      .map((m) => (JSON.parse(m[1]!) as string) + (m[2] ? '…' : ''))
      .filter((x) => /[a-z] [a-z]/.test(x)),
  )
}

/** Every sentence about a field in the server's sources; what is put together ends with …. */
function said(): Set<string> {
  const all = new Set<string>()
  const by = { given: [] as string[], giving: [] as string[] }
  for (const folder of folders)
    for (const file of readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' }))
      if (file.endsWith('.go') && !file.endsWith('_test.go')) {
        const found = carriers(readFileSync(`${root}/${folder}/${file}`, 'utf8'))
        by.given.push(...found.given.filter((f) => f !== 'InvalidField' && f !== 'UnknownField'))
        by.giving.push(...found.giving)
      }
  expect(by.given).toContain('wrongUntil')
  expect(by.giving).toContain('guessable')
  for (const folder of folders)
    for (const file of readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' }).filter(
      (f) => f.endsWith('.go') && !f.endsWith('_test.go') && !elsewhere.test(f),
    )) {
      const source = readFileSync(`${root}/${folder}/${file}`, 'utf8')
      for (const sentence of carried(source, by)) all.add(sentence)
      if (told.test(`${folder}/${file}`))
        for (const m of source.matchAll(new RegExp(`(?:errors\\.New|fmt\\.Errorf)\\((?=")${text}`, 'g'))) {
          const sentence = JSON.parse(m[1]!) as string
          if (!/%w|^[a-z]+: /.test(sentence)) all.add(sentence + (m[2] ? '…' : ''))
        }
      for (const way of ways)
        for (const m of source.matchAll(new RegExp(way, 'g'))) {
          const sentence = JSON.parse(m[1]!) as string
          if (way.startsWith('errors') && !sentence.startsWith('want ')) continue
          all.add(sentence + (m[2] ? '…' : ''))
        }
    }
  return all
}

test('each sentence of the server about a field has its words in Chinese', () => {
  const all = said()
  expect(all.size).toBeGreaterThan(120)
  i18n.global.locale.value = 'zh-CN'
  const unknown = [...all].filter((s) => {
    const filled = s.replace(/%[-+.\d]*[a-z]/g, '7').replace(/…$/, 'x')
    const shown = detailOf(filled)
    return filled !== '7' && (!/[\u4e00-\u9fff]/.test(shown) || (shown === words['want …'] && s !== 'want …'))
  })
  expect(unknown).toEqual([])
})

test('what varies is kept, the most particular words win, and English is the server’s own', () => {
  i18n.global.locale.value = 'zh-CN'
  expect(detailOf('at most 12 items are allowed')).toBe('最多 12 项')
  expect(detailOf('want 1 to 500')).toBe('应为 1 至 500')
  expect(detailOf('want 1 to 500 characters, none of control')).toBe('应为 1 至 500 字')
  expect(detailOf('a sentence of a newer server')).toBe('')
  expect(faultsOf([{ pointer: '/until', detail: 'a sentence of a newer server' }])).toEqual([fieldOf('/until')])
  expect(detailOf('国庆节')).toBe('国庆节')
  expect(fieldOf('/lines/0')).toContain('#1')
  expect(fieldOf('query:from')).toBe('起')
  i18n.global.locale.value = 'en'
  expect(detailOf('is missing')).toBe('is missing')
  expect(Object.values(words).every((w) => w.length > 0)).toBe(true)
})

test('a row of a table is called as the server counts it, an entry of a list from one on', () => {
  i18n.global.locale.value = 'zh-CN'
  expect(fieldOf('/3/lat')).toBe('第 3 行 纬度')
  expect(fieldOf('/photos/0/bytes')).toContain('#1')
})
