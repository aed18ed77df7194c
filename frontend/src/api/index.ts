export { newIdempotencyKey, type Reply, type Schemas } from './client'
export { ApiProblem, NetworkFailure, describe, describeField, fieldTexts, type FieldError } from './problem'
export { api, session, signIn, signOut, type Account } from './session.svelte'
export { loadVocabulary, vocabulary, type ListName, type Term, type Vocabulary } from './vocabulary.svelte'
