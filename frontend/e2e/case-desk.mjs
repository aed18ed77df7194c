// The whole life of a record on the screens: draft, review by another person, approval, publication, an edit that
// waits, its approval, withdrawal, 410. After each step, what the wrong person gets.
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { administration } from './admin.mjs'
import { boards } from './boards.mjs'
import { deleting } from './deleting.mjs'
import { answerStepUps, apiToken, enrolPasskey, virtualAuthenticator } from './factor.mjs'
import { evidence } from './evidence.mjs'
import { exporting } from './exports.mjs'
import { imports } from './imports.mjs'
import { intake } from './intake.mjs'
import { links } from './links.mjs'
import { look } from './main-job.mjs'
import { programs } from './programs.mjs'
import { publicSide } from './public.mjs'
import { searching } from './search.mjs'
import { sharing } from './sharing.mjs'
import { team } from './team.mjs'
import { watch } from './watch.mjs'

const fixtures = new URL('../../api/testdata/', import.meta.url)
const password = 'seven lamps in the harbour'

const people = { carla: 'caseworker', rosa: 'reviewer', ines: 'reviewer', duo: 'caseworker,reviewer', anna: 'analyst', elif: 'org_admin', emre: 'org_admin', fadi: 'org_admin' }

export async function caseDesk(browser, server, name) {
  for (const [person, roles] of Object.entries(people)) server.person(person, roles, password)
  server.person('pia', 'analyst', password, ['partner_ngo', 'Partner NGO'])
  const screen = (page, title) => look(page, `${name}-desk-${title}`)
  const desks = []
  const open = async (person) => {
    const desk = await signIn(browser, server, person)
    desks.push(desk)
    return desk
  }
  try {
    const duo = await open('duo')
    const rosa = await open('rosa')
    const ines = await open('ines')
    const anna = await open('anna')
    const carla = await open('carla')
    const pia = await open('pia')
    const record = JSON.parse(await readFile(new URL('founding.json', fixtures), 'utf8'))
    const made = await duo.call('POST', '/api/v1/incidents', { ...record, title: 'A call about the choir', sensitivity: 'open' }, { 'Idempotency-Key': 'case-desk' })
    const { ref } = await made.json()
    const all = { duo, rosa, ines, anna, carla, ref, screen, server }
    const guest = await browser.newPage()
    try {
      await review(all)
      await publish(all, guest)
      await edit(all, guest)
      await publicSide(all, browser)
      await history(all)
      await withdraw(all, guest)
      await links(all, record, screen)
      await searching(all, record, screen)
      await boards(all, record, screen)
      await team(all, record, screen)
      await sharing(all, pia, record, screen)
      await deleting(all, record, screen)
      await evidence(all, record, screen)
      await intake(all, screen)
      await imports(all, screen)
      await exporting(all, screen)
      all.programToken = await programs({ ...all, browser }, screen)
      await administration(all, browser, screen)
    } finally {
      await guest.close()
    }
    for (const desk of desks) desk.watched.check()
  } catch (error) {
    for (const desk of desks) await desk.page.screenshot({ path: join(tmpdir(), `farwatch-e2e-${name}-${desk.person}.png`), fullPage: true }).catch(() => undefined)
    throw new Error(`${error.message}\n${server.log().split('\n').slice(-5).join('\n')}`, { cause: error })
  } finally {
    for (const desk of desks) await desk.page.context().close()
  }
}

