// What an administrator does on the screens: roles that bind at once, an account disabled and enabled, a link to a new
// password that a second administrator confirms, the audit searched and verified, the lock closed and opened.
import { answerStepUps, enrolPasskey, virtualAuthenticator } from './factor.mjs'
import { memberTokens } from './programs.mjs'
import { watch } from './watch.mjs'

const password = 'seven lamps in the harbour'
const newPassword = 'a quiet kettle sings at noon'

export async function administration({ carla, anna, ref, server, programToken }, browser, screen) {
  const open = (person) => signIn(browser, server, person)
  const elif = await open('elif')
  const emre = await open('emre')
  try {
    await memberTokens(elif, server, programToken, screen)
    await roles(elif, anna, screen)
    await closing(elif, carla, server)
    await newPasswords(elif, emre, browser, server, screen)
    await audit(elif, ref, screen)
    await otherScreens(elif, screen)
    await lock(elif, anna, server, screen)
    for (const desk of [elif, emre]) desk.watched.check()
  } finally {
    for (const desk of [elif, emre]) await desk.page.context().close()
  }
}

async function signIn(browser, server, person) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const watched = watch(page, server.base)
  await virtualAuthenticator(page)
  await page.goto(`${server.base}/sign-in`)
  await enter(page, person, password)
  await enrolPasskey(page)
  await page.getByRole('heading', { name: 'Administration', level: 1 }).waitFor()
  await answerStepUps(page)
  return { page, person, watched, open: (path) => page.goto(server.base + path) }
}

async function enter(page, person, secret) {
  await page.getByRole('textbox', { name: 'User name' }).fill(person)
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await page.keyboard.press('Enter')
}

const row = (page, name) => page.locator('li', { has: page.getByRole('group', { name: `What to do with \u2068${name}\u2069` }) })

/** One entry of the menu of a person, by keyboard, and the question that it asks. */
async function step(page, name, entry, yes) {
  await row(page, name).getByRole('button', { name: 'More' }).focus()
  await page.keyboard.press('Enter')
  await row(page, name).getByRole('button', { name: entry, exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: yes, exact: true }).click()
}

