import { createServer, Socket, type Server as NetServer } from 'node:net'

/** What a bad network does: nothing, cut after some bytes, fall silent, or answer for everybody as a captive portal. */
export type Mode = 'pass' | 'cut' | 'stall' | 'portal'

const portal = '<html><body>Welcome to free Wi-Fi. Please accept our terms.</body></html>'

/** A network between a phone and a server. */
export class Network {
  mode: Mode = 'pass'
  /** How long everything is under way, in milliseconds. */
  delayMs = 0
  port = 0
  private server: NetServer | undefined
  private open = new Set<Socket>()

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  start(to: number): Promise<void> {
    this.server = createServer((phone) => this.connect(phone, to))
    return new Promise((resolve) =>
      this.server?.listen(0, '127.0.0.1', () => {
        const address = this.server?.address()
        this.port = typeof address === 'object' && address ? address.port : 0
        resolve()
      }),
    )
  }

  /** Changes what the network does, for new connections and for those that are open. */
  become(mode: Mode): void {
    this.mode = mode
    for (const s of this.open) s.destroy()
  }

  end(): void {
    for (const s of this.open) s.destroy()
    this.server?.close()
  }

  private connect(phone: Socket, to: number): void {
    this.keep(phone)
    if (this.mode === 'portal') {
      phone.once('data', () =>
        phone.end(
          `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${portal.length}\r\nConnection: close\r\n\r\n${portal}`,
        ),
      )
      return
    }
    if (this.mode === 'stall') {
      phone.resume() // takes everything and says nothing, until it hangs up
      setTimeout(() => phone.destroy(), 1500)
      return
    }
    const far = new Socket()
    this.keep(far)
    far.connect(to, '127.0.0.1')
    let sent = 0
    phone.on('data', (b) => {
      sent += b.length
      if (this.mode === 'cut' && sent > 3000) {
        far.write(b.subarray(0, 500))
        phone.destroy()
        far.destroy()
      } else this.later(() => far.write(b))
    })
    far.on('data', (b) => this.later(() => phone.write(b)))
    phone.on('close', () => this.later(() => far.destroy()))
    far.on('close', () => this.later(() => phone.destroy()))
  }

  private later(what: () => unknown): void {
    if (this.delayMs > 0) setTimeout(what, this.delayMs)
    else what()
  }

  private keep(s: Socket): void {
    this.open.add(s)
    s.on('error', () => s.destroy())
    s.on('close', () => this.open.delete(s))
  }
}
