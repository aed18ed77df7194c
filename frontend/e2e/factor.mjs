// Second factors for the browser tests: a passkey in Chromium's own software authenticator, and the codes of an
// authenticator app.
import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** Gives the page an authenticator that answers at once, as a person with a finger on the key would. */
export async function virtualAuthenticator(page) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    /** The person is, or is not, who unlocked the device. */
    verified: (isUserVerified) => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    count: async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The code of an authenticator app (RFC 6238), `steps` half minutes from now. */
export function totp(secret, steps = 0) {
  const bits = [...secret.replace(/\s/g, '')].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps))
  const sum = createHmac('sha1', key).update(counter).digest()
  const number = sum.readUInt32BE(sum[19] & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

/** The recovery codes on the screen, which is left behind. */
async function putCodesAway(page, screen) {
  await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor()
  await screen?.('recovery-codes')
  const codes = await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allTextContents()
  if (codes.length !== 10) throw new Error(`${codes.length} recovery codes`)
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download as text' }).click()])
  const text = await readFile(await download.path(), 'utf8')
  if (!codes.every((code) => text.includes(code))) throw new Error('the downloaded text lacks a code')
  await page.getByRole('button', { name: 'I have put them away' }).click()
  return codes
}

/** On the page that nobody without a factor gets past: adds a passkey. Answers the recovery codes. */
export async function enrolPasskey(page, screen) {
  await page.getByRole('heading', { name: 'Secure your account', level: 1 }).waitFor()
  await screen?.('enrol')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByRole('button', { name: 'Make the passkey' }).waitFor()
  await screen?.('enrol-passkey')
  await page.getByRole('button', { name: 'Make the passkey' }).click()
  return putCodesAway(page, screen)
}

/** Types the key of the app on the screen and its first code. Answers the key. */
async function confirmApp(scope, screen) {
  await scope.getByRole('button', { name: 'Show the code to scan' }).click()
  await scope.getByRole('img', { name: /QR code/ }).waitFor()
  await screen?.('enrol-app')
  const secret = await scope.locator('code').textContent()
  await scope.getByRole('textbox', { name: /First code/ }).fill(totp(secret))
  await scope.getByRole('button', { name: 'Confirm', exact: true }).click()
  return secret
}

/** The same with an authenticator app. */
export async function enrolApp(page, screen) {
  await page.getByRole('heading', { name: 'Secure your account', level: 1 }).waitFor()
  await page.getByRole('button', { name: 'Use an app' }).click()
  const secret = await confirmApp(page, screen)
  return { secret, codes: await putCodesAway(page) }
}

/** Whenever a page asks for a fresh proof, its passkey gives it, until the function that it answers is called. */
export async function answerStepUps(page) {
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
  await page.addLocatorHandler(dialog, async () => {
    await dialog.getByRole('button', { name: 'Use a passkey', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
  })
  return () => page.removeLocatorHandler(dialog)
}

/** What a button downloads, also when the page asks for a fresh proof first. */
export async function downloadOf(page, button) {
  let done = false
  const coming = page.waitForEvent('download').finally(() => (done = true))
  coming.catch(() => undefined) // whoever waits for it below hears of a failure
  await button.click()
  // The answer to the dialog comes only beside another action, so there is one that does nothing.
  while (!done) {
    await page.getByRole('heading', { level: 1 }).first().hover({ trial: true, timeout: 5000 }).catch(() => undefined)
    await new Promise((resume) => setTimeout(resume, 100))
  }
  return coming
}

/** A token of the API for somebody who has a recovery code to spend. */
export async function apiToken(base, userName, password, recoveryCode) {
  const post = async (path, body) => {
    const answer = await fetch(base + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Farwatch': '1' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }
  const { ticket } = await post('/api/v1/sessions', { user_name: userName, password })
  return (await post('/api/v1/sessions/factor', { ticket, proof: { recovery_code: recoveryCode } })).access_token
}

/**
 * The account page and signing in of somebody who reviews: a passkey opens the account, no app is offered, a recovery
 * code does where the passkey is lost, and a download that needs a fresh proof gets one and goes on.
 */
export async function secondFactor(page, server, screen, password, key, codes) {
  await page.goto(`${server.base}/account`)
  // Signing in leads back to where one signed out.
  const inside = () => page.getByRole('heading', { name: 'Account', level: 1 }).waitFor()
  const card = page.getByRole('region', { name: 'Second factor' })
  await card.getByText('10 recovery codes are left.').waitFor()
  await card.getByText('only a passkey opens your account').waitFor()
  if ((await card.getByRole('button', { name: 'Add an authenticator app' }).count()) > 0) throw new Error('a reviewer is offered an app')
  await screen('account-factors')

  await signOut(page)
  await password(page)
  await page.getByRole('heading', { name: 'One more step' }).waitFor()
  await screen('second-step')
  await key.verified(false)
  await page.getByRole('button', { name: 'Use a passkey', exact: true }).click()
  await page.getByText('No passkey was used.').waitFor()
  await key.verified(true)
  await page.getByRole('button', { name: 'Use a passkey', exact: true }).click()
  await inside()

  await signOut(page)
  await password(page)
  await page.getByRole('button', { name: 'Use a recovery code instead' }).click()
  await page.getByRole('textbox', { name: 'Recovery code' }).fill(codes[0])
  await page.keyboard.press('Enter')
  await inside()
  await freshProof(page, server, screen)
}

/** Whoever has an app signs in with its code, which works once. */
export async function appCode(page, secret, password, screen) {
  await signOut(page)
  await password()
  const used = totp(secret, 1)
  await page.getByRole('textbox', { name: 'Code from your authenticator app' }).fill(used)
  await screen('second-step-code')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor()
  await signOut(page)
  await password()
  await page.getByRole('textbox', { name: 'Code from your authenticator app' }).fill(used)
  await page.keyboard.press('Enter')
  await page.getByText('This was not accepted.').waitFor()
}

async function signOut(page) {
  await page.goto(new URL('/account', page.url()).href)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
}

/** The first answer is the one that a stale session gets; the second comes from the server. */
async function freshProof(page, server, screen) {
  let refused = false
  const path = '**/api/v1/exports/incidents.csv*'
  await page.route(path, (route) => {
    if (refused) return route.continue()
    refused = true
    const body = { type: 'urn:farwatch:problem:session.step_up_required', title: 'Forbidden', status: 403, code: 'session.step_up_required', detail: '', instance: '' }
    return route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(body) })
  })
  await page.goto(`${server.base}/incidents`)
  await page.getByRole('button', { name: 'Download CSV' }).click()
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
  await dialog.getByRole('button', { name: 'Use a passkey', exact: true }).waitFor()
  await screen('step-up')
  await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Use a passkey', exact: true }).click()])
  await dialog.waitFor({ state: 'hidden' })
  await page.unroute(path)
}