async function roles({ page, open }, anna, screen) {
  await open('/admin')
  await page.getByText('Open', { exact: true }).waitFor()
  await screen(page, 'admin')
  await page.getByRole('region', { name: 'Sections' }).getByRole('link', { name: 'People' }).click()
  await page.getByRole('heading', { name: 'People', level: 1 }).waitFor()
  await row(page, 'anna').waitFor()
  // Nobody changes their own account.
  if ((await row(page, 'elif').count()) > 0) throw new Error('an administrator may change her own account')
  await screen(page, 'people')
  await row(page, 'anna').getByRole('button', { name: 'Change roles' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('checkbox', { name: /^Caseworker/ }).check()
  await screen(page, 'roles-dialog')
  await dialog.getByRole('button', { name: 'Save the roles' }).click()
  await row(page, 'anna').getByText('Analyst and Caseworker').waitFor()
  await anna.page.reload()
  await anna.page.getByRole('link', { name: 'Log an incident' }).first().waitFor()
  await row(page, 'anna').getByRole('button', { name: 'Change roles' }).click()
  await dialog.getByRole('checkbox', { name: /^Caseworker/ }).uncheck()
  await dialog.getByRole('button', { name: 'Save the roles' }).click()
  await row(page, 'anna').getByText('Analyst', { exact: true }).waitFor()
  const answer = await anna.call('POST', '/api/v1/incidents', {})
  if (answer.status !== 403) throw new Error(`a role that was taken still works: ${answer.status}`)
  // Somebody else does not get in.
  await anna.open('/admin/people')
  await anna.page.getByRole('heading', { name: 'This is for administrators' }).waitFor()
}

async function closing({ page, open }, carla, server) {
  await open('/admin/people')
  await row(page, 'carla').waitFor()
  await carla.draw() // what is refused below is no token that ran out
  await step(page, 'carla', 'Disable the account', 'Disable')
  await row(page, 'carla').getByText('Disabled', { exact: true }).waitFor()
  const dead = await carla.call('GET', '/api/v1/me')
  if (dead.status !== 401) throw new Error(`a disabled account still works: ${dead.status}`)
  await step(page, 'carla', 'Enable the account', 'Enable')
  await row(page, 'carla').getByText('Disabled', { exact: true }).waitFor({ state: 'detached' })
  const back = await fetch(`${server.base}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Farwatch': '1' },
    body: JSON.stringify({ user_name: 'carla', password }),
  })
  if (back.status !== 202) throw new Error(`an enabled account does not sign in: ${back.status}`)
}

async function newPasswords(elif, emre, browser, server, screen) {
  const link = async (name) => {
    await step(elif.page, name, 'Link to a new password', 'Make the link')
    const dialog = elif.page.getByRole('dialog', { name: /^Link for/ })
    const text = await dialog.getByLabel('One-time link').inputValue()
    if (name === 'carla') await screen(elif.page, 'reset-link')
    await dialog.getByRole('button', { name: 'Done' }).click()
    return text
  }
  const guest = await browser.newPage()
  try {
    guest.setDefaultTimeout(60_000)
    await guest.goto(await link('carla'))
    await guest.getByRole('heading', { name: 'Choose a new password' }).waitFor()
    await screen(guest, 'reset')
    await guest.getByLabel('New password', { exact: true }).fill(newPassword)
    await guest.getByRole('button', { name: 'Set the password' }).click()
    await guest.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
    // The new password is right, and opens nothing without her passkey.
    await enter(guest, 'carla', newPassword)
    await guest.getByRole('heading', { name: 'One more step' }).waitFor()
  } finally {
    await guest.close()
  }
  // An administrator's link takes two.
  await link('emre')
  await elif.open('/admin/people')
  await row(elif.page, 'emre').getByText('once another administrator has confirmed it').waitFor()
  if ((await row(elif.page, 'emre').getByRole('button', { name: 'Confirm the link' }).count()) > 0) throw new Error('whoever made the link may confirm it')
  await step(elif.page, 'emre', 'Revoke the link', 'Revoke')
  await row(elif.page, 'emre').getByText('once another administrator').waitFor({ state: 'detached' })
  const waiting = await link('fadi')
  const { page: second } = emre
  await emre.open('/admin/people')
  await row(second, 'fadi').getByRole('button', { name: 'Confirm the link' }).click()
  await screen(second, 'confirm-link')
  await second.getByRole('dialog').getByRole('button', { name: 'Confirm', exact: true }).click()
  await row(second, 'fadi').getByText('it works until', { exact: false }).waitFor()
  const used = await fetch(`${server.base}/api/v1/password-resets`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: waiting.split('#')[1], password: newPassword }),
  })
  if (used.status !== 204) throw new Error(`a confirmed link does not work: ${used.status}`)
}

async function audit({ page, open }, ref, screen) {
  await open('/admin/audit')
  const list = page.getByRole('list', { name: 'Audit, newest first' })
  await list.getByText('Revoked a link to a new password').first().waitFor()
  await page.getByRole('button', { name: 'Check now' }).click()
  await page.getByText('The whole chain fits.', { exact: false }).waitFor()
  await screen(page, 'audit')
  await page.getByRole('textbox', { name: 'Record' }).fill(ref)
  await page.getByRole('textbox', { name: 'Person' }).fill('duo')
  await page.keyboard.press('Enter')
  await page.waitForURL(/record=.*person=duo/)
  await list.getByText('Logged a record').waitFor()
  for (const line of await list.getByRole('listitem').all()) {
    const text = await line.innerText()
    if (!text.includes(ref) || !text.includes('duo')) throw new Error(`the filter let through: ${text}`)
  }
  // An administrator of people opens no record.
  if ((await list.getByRole('link').count()) > 0) throw new Error('an administrator is offered a record')
  await page.getByRole('combobox', { name: 'What was done' }).fill('Asked for a review')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.waitForURL(/action=review[.]ask/)
  await page.getByRole('textbox', { name: 'Person' }).fill('nobody')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('heading', { name: 'Nothing matches' }).waitFor()
  await screen(page, 'audit-empty')
  await page.getByRole('button', { name: 'Clear the filter' }).click()
  await list.getByText('Revoked a link to a new password').first().waitFor()
}

async function otherScreens({ page, open }, screen) {
  await open('/admin/sessions')
  await page.getByText('This session').waitFor()
  await screen(page, 'sessions')
  await open('/admin/organisation')
  await page.getByRole('radio', { name: /^Restricted/ }).check()
  await screen(page, 'organisation')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  await page.getByRole('radio', { name: /^Partner/ }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('radio', { name: /^Partner/, checked: true }).waitFor()
  await reviewAlone(page, screen)
  await open('/account/activity')
  await page.getByRole('list', { name: 'Audit, newest first' }).getByText('Changed an organisation').first().waitFor()
}

/** Turning the two-person rule off asks first and tells everybody; turning it on does neither. */
async function reviewAlone(page, screen) {
  const banner = page.getByText('Reviewers decide about their own work here.', { exact: false })
  await page.getByRole('radio', { name: /^Also the person who wrote it/ }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').getByText('No release and no full export contains them.', { exact: false }).waitFor()
  await screen(page, 'review-alone')
  if (await banner.isVisible()) throw new Error('saved before the question was answered')
  await page.getByRole('dialog').getByRole('button', { name: 'Review without a second person' }).click()
  await banner.waitFor()
  await page.getByRole('radio', { name: /^A second person/ }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await banner.waitFor({ state: 'hidden' })
}

async function lock({ page, open }, anna, server, screen) {
  const mode = async () => (await (await fetch(`${server.base}/api/v1/instance`)).json()).mode
  await anna.draw()
  await open('/admin')
  await page.getByRole('button', { name: 'Lock: read-only' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Why?').fill('A phone was taken.')
  await screen(page, 'lock-dialog')
  await dialog.getByRole('button', { name: 'Lock', exact: true }).click()
  await page.getByText('Locked by an administrator', { exact: false }).waitFor()
  if ((await mode()) !== 'read_only') throw new Error(`mode ${await mode()}`)
  await screen(page, 'locked')
  const refused = await anna.call('POST', '/api/v1/saved-searches', { name: 'All', query: '', shared: false })
  if (refused.status !== 503 || (await refused.json()).code !== 'instance.read_only') throw new Error(`a change while locked: ${refused.status}`)
  await anna.open('/incidents')
  await anna.page.getByText('Locked by an administrator', { exact: false }).waitFor()

  // Closed: this session ends with all others, and an administrator comes back in to open.
  await page.getByRole('button', { name: 'Close: sign everyone out' }).click()
  await dialog.getByRole('button', { name: 'Sign everyone out' }).click()
  await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor()
  const out = await anna.call('GET', '/api/v1/me')
  if (out.status !== 401) throw new Error(`somebody is still signed in: ${out.status}`)
  await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Use a passkey', exact: true }).click()
  await page.getByRole('button', { name: 'Open the server again' }).click()
  await dialog.getByRole('button', { name: 'Open', exact: true }).click()
  await page.getByText('Closed by an administrator', { exact: false }).waitFor({ state: 'detached' })
  if ((await mode()) !== 'open') throw new Error(`mode ${await mode()}`)
}
