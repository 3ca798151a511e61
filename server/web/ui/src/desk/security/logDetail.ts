/** The forms in which the security log keeps what it was about, each with the words for it. */
const forms: [RegExp, string][] = [
  [/^person (?<id>\S+): (?<n>\d+) roles, disabled true$/, 'log.detail.disabled'],
  [/^person (?<id>\S+): (?<n>\d+) roles, disabled false$/, 'log.detail.roles'],
  [/^all sessions of person (?<id>\S+)$/, 'log.detail.sessions'],
  [/^papers (?<id>\S+)$/, 'log.detail.papers'],
  [/^import (?<id>\S+)$/, 'log.detail.import'],
  [/^no session$/, 'log.detail.stranger'],
  [/^others$/, 'log.detail.others'],
]

/** What an entry of the security log was about, in words; a number or a name stays as it is. */
export function logDetail(text: string, t: (key: string, values: Record<string, string>) => string): string {
  for (const [form, key] of forms) {
    const found = form.exec(text)
    if (found) return t(key, { ...found.groups, id: (found.groups?.id ?? '').slice(-8) })
  }
  return text
}
