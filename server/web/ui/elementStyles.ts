import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

/** A named import of Element Plus as it stands after types are gone. */
const named = /import\s*\{([^}]*)\}\s*from\s*['"]element-plus['"];?/g
const components = fileURLToPath(new URL('node_modules/element-plus/es/components', import.meta.url))

/** Which folder exports what: ElTableColumn comes from table. */
function exporters(): Map<string, string> {
  const found = new Map<string, string>()
  for (const folder of readdirSync(components)) {
    const file = `${components}/${folder}/index.mjs`
    const list = existsSync(file) ? /export \{([^}]*)\}/.exec(readFileSync(file, 'utf8'))?.[1] : undefined
    for (const name of list?.split(',') ?? [])
      found.set(
        name
          .trim()
          .split(/\s+as\s+/)
          .pop() ?? '',
        folder,
      )
  }
  return found
}
const exporter = exporters()

/** The folder of the style sheet of a component: ElTableColumn has its own, in table-column. */
function sheetOf(name: string): string {
  return name
    .replace(/^El|^v(?=[A-Z])/, '')
    .replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase()
}

/** A module with every import of Element Plus replaced by those of its components and of their static style sheets. */
export function byComponent(code: string): string {
  return code.replace(named, (_, list: string) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean)
      .flatMap((name) => {
        const original = name.split(/\s+as\s+/)[0] ?? name
        const folder = exporter.get(original)
        if (!folder) throw new Error(`Element Plus exports no ${original}`)
        const sheet = `element-plus/es/components/${sheetOf(original)}/style/css`
        return [
          `import { ${name} } from 'element-plus/es/components/${folder}/index.mjs';`,
          /^(El|v)[A-Z]/.test(original) ? `import '${sheet}';` : '',
        ]
      })
      .join(''),
  )
}

/** Takes Element Plus by component: a chunk holds what its screen shows, with the style sheets of just that, and nobody forgets one. */
export function elementStyles(): Plugin {
  return {
    name: 'element-styles',
    enforce: 'post',
    apply: () => !process.env.VITEST, // Node cannot import a style sheet
    transform(code, id) {
      if (id.includes('node_modules') || !code.includes('element-plus')) return
      const made = byComponent(code)
      return made === code ? undefined : { code: made, map: null }
    },
  }
}
