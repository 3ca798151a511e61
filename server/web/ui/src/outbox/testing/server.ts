import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came over the wire. */
export interface Came {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
  json: () => Record<string, unknown>
}

/** What is answered: a status, a body that is sent as JSON when it is no text, and headers; `cut` closes the connection instead. */
export interface Said {
  status?: number
  body?: unknown
  headers?: Record<string, string>
  cut?: boolean
}

/** A real server under the address of the page, whose answers each test decides. */
export class TestServer {
  came: Came[] = []
  answer: (c: Came) => Said | Promise<Said> = () => ({ status: 500, body: 'no answer was decided' })
  private server!: Server

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (c: Buffer) => chunks.push(c))
      request.on('end', async () => {
        const body = Buffer.concat(chunks)
        const came: Came = {
          method: request.method ?? '',
          path: request.url ?? '',
          headers: request.headers,
          body,
          json: () => JSON.parse(body.toString()) as Record<string, unknown>,
        }
        this.came.push(came)
        const said = await this.answer(came)
        if (said.cut) return request.socket.destroy()
        const text = said.body === undefined || typeof said.body === 'string' ? said.body : JSON.stringify(said.body)
        response.writeHead(said.status ?? 200, {
          'Content-Type': typeof said.body === 'string' ? 'text/html' : 'application/json',
          Connection: 'close',
          ...said.headers,
        })
        response.end(text)
      })
    })
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    const page = globalThis as unknown as { happyDOM: { setURL(url: string): void } }
    page.happyDOM.setURL(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}/app/`)
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  /** Method and path of all that came. */
  get paths(): string[] {
    return this.came.map((c) => `${c.method} ${c.path}`)
  }
}

/** A problem document as this server writes it. */
export function problem(status: number, code: string, retry: string, headers?: Record<string, string>): Said {
  return {
    status,
    body: { type: 'about:blank', title: 't', status, code, retry, detail: `detail of ${code}` },
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  }
}

export const portal = '<html><body>Please accept our terms of use.</body></html>'
