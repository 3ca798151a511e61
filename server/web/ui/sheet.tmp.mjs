import { chromium } from 'playwright-core'
import { readFileSync } from 'node:fs'
const [out, cols, w, ...files] = process.argv.slice(2)
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
const p = await b.newPage({ viewport: { width: +cols * (+w + 8) + 8, height: 600 } })
const html = files.map((f) => `<figure style="margin:0 0 4px"><figcaption style="font:11px sans-serif">${f.split('/').pop()}</figcaption><img style="width:${w}px" src="data:image/jpeg;base64,${readFileSync(f).toString('base64')}"></figure>`).join('')
await p.setContent(`<body style="margin:4px;background:#888;display:grid;gap:8px;grid-template-columns:repeat(${cols},${w}px);align-items:start">${html}</body>`)
await p.waitForTimeout(200)
await p.screenshot({ path: out, fullPage: true })
await b.close()
