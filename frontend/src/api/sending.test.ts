import { describe, expect, it } from 'vitest'
import { ApiProblem } from './problem'
import { Sending } from './sending.svelte'

describe('Sending', () => {
  it('sends once at a time and keeps what was wrong until the next', async () => {
    const sending = new Sending()
    let sent = 0
    let release = () => {}
    const first = sending.run(() => new Promise<void>((resolve) => ((sent += 1), (release = resolve))))
    expect(sending.busy).toBe(true)
    await sending.run(async () => void (sent += 1))
    expect(sent).toBe(1)
    release()
    await first
    expect(sending.busy).toBe(false)

    await sending.run(() => Promise.reject(new ApiProblem({
      type: '', title: '', status: 422, code: 'validation.failed', detail: '', instance: '', errors: [{ pointer: '#/name', code: 'required', params: {} }],
    })))
    expect(sending.busy).toBe(false)
    expect(Object.keys(sending.errors)).toEqual(['/name'])
    expect(sending.failure).not.toBeNull()
    await sending.run(() => Promise.resolve())
    expect([sending.errors, sending.failure]).toEqual([{}, null])
  })
})
