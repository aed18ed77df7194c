import type { Schemas } from '../api'

export type Change = Schemas['Change']
