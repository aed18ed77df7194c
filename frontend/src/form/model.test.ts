import { describe, expect, it } from 'vitest'
import {
  actHints, addAct, addDemand, addHarm, addInducement, addTarget, changeChannels, defaultConsent, defaultExplicitness, locate,
  offerHints, removeEntry, scopeOf,
} from './coding'
import { blankDraft, blankSource, blankTarget, nextId, type IncidentInput } from './draft'
import { changedMembers, fromInput, pick, restoreDraft, toInput } from './model'

/** Every member of the contract is filled somewhere in this invented record. */
function wholeRecord(): IncidentInput {
  return {
    title: 'Invented: calls to a radio host',
    summary: 'Two invented callers rang an invented radio host.\nNothing of this happened.',
    internal_note: 'Ask again in June.',
    origin_country: 'BLR',
    origin_entity: 'An invented directorate',
    attribution_basis: ['self_identified', 'target_belief'],
    host_country: 'LTU',
    host_place: { geo_precision: 'site', public_geo_precision: 'admin1', admin1: 'Region', locality: 'Town', site: 'Studio 3' },
    proxy_country: 'BLR',
    occurred: { earliest: '2024-05-01', latest: '2024-05-31', precision: 'month', approximate: true, uncertain: false, ongoing: false, repeated: true },
    first_reported: '2024-07-02',
    police_reported: 'yes',
    scope_test: { state_link: 'yes', cross_border: 'yes', reason: 'unclear', aim: 'yes', act: 'yes' },
    discovery_route: 'direct_contact',
    sensitivity: 'restricted',
    targets: [
      {
        id: 'T1', counting_unit: 'person', count_min: 1, count_max: 1, communities: ['belarusian_opposition'], roles: ['journalist'],
        roles_restricted: ['asylum_seeker_or_refugee'], gender: 'woman', age_band: 'age_30_44', response: 'undisclosed',
        response_restricted: 'partly_complied',
        identity: { names: ['Invented Name'], aliases: ['I.'], contacts: ['i@host.invalid'], birth_date: '1990-02-03', address: 'Nowhere 1', relatives: 'A brother', note: 'Prefers mornings' },
      },
      {
        id: 'T3', counting_unit: 'group', count_min: 4, count_max: null, communities: [], roles: ['unknown'], roles_restricted: [],
        gender: 'mixed_group', age_band: 'unknown', response: 'refused', response_restricted: null, identity: null,
      },
    ],
    perpetrators: [
      { id: 'P1', type: 'police', body: 'District office', person_name: 'A. Caller', note: 'Gave a rank.' },
      { id: 'P2', type: 'unknown', body: null, person_name: null, note: null },
    ],
    acts: [
      {
        id: 'A1', method: 'threat_general', target: 'T1', explicitness: 'implied', channels: ['phone_call', 'signal'], note: 'Second call.',
        perpetrators: [{ perpetrator: 'P2', involvement: 'suspected' }, { perpetrator: 'P1', involvement: 'carried_out' }],
        occurred: { earliest: '2024-05-06', latest: '2024-05-12', precision: 'week', approximate: false, uncertain: true, ongoing: null, repeated: null },
      },
      { id: 'A4', method: 'family_questioned', target: 'T3', explicitness: null, channels: [], note: null, perpetrators: [], occurred: null },
    ],
    inducements: [
      {
        id: 'I1', kind: 'money_one_off', target: 'T1', explicitness: 'explicit', condition: 'After the first report', note: 'Cash',
        amounts: [{ id: 'M2', amount_min: 300.5, amount_max: 400, amount_text: 'three or four hundred', currency_as_stated: 'roubles', currency_assumed: 'BYN', period: 'once', standing: 'conflicting' }],
      },
    ],
    demands: [{ id: 'D1', kind: 'report_on_person', target: 'T1', explicitness: 'inferred_by_source', note: 'A colleague' }],
    sources: [
      {
        id: 'S1', kind: 'direct_interview', publisher: 'Us', title: 'Talk', url: 'https://source.invalid/a', archive_url: 'https://archive.invalid/a',
        author: 'M.', language: 'be', published: '2024-07-02', accessed: '2024-07-03', derived_from: null, reliability: 'A', scale: 'partner',
        text: 'They rang twice. ', text_sha256: 'ab'.repeat(32), submitted_by: 'A colleague',
      },
      {
        id: 'S2', kind: 'republication', publisher: null, title: null, url: null, archive_url: null, author: null, language: null, published: null,
        accessed: null, derived_from: 'S1', reliability: null, scale: null, text: null, text_sha256: null, submitted_by: null,
      },
    ],
    citations: [
      { id: 'C1', entity: 'incident', field: 'occurred.repeated', source: 'S1', quote: 'rang twice. ', start: 5, end: 17, credibility: '2', standing: 'accepted', note: 'Blank kept' },
      { id: 'C2', entity: 'M2', field: null, source: 'S2', quote: null, start: null, end: null, credibility: null, standing: 'superseded', note: null },
    ],
    evidence: [{ id: 'E1', kind: 'call_log', access: 'seen_by_us', source: 'S1', sha256: 'cd'.repeat(32), captured_at: '2024-07-03T10:00:00Z', tool: 'Camera', note: 'Two entries' }],
    responses: [{ id: 'R1', party: 'origin_state', kind: 'denial_blanket', body: 'Embassy', date: '2024-07-04', source: 'S1', note: 'By phone' }],
    harms: [{ id: 'H1', kind: 'psychological', target: 'T1', note: 'Sleeps badly' }],
    relations: [{ id: 'L1', kind: 'same_target', to: 'FW-4F7K-Q2ME', sensitivity: 'sealed', note: 'Open question' }],
    campaigns: ['FC-AAAA-AAAA'],
    consents: [
      { id: 'N1', target: 'T1', level: 'given_aggregate', given_by: 'self', date: '2024-07-03', language: 'be', explained_by: 'M.', review_on: '2027-07-03', note: 'Orally' },
      { id: 'N2', target: 'T3', level: 'unknown', given_by: null, date: null, language: null, explained_by: null, review_on: null, note: null },
    ],
  }
}

