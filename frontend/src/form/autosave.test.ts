import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Autosave } from './autosave.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function make() {
  const sent: string[] = []
  let fault: Error | null = null
  const saver = new Autosave('start', {
    passing: (error) => (error as Error).message === 'network',
    send: async (form) => {
      sent.push(form)
      if (fault) throw fault
      return { updatedAt: '2024-06-15T12:03:00Z' }
    },
  })
  return { saver, sent, fail: (message: string | null) => (fault = message ? new Error(message) : null) }
}

describe('Autosave', () => {
  it('waits for a rest, then saves the newest version once', async () => {
    const { saver, sent } = make()
    saver.change('a')
    await vi.advanceTimersByTimeAsync(1_000)
    saver.change('ab')
    expect(saver.unsaved).toBe(true)
    await vi.advanceTimersByTimeAsync(1_500)
    expect(sent).toEqual(['ab'])
    expect(saver.state).toBe('saved')
    expect(saver.unsaved).toBe(false)
  })

  it('saves nothing while nothing has changed', async () => {
    const { saver, sent } = make()
    saver.change('start')
    saver.change('x')
    saver.change('start')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(sent).toEqual([])
    expect(saver.state).toBe('clean')
  })

  it('tries again with growing pauses when the server cannot be reached, and keeps the newest', async () => {
    const { saver, sent, fail } = make()
    fail('network')
    saver.change('a')
    await vi.advanceTimersByTimeAsync(1_500)
    expect(saver.state).toBe('offline')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(sent).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(3_999)
    expect(sent).toHaveLength(2)
    fail(null)
    await vi.advanceTimersByTimeAsync(1)
    expect(sent).toEqual(['a', 'a', 'a'])
    expect(saver.state).toBe('saved')
  })

  it('does not repeat what the server refuses', async () => {
    const { saver, sent, fail } = make()
    fail('no')
    saver.change('a')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sent).toEqual(['a'])
    expect(saver.state).toBe('refused')
    expect(saver.unsaved).toBe(true)
  })

  it('sends nothing after stop, and goes on after resume', async () => {
    const { saver, sent } = make()
    saver.change('a')
    await saver.stop()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(sent).toEqual([])
    saver.resume()
    await vi.advanceTimersByTimeAsync(1_500)
    expect(sent).toEqual(['a'])
  })

  it('flushes at once', async () => {
    const { saver, sent } = make()
    saver.change('a')
    expect(await saver.flush()).toBe(true)
    expect(sent).toEqual(['a'])
  })
})
