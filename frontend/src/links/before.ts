import { api, type Schemas } from '../api'

// From here on somebody who logs a case is asked; what is less likely stands on the record's page.
const askFrom = 0.8
const askMost = 5
// On a bad line the question must not keep anybody from saving.
const patience = 4_000

/** The records that very likely tell of the case which is about to be logged; none when the answer takes too long. */
export async function recordedAlready(body: Schemas['IncidentInput']): Promise<Schemas['Duplicate'][]> {
  try {
    const { data } = await api.post('/api/v1/incidents/duplicates', { body, signal: AbortSignal.timeout(patience) })
    return data.items.filter((item) => item.score >= askFrom).slice(0, askMost)
  } catch {
    return []
  }
}
