import type { Schemas } from '../api'

type Request = Schemas['PasskeyRequest']

/** Bytes of a base64url text, as the API writes them. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

export function toBase64url(buffer: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

/** Does this browser know passkeys here? */
export function passkeysKnown(): boolean {
  return typeof PublicKeyCredential !== 'undefined' && 'credentials' in navigator
}

/** The browser asked and got nothing: the reader said no, or the time is over. */
export class NoPasskey extends Error {}

const descriptors = (ids: string[]): PublicKeyCredentialDescriptor[] => ids.map((id) => ({ type: 'public-key', id: fromBase64url(id) }))

// As long as the server keeps the challenge.
const timeout = 300_000

/** Lets the browser make a passkey. */
export async function makePasskey(request: Request): Promise<Omit<Schemas['PasskeyInput'], 'name'>> {
  const made = await ceremony(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: fromBase64url(request.challenge),
        rp: { id: request.rp_id, name: request.rp_name },
        user: { id: fromBase64url(request.user_handle), name: request.user_name, displayName: request.user_name },
        pubKeyCredParams: request.algorithms.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: descriptors(request.credentials),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        attestation: 'none',
        timeout,
      },
    }),
  )
  const response = made.response as AuthenticatorAttestationResponse
  return {
    id: made.id,
    client_data_json: toBase64url(response.clientDataJSON),
    attestation_object: toBase64url(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  }
}

/** Lets the reader prove with one of the passkeys of the request. */
export async function usePasskey(request: Request): Promise<Schemas['PasskeyProof']> {
  const used = await ceremony(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: fromBase64url(request.challenge),
        rpId: request.rp_id,
        allowCredentials: descriptors(request.credentials),
        userVerification: 'required',
        timeout,
      },
    }),
  )
  const response = used.response as AuthenticatorAssertionResponse
  return {
    id: used.id,
    client_data_json: toBase64url(response.clientDataJSON),
    authenticator_data: toBase64url(response.authenticatorData),
    signature: toBase64url(response.signature),
  }
}

async function ceremony(run: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await run()
    if (credential) return credential as PublicKeyCredential
  } catch (error) {
    throw new NoPasskey('', { cause: error })
  }
  throw new NoPasskey()
}
