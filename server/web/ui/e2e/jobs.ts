import { appendFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** What the desk is for: who does each job, and in how many steps at most. Done a second time some are shorter. */
export const jobs = {
  J1: { who: 'office', what: 'see everything that waits for me', most: 0 },
  J2: { who: 'office', what: 'decide an extension', most: 3 },
  J3: { who: 'office', what: 'sort ten new issues where rules propose a unit', most: 12 },
  J4: { who: 'office', what: 'sort one whose unit is wrong', most: 5 },
  J5: { who: 'office', what: 'correct the category and move the pin', most: 6 },
  J6: { who: 'office', what: 'fail a bad fix with reason and photo', most: 5 },
  J7: { who: 'office', what: 'issue a rectification notice', most: 7 },
  J8: { who: 'office', what: 'find by half an address, compare, download the case file', most: 5 },
  J9: { who: 'office', what: 'assign 20 of a filter to one unit', most: 6 },
  J10: { who: 'office', what: 'read a hotline workbook for the first time', most: 8 },
  'J10 again': { who: 'office', what: 'read the next workbook of that kind', most: 3 },
  J11: { who: 'unit', what: 'submit a fix with its photo', most: 5 },
  'J12 extension': { who: 'unit', what: 'ask for an extension', most: 4 },
  'J12 appeal': { who: 'unit', what: 'appeal', most: 4 },
  'J12 letter': { who: 'unit', what: 'answer a letter', most: 4 },
  'J12 paper': { who: 'unit', what: 'sign a paper', most: 4 },
  'J12 return': { who: 'unit', what: 'send a return', most: 4 },
  J13: { who: 'leader', what: 'from a bad figure to the photo behind it', most: 3 },
  J14: { who: 'leader', what: 'issue the weekly report after reading it', most: 3 },
  J15: { who: 'admin', what: 'set a new district up by the guide', most: 30 },
  J16: { who: 'admin', what: "change the office hours and the week's first day", most: 5 },
} as const

export type Job = keyof typeof jobs

/** Counts what a person does from the first screen on: each click, each text, file or choice that is given, and each key outside a text is a step. Waiting and reading are none. */
export class Steps {
  n = 0
  constructor(readonly page: Page) {}
  async click(selector: string): Promise<void> {
    await this.page.click(selector)
    this.n++
  }
  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key)
    this.n++
  }
  /** Writes where the cursor stands. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text)
    this.n++
  }
  async write(selector: string, text: string): Promise<void> {
    await this.page.fill(selector, text)
    this.n++
  }
  async choose(selector: string, value: string | { label: string }): Promise<void> {
    await this.page.selectOption(selector, value)
    this.n++
  }
  async give(selector: string, files: Parameters<Page['setInputFiles']>[1]): Promise<void> {
    await this.page.setInputFiles(selector, files)
    this.n++
  }
  /** Says how many steps the job took, to whoever collects them as well, and fails when they are too many. */
  done(job: Job): void {
    const { most } = jobs[job]
    console.warn(`${job}: ${this.n} of ${most} steps`)
    if (process.env.E2E_STEPS) appendFileSync(process.env.E2E_STEPS, `${job}\t${this.n}\n`)
    expect(this.n, job).toBeLessThanOrEqual(most)
  }
}