describe('fromInput and toInput', () => {
  it('bring a whole record back equal', () => {
    expect(toInput(fromInput(wholeRecord()))).toEqual(wholeRecord())
  })

  it('do so for every precision of a date', () => {
    const dates: [string, string | null, string | null][] = [
      ['day', '2024-05-06', '2024-05-06'], ['week', '2024-05-08', '2024-05-14'], ['month', '2024-02-01', '2024-02-29'],
      ['quarter', '2024-10-01', '2024-12-31'], ['year', '2023-01-01', '2023-12-31'], ['range', '2024-01-05', null],
      ['range', null, '2024-01-05'], ['before_report', null, '2024-07-02'], ['unknown', null, null],
    ]
    for (const [precision, earliest, latest] of dates) {
      const record = { ...wholeRecord(), occurred: { ...wholeRecord().occurred, precision, earliest, latest } }
      expect(toInput(fromInput(record)), `${precision} ${earliest}`).toEqual(record)
    }
  })

  it('leave behind what only the server sets', () => {
    const read = { ...wholeRecord(), ref: 'FW-4F7K-Q2ME', version: 3, computed: {} }
    expect(Object.keys(toInput(fromInput(read)))).not.toContain('ref')
  })

  it('do not share entries with the record', () => {
    const record = wholeRecord()
    fromInput(record).targets[0]!.communities.push('other')
    expect(record.targets?.[0]?.communities).toEqual(['belarusian_opposition'])
  })
})

