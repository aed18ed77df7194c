import { describe, expect, it } from 'vitest'
import { entryOf, grouped, groupLabel, groupOf, pathLabel, placeOfPath } from './paths'

describe('placeOfPath', () => {
  it('goes by the marks of entries', () => {
    expect(placeOfPath('/acts/A1/method')).toBe('A1.method')
    expect(placeOfPath('/acts/A1')).toBe('A1')
    expect(placeOfPath('/acts/A1/perpetrators/P2/involvement')).toBe('A1.perpetrators.involvement')
    expect(placeOfPath('/inducements/I1/amounts/M1/period')).toBe('M1.period')
    expect(placeOfPath('/targets/T2/identity/names')).toBe('T2.identity.names')
    expect(placeOfPath('/host_place/site')).toBe('incident.host_place.site')
    expect(placeOfPath('/title')).toBe('incident.title')
    expect(placeOfPath('/acts')).toBe('incident.acts')
  })
})

describe('pathLabel', () => {
  it('is the label of the form, of this kind of entry where it has one', () => {
    expect(pathLabel('/acts/A1/method')).toBe('Method')
    expect(pathLabel('/sources/S1/title')).toBe('Headline')
    expect(pathLabel('/title')).toBe('Title')
    expect(pathLabel('/host_place/locality')).toBe('Town or city')
    expect(pathLabel('/targets/T1/identity/names')).toBe('Names')
    expect(pathLabel('/inducements/I1/amounts/M1/amount_text')).toBe('In the words of the source')
    expect(pathLabel('/workflow_status')).toBe('Stage of our work')
    expect(pathLabel('/acts/A1')).toBe('')
  })

  it('shows a field that this screen does not know by its own name', () => {
    expect(pathLabel('/something_new')).toBe('something_new')
  })
})

describe('grouped', () => {
  it('puts changes by part of the record and entry', () => {
    const paths = ['/acts/A2/note', '/title', '/acts/A1', '/verification_status', '/acts/A2/method', '/acts']
    expect(grouped(paths.map((path) => ({ path })))).toEqual([
      { key: 'standing', entries: [{ id: null, changes: [{ path: '/verification_status' }] }] },
      { key: 'incident', entries: [{ id: null, changes: [{ path: '/title' }] }] },
      {
        key: 'acts',
        entries: [
          { id: 'A2', changes: [{ path: '/acts/A2/note' }, { path: '/acts/A2/method' }] },
          { id: 'A1', changes: [{ path: '/acts/A1' }] },
          { id: null, changes: [{ path: '/acts' }] },
        ],
      },
    ])
  })

  it('names the parts', () => {
    expect(groupOf('/host_place/site')).toBe('incident')
    expect(groupLabel('acts')).toBe('What was done')
    expect(groupLabel('incident')).toBe('The incident')
    expect(groupLabel('standing')).toBe('Where the record stands')
    expect(entryOf('/inducements/I1/amounts/M1')).toBe('I1')
    expect(entryOf('/host_place/site')).toBeNull()
  })
})
