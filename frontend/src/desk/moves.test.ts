import { describe, expect, it } from 'vitest'
import { choicesOf, gapLink, gapText, moveName, needsDialog, refusalOf, stationOf, type Move } from './moves'

const move = (to: string, changes: Partial<Move> = {}): Move => ({ to, allowed: true, needs: [], gaps: [], ...changes })

describe('choicesOf', () => {
  it('puts the next step first and the rest in a menu', () => {
    const { primary, others } = choicesOf('in_review', [move('closed'), move('draft'), move('approved'), move('merged')])
    expect(primary?.to).toBe('approved')
    expect(others.map((item) => item.to)).toEqual(['draft', 'closed'])
  })

  it('keeps a next step that is refused, and no other', () => {
    const refused = { allowed: false, refusal: 'workflow.own_work' }
    const { primary, others } = choicesOf('in_review', [move('approved', refused), move('closed', refused), move('draft')])
    expect(primary).toMatchObject({ to: 'approved', allowed: false })
    expect(others.map((item) => item.to)).toEqual(['draft'])
  })

  it('has nothing to offer where nothing is possible', () => {
    expect(choicesOf('published', [])).toEqual({ primary: null, others: [] })
  })
})

describe('refusalOf', () => {
  it('says who must take the step', () => {
    expect(refusalOf('in_review', move('approved', { allowed: false, refusal: 'workflow.own_work' }))).toBe(
      'You wrote or edited this record; another reviewer must approve it.',
    )
    expect(refusalOf('approved', move('published', { allowed: false, refusal: 'permission.denied' }))).toBe('A reviewer takes the next step.')
  })

  it('leaves it to the list of gaps to say what the record lacks', () => {
    const gaps = [{ code: 'missing_act' }]
    expect(refusalOf('draft', move('in_review', { allowed: false, refusal: 'workflow.not_ready', gaps }))).toBeUndefined()
    expect(refusalOf('draft', move('in_review'))).toBeUndefined()
  })
})

describe('moveName', () => {
  it('depends on where the record stands', () => {
    expect(moveName('draft', 'in_review')).toBe('Submit for review')
    expect(moveName('closed', 'in_review')).toBe('Return to review')
    expect(moveName('embargoed', 'approved')).toBe('Lift the embargo')
  })
})

describe('needsDialog', () => {
  it('asks before anything becomes public or leaves it', () => {
    expect(needsDialog(move('published'))).toBe(true)
    expect(needsDialog(move('withdrawn'))).toBe(true)
    expect(needsDialog(move('draft', { needs: ['reason'] }))).toBe(true)
    expect(needsDialog(move('in_review'))).toBe(false)
  })
})

describe('gaps', () => {
  it('say what is missing and where it belongs', () => {
    expect(gapText({ code: 'missing_act' })).toBe('Say what was done: the record has no act.')
    expect(gapLink('FW-4F7K-Q2ME', { code: 'missing_act' })).toEqual({ href: '/incidents/FW-4F7K-Q2ME/edit#step-acts', label: 'desk.gap.to_form' })
    expect(gapLink('FW-4F7K-Q2ME', { code: 'not_verified' })?.href).toBe('/incidents/FW-4F7K-Q2ME#verification')
    expect(gapLink('FW-4F7K-Q2ME', { code: 'embargo_not_over' })).toBeNull()
  })
})

describe('stationOf', () => {
  it('is the place on the way', () => {
    expect([stationOf('draft'), stationOf('embargoed'), stationOf('published'), stationOf('closed')]).toEqual([0, 2, 3, -1])
  })
})