describe('toInput', () => {
  it('makes a simple case from a few answers, with defaults and without what was left blank', () => {
    const draft = blankDraft()
    draft.title = '  Student warned  '
    draft.summary = 'An invented warning.'
    draft.origin_country = 'TJK'
    draft.host_country = 'DEU'
    draft.when.precision = 'unknown'
    draft.scope_test = { state_link: 'yes', cross_border: 'yes', reason: 'yes', aim: 'yes', act: 'yes' }
    addAct(draft, 'warning_contact')
    draft.sources[0]!.kind = 'primary_publisher'
    draft.sources[0]!.publisher = 'Invented Post'
    expect(toInput(draft)).toMatchObject({
      title: 'Student warned',
      origin_entity: null,
      occurred: { earliest: null, latest: null, precision: 'unknown', approximate: false, uncertain: false, ongoing: null, repeated: null },
      police_reported: 'unknown',
      discovery_route: 'unknown',
      sensitivity: 'partner',
      targets: [{ id: 'T1', counting_unit: 'person', count_min: 1, count_max: 1, response: 'undisclosed' }],
      perpetrators: [],
      acts: [{ id: 'A1', method: 'warning_contact', target: 'T1', explicitness: 'explicit', perpetrators: [], occurred: null }],
      sources: [{ id: 'S1', publisher: 'Invented Post' }],
      consents: [{ id: 'N1', target: 'T1', level: 'public_source_only' }],
    })
    expect(toInput(draft)).not.toHaveProperty('usual_channels')
  })

  it('leaves out blank sources, amounts and persons', () => {
    const draft = blankDraft()
    addInducement(draft, 'money_recurring')
    draft.targets[0]!.identity = { names: [''], aliases: [], contacts: [], birth_date: null, address: ' ', relatives: null, note: null }
    const input = toInput(draft)
    expect(input.sources).toEqual([])
    expect(input.inducements?.[0]?.amounts).toEqual([])
    expect(input.targets?.[0]?.identity).toBeNull()
  })

  it('keeps a source of which only the kind is known', () => {
    const draft = blankDraft()
    draft.sources[0]!.kind = 'tip'
    expect(toInput(draft).sources).toHaveLength(1)
    expect(toInput(draft).consents?.[0]?.level).toBe('unknown')
  })
})

describe('changedMembers', () => {
  it('names the members that differ, whatever the order inside', () => {
    const after = wholeRecord()
    after.title = 'Another title'
    after.host_place = { site: 'Studio 3', locality: 'Town', admin1: 'Region', public_geo_precision: 'admin1', geo_precision: 'site' }
    after.acts = after.acts!.slice(0, 1)
    expect(changedMembers(wholeRecord(), after)).toEqual(['title', 'acts'])
    expect(pick(after, ['title'])).toEqual({ title: 'Another title' })
  })

  it('is empty for equal records', () => {
    expect(changedMembers(wholeRecord(), toInput(fromInput(wholeRecord())))).toEqual([])
  })
})

describe('restoreDraft', () => {
  it('reads what a working copy kept', () => {
    const draft = fromInput(wholeRecord())
    expect(restoreDraft(JSON.parse(JSON.stringify(draft)))).toEqual(draft)
  })

  it('refuses what is not a form', () => {
    expect(restoreDraft(null)).toBeNull()
    expect(restoreDraft({ title: 'x' })).toBeNull()
  })
})

describe('marks', () => {
  it('count on from the highest, and never reuse one of a saved record', () => {
    const draft = fromInput(wholeRecord())
    expect(nextId(draft, 'A')).toBe('A5')
    removeEntry(draft, 'A4')
    expect(nextId(draft, 'A')).toBe('A5')
    expect(nextId(draft, 'M')).toBe('M3')
  })
})

describe('removeEntry', () => {
  it('takes citations, harms and consents along and hands acts to the remaining target', () => {
    const draft = fromInput(wholeRecord())
    const undo = removeEntry(draft, 'T1')
    expect(draft.acts.map((act) => act.target)).toEqual(['T3', 'T3'])
    expect(draft.harms).toEqual([])
    expect(draft.consents.map((item) => item.id)).toEqual(['N2'])
    undo()
    expect(toInput(draft)).toEqual(wholeRecord())
  })

  it('of an offer drops the citations of its amounts', () => {
    const draft = fromInput(wholeRecord())
    removeEntry(draft, 'I1')
    expect(draft.citations.map((item) => item.id)).toEqual(['C1'])
  })

  it('of a source clears every mention of it', () => {
    const draft = fromInput(wholeRecord())
    removeEntry(draft, 'S1')
    expect(draft.sources[0]?.derived_from).toBeNull()
    expect(draft.evidence[0]?.source).toBeNull()
    expect(draft.citations.map((item) => item.id)).toEqual(['C2'])
  })

  it('undone after further typing keeps the typing', () => {
    const draft = fromInput(wholeRecord())
    const undo = removeEntry(draft, 'D1')
    draft.title = 'Typed since'
    undo()
    expect(draft.title).toBe('Typed since')
    expect(draft.demands.map((item) => item.id)).toEqual(['D1'])
  })
})

