import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort, password, Server } from './lib'

/** WebKitGTK by its own driver, without a screen: a smoke test of another engine, by the WebDriver protocol alone. */
const browser = ['x86_64', 'aarch64'].map((a) => `/usr/lib/${a}-linux-gnu/webkit2gtk-4.1/MiniBrowser`).find(existsSync)
const server = new Server()
let driver: ChildProcess
let at = ''

beforeAll(async () => {
  await server.start()
  await server.city()
  const port = await freePort()
  driver = spawn('xvfb-run', ['-a', 'WebKitWebDriver', `--port=${port}`], {
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, WEBKIT_DISABLE_COMPOSITING_MODE: '1', LIBGL_ALWAYS_SOFTWARE: '1' },
  })
  for (let n = 0; n < 100 && !(await fetch(`http://127.0.0.1:${port}/status`).catch(() => null)); n++)
    await new Promise((r) => setTimeout(r, 100))
  const { sessionId } = await command<{ sessionId: string }>(`http://127.0.0.1:${port}/session`, {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } } },
  })
  at = `http://127.0.0.1:${port}/session/${sessionId}`
})
afterAll(async () => {
  await fetch(at, { method: 'DELETE' }).catch(() => null)
  if (driver.pid) process.kill(-driver.pid)
  await server.end()
})

async function command<T>(url: string, body: unknown): Promise<T> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  const { value } = (await response.json()) as { value: T & { error?: string; message?: string } }
  if (value?.error) throw new Error(`${value.error}: ${value.message}`)
  return value
}
const evaluate = <T>(script: string): Promise<T> => command<T>(`${at}/execute/sync`, { script, args: [] })
const shows = (selector: string): Promise<void> =>
  expect
    .poll(() => evaluate<number>(`return document.querySelectorAll(${JSON.stringify(selector)}).length`), {
      timeout: 20_000,
    })
    .toBeGreaterThan(0)

/** Types as a person would: by the keys of the driver. */
async function type(selector: string, text: string): Promise<void> {
  const found = await command<Record<string, string>>(`${at}/element`, { using: 'css selector', value: selector })
  await command(`${at}/element/${Object.values(found)[0]}/value`, { text })
}

test('WebKitGTK opens both apps, logs in, and offers files where it has no camera', async () => {
  await command(`${at}/url`, { url: `${server.url}/app/` })
  await shows('input[name=name]')
  await type('input[name=name]', 'lin')
  await type('input[name=password]', password)
  await evaluate("document.querySelector('form button').click()")
  await shows('nav')
  await shows('.kind') // the report with its categories; where there is no camera the files of the phone are offered
  await shows('input[type=file]')
  await command(`${at}/url`, { url: `${server.url}/desk/#/list` })
  await shows('nav a')
  await shows('.pane')
  expect(await evaluate('return document.documentElement.lang')).toMatch(/^(zh|en)/)
})
