type Tone = 'neutral' | 'accent' | 'ok' | 'warn' | 'danger'

const workflow: Record<string, Tone> = {
  in_review: 'warn', approved: 'accent', embargoed: 'accent', published: 'ok', withdrawn: 'danger',
}

const verification: Record<string, Tone> = {
  corroborated: 'accent', evidence_examined: 'ok', officially_confirmed: 'ok', disputed: 'warn', debunked: 'danger',
  retracted_by_source: 'danger',
}

/** Colour of a workflow status; the words carry the meaning. */
export function workflowTone(status: string): Tone {
  return workflow[status] ?? 'neutral'
}

/** Colour of a verification status; the words carry the meaning. */
export function verificationTone(status: string): Tone {
  return verification[status] ?? 'neutral'
}
