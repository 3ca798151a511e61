import { RuleTester } from 'eslint'
import typescript from 'typescript-eslint'
import { describe, it } from 'vitest'
import rule from './no-swallowed-failure.js'

RuleTester.describe = describe
RuleTester.it = it

const swallowed = (code: string): { code: string; errors: { messageId: string }[] } => ({
  code,
  errors: [{ messageId: 'swallowed' }],
})

new RuleTester({ languageOptions: { parser: typescript.parser } }).run('no-swallowed-failure', rule as never, {
  valid: [
    'read().catch((error) => show(error))',
    'read().catch((error) => { failure.value = error; return null })',
    'read().catch(show)',
    "read().catch(() => { state.value = 'none' })",
    'read().catch(() => retry())',
    "try { read() } catch { state.value = 'none' }",
    'try { read() } catch (error) { return unreachable() }',
    'read().then(take, (error) => show(error))',
    'read().then(take)',
    'async () => { const { data, failure } = await answer(api.GET("/x")) }',
    'async () => { const said = await answerTo("/x") }',
  ],
  invalid: [
    swallowed('read().catch(() => ({ data: undefined }))'),
    swallowed('read().catch(() => ({ data: undefined, error: null }))'),
    swallowed('read().catch(() => undefined)'),
    swallowed('read().catch(() => null as Answer | null)'),
    swallowed('read().catch(() => [])'),
    swallowed("read().catch(() => '')"),
    swallowed('read().catch(() => false)'),
    swallowed('read().catch(() => {})'),
    swallowed('read().catch(() => { return })'),
    swallowed('read().catch(() => { return { issues: [] } })'),
    swallowed('read().catch(function () { return null })'),
    swallowed('read().catch((_) => null)'),
    swallowed('read().catch()'),
    swallowed('read().then(take, () => undefined)'),
    swallowed('async () => { const { data } = await api.GET("/x").catch(() => ({ data: undefined })) }'),
    swallowed('async () => { const { data } = await answer(api.GET("/x")) }'),
    swallowed('async () => (await answerTo("/x")).data?.rows ?? []'),
    swallowed('try { read() } catch {}'),
    swallowed('try { read() } catch (error) { /* the old ones do */ }'),
  ],
})
