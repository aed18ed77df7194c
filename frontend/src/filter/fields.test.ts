import { describe, expect, it } from 'vitest'
import spec from '../../../api/spec/openapi.yaml?raw'
import { clearedFilter, countFilters, filterFields, filterQuery, valuesOf } from './fields'
import { formatQuery, patchQuery } from '../router/query'

const query = new URLSearchParams('origin_country=CHN,RUS&undated=false&date_from=2024-01-01&sort=title&cursor=abc&colour=red')

describe('filter', () => {
  it('is the part of the address that the API filters by', () => {
    expect(formatQuery(filterQuery(query))).toBe('?origin_country=CHN,RUS&date_from=2024-01-01&undated=false')
    expect(countFilters(query)).toBe(3)
  })

  it('can be taken away without the rest', () => {
    expect(formatQuery(patchQuery(query, clearedFilter()))).toBe('?sort=title&colour=red')
  })

  it('names the values of each kind of field', () => {
    const field = (name: string) => filterFields.find((item) => item.name === name)!
    expect(valuesOf(query, field('origin_country'))).toEqual(['CHN', 'RUS'])
    expect(valuesOf(query, field('undated'))).toEqual(['false'])
    // A flag that only narrows says nothing with false, and shows no chip.
    expect(valuesOf(new URLSearchParams('explicit_only=false'), field('explicit_only'))).toEqual([])
    expect(valuesOf(new URLSearchParams('explicit_only=true'), field('explicit_only'))).toEqual(['true'])
    expect(valuesOf(query, field('date_from'))).toEqual(['2024-01-01'])
    expect(valuesOf(query, field('host_country'))).toEqual([])
  })

  it('has a control for every filter parameter of the contract but five', () => {
    const operation = spec.slice(spec.indexOf('operationId: stats'), spec.indexOf('/api/v1/stats/table:'))
    const refs = [...operation.matchAll(/parameters\/(\w+)'/g)].map((match) => match[1])
    const names = refs.map((ref) => spec.match(new RegExp(`    ${ref}:\\n      name: (\\w+)`))?.[1])
    const passive = ['campaigns', 'date_match', 'updated_since', 'where', 'q', 'grant', 'If']
    expect(filterFields.map((field) => field.name).sort()).toEqual(names.filter((name) => !passive.includes(name ?? '')).sort())
  })
})
