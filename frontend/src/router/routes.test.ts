import { describe, expect, it } from 'vitest'
import { resolve } from './router.svelte'

describe('routes', () => {
  it('tells a new incident from a reference', () => {
    expect(resolve('/incidents/new').route.nav).toBe('log')
    expect(resolve('/incidents/FW-4F7K-Q2ME')).toMatchObject({ route: { path: '/incidents/:ref' }, params: { ref: 'FW-4F7K-Q2ME' } })
  })

  it('shows an unknown path as not found, to anybody', () => {
    expect(resolve('/incidents/a/b/c').route).toMatchObject({ path: '*', access: 'public' })
  })

  it('asks for a session on every page with records', () => {
    for (const path of ['/', '/incidents', '/incidents/new', '/incidents/x', '/incidents/x/edit', '/sources', '/sources/x', '/dashboard', '/dashboard/table', '/dashboard/compare', '/brief', '/account']) {
      expect(resolve(path).route.access, path).toBe('session')
    }
  })
})