describe('coding rules', () => {
  it('takes words as said and everything else as a deed', () => {
    expect(defaultExplicitness('threat_of_death')).toBe('explicit')
    expect(defaultExplicitness('informant_recruitment')).toBe('explicit')
    expect(defaultExplicitness('assault')).toBeNull()
    expect(defaultExplicitness('spyware')).toBeNull()
  })

  it('assumes consent from the sources', () => {
    const published = { ...blankSource('S1'), kind: 'official' }
    const interview = { ...blankSource('S2'), kind: 'direct_interview' }
    const person = blankTarget('T1')
    expect(defaultConsent(person, [published])).toBe('public_source_only')
    expect(defaultConsent(person, [published, interview])).toBe('unknown')
    expect(defaultConsent(person, [])).toBe('unknown')
    expect(defaultConsent({ ...person, counting_unit: 'community' }, [interview])).toBe('not_applicable')
  })

  it('moves watching that was only asked for to the demands', () => {
    const draft = blankDraft()
    addAct(draft, 'event_monitoring')
    actHints(draft.acts[0]!)[0]?.run?.(draft)
    expect(draft.acts).toEqual([])
    expect(draft.demands).toMatchObject([{ id: 'D1', kind: 'report_attendees', target: 'T1', explicitness: 'explicit' }])
  })

  it('offers a threat beside a hostage, as the source reads it, and not twice', () => {
    const draft = blankDraft()
    addInducement(draft, 'family_release')
    offerHints(draft, 'family_release')[0]?.run?.(draft)
    expect(draft.acts).toMatchObject([{ method: 'threat_to_family', explicitness: 'inferred_by_source' }])
    expect(offerHints(draft, 'family_release')).toEqual([])
    expect(offerHints(draft, 'job_or_business')).toEqual([])
  })

  it('lets acts follow the usual channels unless they have their own', () => {
    const draft = blankDraft()
    addAct(draft, 'threat_general')
    addAct(draft, 'stalking')
    draft.acts[1]!.channels = ['in_person_host']
    changeChannels(draft, ['phone_call'])
    expect(draft.acts.map((act) => act.channels)).toEqual([['phone_call'], ['in_person_host']])
    addAct(draft, 'doxxing')
    expect(draft.acts[2]?.channels).toEqual(['phone_call'])
  })

  it('gives a further target its own consent', () => {
    const draft = blankDraft()
    expect(addTarget(draft)).toBe('T2')
    expect(draft.consents.map((item) => item.target)).toEqual(['T1', 'T2'])
    expect(addHarm(draft, 'T2', 'injury')).toBe('H1')
    expect(addDemand(draft, 'pay_money')).toBe('D1')
  })

  it('reads the scope from five answers', () => {
    const yes = { state_link: 'yes', cross_border: 'yes', reason: 'yes', aim: 'yes', act: 'yes' }
    expect(scopeOf(yes)).toBe('in_scope')
    expect(scopeOf({ ...yes, aim: 'unclear' })).toBe('unclear')
    expect(scopeOf({ ...yes, aim: 'unclear', act: 'no' })).toBe('out_of_scope')
    expect(scopeOf({ ...yes, aim: '' })).toBe('open')
  })

  it('counts a quote in code points', () => {
    expect(locate('🙂 They rang twice.', 'rang')).toEqual({ start: 7, end: 11 })
    expect(locate('rang and rang', 'rang')).toBeNull()
    expect(locate('nothing', 'rang')).toBeNull()
  })
})