/** A person in a browser of their own, and beside it a token for what the screen does not offer. */
async function signIn(browser, server, person) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const watched = watch(page, server.base)
  await virtualAuthenticator(page)
  await page.goto(`${server.base}/sign-in`)
  await page.getByRole('textbox', { name: 'User name' }).fill(person)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  const codes = await enrolPasskey(page)
  await page.getByRole('heading', { name: 'Incidents', level: 1 }).waitFor()
  await answerStepUps(page)
  let token, drawn
  const draw = async () => {
    token = await apiToken(server.base, person, password, codes.shift())
    drawn = Date.now()
  }
  await draw()
  const call = async (method, path, body, headers = {}) => {
    if (Date.now() - drawn > 9 * 60_000) await draw() // a token lasts for ten minutes, and a slow machine takes longer
    return fetch(server.base + path, {
      method,
      headers: { 'Content-Type': 'application/json', 'X-Farwatch': '1', Authorization: `Bearer ${token}`, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  }
  return { page, person, watched, call, draw, open: (path) => page.goto(server.base + path) }
}

/** Fails unless the API refuses the step with this status and code. */
async function refused(desk, reader, ref, rest, body, status, code) {
  const read = await reader.call('GET', `/api/v1/incidents/${ref}`)
  const answer = await desk.call('POST', `/api/v1/incidents/${ref}/${rest}`, body, { 'If-Match': read.headers.get('etag') ?? '' })
  const problem = await answer.json()
  if (answer.status !== status || problem.code !== code) {
    throw new Error(`${desk.person} ${rest} ${JSON.stringify(body)}: ${answer.status} ${problem.code}, want ${status} ${code}`)
  }
}

const button = (page, name) => page.getByRole('button', { name, exact: true })

async function absent(page, name) {
  if ((await button(page, name).count()) > 0) throw new Error(`${page.url()} offers "${name}" to the wrong person`)
}

async function review({ duo, rosa, anna, ref, screen, server }) {
  await duo.open(`/incidents/${ref}`)
  await button(duo.page, 'Submit for review').waitFor()
  await anna.open(`/incidents/${ref}`)
  await anna.page.getByRole('heading', { name: 'A call about the choir', level: 1 }).waitFor()
  await absent(anna.page, 'Submit for review')
  await refused(anna, anna, ref, 'transitions', { to: 'in_review' }, 403, 'permission.denied')
  const stranger = await fetch(`${server.base}/api/v1/incidents/${ref}/transitions`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Farwatch': '1' }, body: '{"to":"in_review"}' })
  if (stranger.status !== 401) throw new Error(`signed out: ${stranger.status}`)
  await screen(duo.page, 'draft')
  await button(duo.page, 'Submit for review').click()
  await duo.page.getByText('The record waits for a reviewer.').waitFor()
  // Whoever wrote it holds the reviewer's role too, and still may not judge it.
  await absent(duo.page, 'Approve')
  await refused(duo, duo, ref, 'transitions', { to: 'approved' }, 403, 'workflow.own_work')

  await rosa.open(`/incidents/${ref}`)
  await rosa.page.getByText('A reviewer says how sure we are first.').first().waitFor()
  await screen(rosa.page, 'in-review')
  await rosa.page.locator('#verification').getByRole('button', { name: 'Change' }).click()
  await rosa.page.getByRole('dialog').getByRole('radio', { name: /One source|Single source/i }).check()
  await rosa.page.getByRole('dialog').getByRole('textbox').fill('One paper reported it first-hand.')
  await screen(rosa.page, 'verification')
  await rosa.page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
  await button(rosa.page, 'Approve').click()
  await rosa.page.getByText('The record is approved.').waitFor()
}

async function publish({ duo, ines, ref, screen, server }, guest) {
  await guest.goto(`${server.base}/public/${ref}`)
  await guest.getByRole('heading', { name: 'No published record' }).waitFor()
  await duo.open(`/incidents/${ref}`)
  await duo.page.getByRole('heading', { name: 'A call about the choir', level: 1 }).waitFor()
  await absent(duo.page, 'Publish')
  await refused(duo, duo, ref, 'transitions', { to: 'published' }, 403, 'workflow.own_work')
  await ines.open(`/incidents/${ref}`)
  await button(ines.page, 'Publish').waitFor()
  await screen(ines.page, 'approved')
  await button(ines.page, 'Publish').click()
  await confirm(ines.page, 'Publish')
  await ines.page.getByText('The record is published.').waitFor()
  await guest.reload()
  await guest.getByRole('heading', { name: 'A call about the choir', level: 1 }).waitFor()
  await screen(guest, 'public')
}

/** A step that asks once more does so in a dialog with a button of the same name. */
async function confirm(page, name) {
  const again = page.getByRole('dialog').getByRole('button', { name, exact: true })
  await again.waitFor({ timeout: 2_000 }).then(
    () => again.click(),
    () => undefined,
  )
}

async function edit({ duo, rosa, ref, screen }, guest) {
  await duo.open(`/incidents/${ref}/edit`)
  await duo.page.getByRole('textbox', { name: 'Title', exact: true }).fill('A call about the choir, with a date')
  await duo.page.keyboard.press('Control+Enter')
  await duo.page.getByRole('dialog').getByRole('textbox').fill('The paper printed the day.')
  await screen(duo.page, 'reason')
  await duo.page.getByRole('dialog').getByRole('button').last().click()
  await duo.page.getByText('An edit waits for a second person.').waitFor()
  await absent(duo.page, 'Approve the edit')
  await refused(duo, duo, ref, 'pending', { decision: 'approve' }, 403, 'workflow.own_work')
  await guest.reload()
  await guest.getByRole('heading', { name: 'A call about the choir', level: 1, exact: true }).waitFor()
  await rosa.open(`/incidents/${ref}`)
  await rosa.page.getByText('An edit waits for a second person.').waitFor()
  await screen(rosa.page, 'pending')
  await button(rosa.page, 'Approve the edit').click()
  await confirm(rosa.page, 'Approve the edit')
  await rosa.page.getByText('The edit is approved.').waitFor()
  const fresh = await rosa.call('GET', `/api/v1/public/incidents/${ref}`)
  if ((await fresh.json()).title !== 'A call about the choir, with a date') throw new Error('the approved text is not public')
}

async function history({ duo, anna, ref, screen }) {
  await duo.open(`/incidents/${ref}/history`)
  await duo.page.getByText('Edit approved').first().waitFor()
  await duo.page.getByText('The paper printed the day.').first().waitFor()
  await screen(duo.page, 'history')
  await anna.open(`/incidents/${ref}/history`)
  await anna.page.getByText('Edit approved').first().waitFor()
  if ((await anna.page.getByText('The paper printed the day.').count()) > 0) throw new Error('an analyst reads a reason')
}

async function withdraw({ duo, rosa, ines, anna, ref, screen, server }, guest) {
  await refused(duo, rosa, ref, 'transitions', { to: 'withdrawn', withdrawal_reason: 'error' }, 403, 'workflow.own_work')
  await ines.open(`/incidents/${ref}`)
  await ines.page.getByRole('heading', { name: 'A call about the choir, with a date', level: 1 }).waitFor()
  await button(ines.page, 'More steps').click()
  await button(ines.page, 'Withdraw').click()
  const dialog = ines.page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Why is it withdrawn?' }).selectOption('safety')
  await screen(ines.page, 'withdraw')
  await dialog.getByRole('button', { name: 'Withdraw', exact: true }).click()
  await ines.page.getByText('The record is withdrawn.').waitFor()
  for (const [desk, path] of [[anna, `/api/v1/incidents/${ref}`], [anna, `/api/v1/public/incidents/${ref}`]]) {
    const gone = await desk.call('GET', path)
    if (gone.status !== 410) throw new Error(`${path} answers ${gone.status} after withdrawal`)
  }
  // A browser of its own: the guest's may keep the page for five minutes.
  const page = await guest.context().browser().newPage()
  await page.goto(`${server.base}/public/${ref}`)
  await page.getByText('The reason is not stated.').waitFor()
  await screen(page, 'gone')
  await page.close()
  await anna.open(`/incidents/${ref}`)
  await anna.page.getByText('Danger to somebody').first().waitFor()
  await screen(anna.page, 'tombstone')
}
