import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** The sheets that hold for every screen of an app, and where its screens lie. */
const apps = {
  desk: { sheets: ['desk/desk.css', 'desk/controls.css', 'desk/tokens.css'], folders: ['desk', 'shared'] },
  phone: { sheets: ['app/app.css'], folders: ['app', 'shared'] },
}
/** Classes that are meant to be added to: they say how something looks, not where it stands. */
const shared = new Set(['quiet', 'panel', 'num', 'h1', 'h2'])

const withoutComments = (css: string): string => css.replace(/\/\*.*?\*\//gs, '')
const selectorsOf = (css: string): string[] =>
  [...withoutComments(css).matchAll(/([^{}]+)\{/g)].flatMap((m) => m[1]!.split(',')).map((s) => s.trim())
const componentsIn = (folder: string): string[] =>
  readdirSync(`src/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.vue'))
    .map((name) => `src/${folder}/${name}`)
const stylesOf = (vue: string): string => [...vue.matchAll(/<style[^>]*>(.*?)<\/style>/gs)].map((m) => m[1]).join('\n')

describe.each(Object.entries(apps))('%s', (_, app) => {
  it('has no component that gives a class of the whole app a meaning of its own', () => {
    const ofAll = new Set(
      app.sheets
        .flatMap((sheet) => selectorsOf(readFileSync(`src/${sheet}`, 'utf8')))
        .flatMap((s) => /^\.([\w-]+)$/.exec(s)?.[1] ?? [])
        .filter((name) => !shared.has(name)),
    )
    const twice = app.folders.flatMap(componentsIn).flatMap((file) => {
      const names = selectorsOf(stylesOf(readFileSync(file, 'utf8')))
        .map((s) => s.replace(/:deep\([^)]*\)/g, ''))
        .flatMap((s) => [...s.matchAll(/\.([\w-]+)/g)].map((m) => m[1]!))
      return [...new Set(names)].filter((name) => ofAll.has(name)).map((name) => `${file}: .${name}`)
    })
    expect(twice).toEqual([])
  })
})
