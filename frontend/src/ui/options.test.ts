import { describe, expect, it } from 'vitest'
import { foldText } from './fold'
import { filterOptions, type Option } from './options'

const options: Option[] = [
  { value: 'TUR', label: 'Türkiye', search: foldText('Türkiye TUR TR Turkey') },
  { value: 'TKM', label: 'Turkmenistan' },
  { value: 'CIV', label: 'Côte d’Ivoire' },
  { value: 'uyghur', label: 'Uyghur', search: foldText('Uyghur uyghur Uighur Uygur ئۇيغۇر 维吾尔') },
  { value: 'threat_to_family', label: 'Threat to relatives' },
  { value: 'death', label: 'Death threat' },
]

const found = (query: string) => filterOptions(options, query).map((option) => option.value)

describe('filterOptions', () => {
  it('ignores diacritics, case and the form of an apostrophe', () => {
    expect(found('turkiye')).toEqual(['TUR'])
    expect(found('COTE D\'IV')).toEqual(['CIV'])
    expect(found('  türk ')).toEqual(['TUR', 'TKM'])
  })

  it('finds by code and by search terms in any script', () => {
    expect(found('tkm')).toEqual(['TKM'])
    expect(found('UYGUR')).toEqual(['uyghur'])
    expect(found('ئۇيغۇر')).toEqual(['uyghur'])
    expect(found('维吾尔')).toEqual(['uyghur'])
    expect(found('threat_to_family')).toEqual(['threat_to_family'])
  })

  it('wants every word, in any order, and puts beginnings first', () => {
    expect(found('relatives threat')).toEqual(['threat_to_family'])
    expect(found('threat')).toEqual(['threat_to_family', 'death'])
  })

  it('shows all for nothing and nothing for nonsense', () => {
    expect(found(' ')).toHaveLength(6)
    expect(found('zzz')).toEqual([])
  })
})
