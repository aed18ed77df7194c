// What a caseworker does on the first day, on the screens alone: set up, sign in, log the founding incident, find it in
// the list, see it counted, download it.
import { readFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answerStepUps, appCode, downloadOf, enrolApp, enrolPasskey, secondFactor, virtualAuthenticator } from './factor.mjs'
import { axe, watch } from './watch.mjs'

const fixtures = new URL('../../api/testdata/', import.meta.url)
const password = 'four green walls talk'

/** Every screen, light and dark, on a phone and on a desk; axe on each. */
const looks = [
  { width: 1440, height: 900, colorScheme: 'light' },
  { width: 1440, height: 900, colorScheme: 'dark' },
  { width: 360, height: 780, colorScheme: 'light' },
  { width: 360, height: 780, colorScheme: 'dark' },
]

export async function mainJob(browser, server, name) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const watched = watch(page, server.base)
  const screen = (title) => look(page, `${name}-${title}`)
  try {
    const key = await virtualAuthenticator(page)
    await setUp(page, server, screen)
    await screen('sign-in')
    await typePassword(page)
    const codes = await enrolPasskey(page, screen)
    await page.getByRole('heading', { name: 'Incidents', level: 1 }).waitFor()
    await screen('empty-list')
    const record = JSON.parse(await readFile(new URL('founding.json', fixtures), 'utf8'))
    const ref = await logFounding(page, record, screen)
    await findInList(page, server, ref, screen)
    await seeCounted(page, server, screen)
    const stopAnswering = await answerStepUps(page)
    await downloadEquals(page, server, ref)
    await stopAnswering()
    await otherScreens(page, server, screen)
    await secondFactor(page, server, screen, typePassword, key, codes)
    await answerStepUps(page)
    await inviteColleague(browser, page, server, screen, name)
    await rightToLeft(page, server)
    watched.check()
  } catch (error) {
    await page.screenshot({ path: join(tmpdir(), `farwatch-e2e-${name}-failure.png`), fullPage: true }).catch(() => undefined)
    throw new Error(`${error.message}\nat ${page.url()}\n${server.log().split('\n').slice(-5).join('\n')}`, { cause: error })
  } finally {
    await context.close()
  }
}

/** Looks at the screen as it stands in every size and colour. */
export async function look(page, title) {
  // A page whose code is still on its way has no heading yet.
  await page.locator('h1').first().waitFor({ state: 'attached' })
  for (const { width, height, colorScheme } of looks) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // Pages that the server writes follow the system by themselves.
    await page.waitForFunction((scheme) => document.body.classList.contains('site') || document.documentElement.dataset.theme === scheme, colorScheme)
    // A sticky bar may hide half of a button; a reader scrolls on.
    await page.evaluate(() => window.scrollTo(0, 0))
    // What is still fading has no contrast of its own yet.
    await page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState !== 'running'))
    await axe(page, `${title}, ${width} px, ${colorScheme}`)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    if (overflow > 0) throw new Error(`${title} is ${overflow} px too wide at ${width} px`)
    if (process.env.FARWATCH_E2E_SHOTS) {
      await mkdir(process.env.FARWATCH_E2E_SHOTS, { recursive: true })
      await page.screenshot({ path: join(process.env.FARWATCH_E2E_SHOTS, `${title}-${width}-${colorScheme}.png`), fullPage: true })
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
}

async function setUp(page, server, screen) {
  await page.goto(server.setUpLink)
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Example NGO')
  await page.getByRole('textbox', { name: 'User name' }).fill('amina')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await screen('set-up')
  await page.getByRole('button', { name: 'Make the organisation and my account' }).click()
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
}

async function typePassword(page) {
  await page.getByRole('textbox', { name: 'User name' }).fill('amina')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
}

/** Picks in a type-ahead by keyboard: the best match of what is typed. */
async function pick(page, label, text) {
  const box = page.getByRole('combobox', { name: label, exact: true })
  await box.focus()
  await box.fill(text)
  await box.press('Enter')
  await box.press('Escape')
}

/** The control of one field of one entry, as S1.kind. The entries have no names of their own, so their ids are used. */
const at = (page, place) => page.locator(`#at-${place.replaceAll('.', '-')}`)

/** Chooses a code in a short list. */
const choose = (page, place, code) => at(page, place).selectOption(code)

/** Opens what is folded away inside an entry. */
async function unfold(page, id, summary) {
  const details = at(page, id).locator('details', { has: page.locator('summary', { hasText: summary }) })
  if (!(await details.evaluate((element) => element.open))) await details.locator('summary').click()
}

/** Fills the form as the reference record has it, by keyboard and mouse; answers the new ref. */
async function logFounding(page, record, screen) {
  await page.getByRole('link', { name: 'Log an incident' }).first().click()
  await page.getByRole('heading', { name: 'Log an incident', level: 1 }).waitFor()
  await who(page)
  await whereAndWhen(page)
  await whom(page)
  await acts(page, record)
  await offersAndDemands(page, record)
  await sources(page, record)
  await statesAndEvidence(page)

  // An unfinished form is refused with a summary that leads to its fields, and is safe on the server meanwhile.
  await page.getByText(/^Draft saved/).waitFor()
  await page.getByRole('button', { name: 'Save the incident' }).click()
  await page.getByText('This is needed.').first().waitFor()
  await screen('log-with-faults')
  await page.getByRole('textbox', { name: 'Title', exact: true }).fill(record.title)
  await page.getByRole('textbox', { name: 'What happened' }).fill(record.summary)
  await page.getByRole('button', { name: 'All yes' }).click()
  await page.getByRole('radio', { name: /^Open/ }).check()
  await page.getByText(/^Draft saved/).waitFor()
  await page.reload()
  await page.getByRole('textbox', { name: 'Title', exact: true }).waitFor()
  if ((await page.getByRole('textbox', { name: 'Title', exact: true }).inputValue()) !== record.title) {
    throw new Error('the working copy did not come back after a reload')
  }
  await screen('log')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('heading', { name: record.title, level: 1 }).waitFor()
  const ref = page.url().match(/FW-[0-9A-Z]{4}-[0-9A-Z]{4}/)?.[0]
  if (!ref) throw new Error(`no ref in ${page.url()}`)
  await screen('incident')
  return ref
}

async function who(page) {
  await pick(page, 'Accused state', 'china')
  await pick(page, 'Who says that this state did it', 'news outlet')
  await pick(page, 'Who says that this state did it', 'only the target')
  await pick(page, 'Kind of perpetrator', 'taken for an official')
}

async function whereAndWhen(page) {
  await pick(page, 'Host country', 'united kingdom')
  await pick(page, 'Relatives or associates used as leverage are in', 'CHN')
  await page.getByLabel('First reported on').fill('2023-02-20')
  await page.getByRole('radio', { name: 'Some time before the first report' }).check({ force: true })
  await page.getByRole('radiogroup', { name: 'More than once?' }).getByRole('radio', { name: 'Yes' }).check({ force: true })
}

async function whom(page) {
  await pick(page, 'Community', '维吾尔')
  await pick(page, 'Role', 'unknown')
  await choose(page, 'T1.gender', 'man')
  await choose(page, 'T1.response', 'refused')
  await pick(page, 'Harm to this target', 'unknown')
}

async function acts(page, record) {
  for (const text of ['approach to become', 'tasking to join', 'rationed or brokered', 'threat to relatives']) await pick(page, 'Add a method', text)
  await pick(page, 'How was the target reached?', 'phone call')
  for (const act of record.acts) await choose(page, `${act.id}.explicitness`, act.explicitness)
}

async function offersAndDemands(page, record) {
  for (const text of ['regular payment', 'job or business', 'contact with relatives', 'travel or join', 'release of detained']) await pick(page, 'Add an offer', text)
  const money = record.inducements[0].amounts
  for (const amount of money) {
    if ((await at(page, `${amount.id}.amount_text`).count()) === 0) {
      await at(page, 'I1').getByRole('button', { name: /Add (an|a differing) amount/ }).click()
    }
    await at(page, `${amount.id}.amount_text`).fill(amount.amount_text)
    await at(page, `${amount.id}.currency_as_stated`).fill(amount.currency_as_stated)
    await choose(page, `${amount.id}.period`, amount.period)
    if (amount.amount_min !== null) await at(page, `${amount.id}.amount_min`).fill(String(amount.amount_min))
    if (amount.amount_max !== null) await at(page, `${amount.id}.amount_max`).fill(String(amount.amount_max))
  }
  for (const text of ['attend protests', 'say who attended', 'spoke to journalists', 'groups plan', 'unspecified']) await pick(page, 'Add a demand', text)
}

async function sources(page, record) {
  await page.getByRole('button', { name: 'Add another source' }).click()
  for (const source of record.sources) {
    const box = at(page, `${source.id}.kind`)
    await box.focus()
    await box.fill(source.kind === 'republication' ? 'republication' : 'first publisher')
    await box.press('Enter')
    await at(page, `${source.id}.publisher`).fill(source.publisher)
    await at(page, `${source.id}.url`).fill(source.url)
    if (source.published) await at(page, `${source.id}.published`).fill(source.published)
    if (source.derived_from) await choose(page, `${source.id}.derived_from`, source.derived_from)
    await choose(page, `${source.id}.reliability`, source.reliability)
  }
  await choose(page, 'incident.discovery_route', 'media_monitoring').catch(() => pick(page, 'How it reached you', 'media monitoring'))
  await unfold(page, 'S2', 'Quotes')
  await at(page, 'S2').getByRole('button', { name: 'Add a quote' }).click()
  const claim = at(page, 'C1.entity')
  await claim.fill('approach to become')
  await claim.press('Enter')
  await at(page, 'C1.quote').fill('a wage each month')
}

async function statesAndEvidence(page) {
  await pick(page, 'Add evidence', 'recording of a call')
  await pick(page, 'Add evidence', "target's account")
  await choose(page, 'E1.access', 'held_by_publisher')
  await choose(page, 'E2.access', 'reported_only')
  const host = page.locator('#add-host_state')
  await host.fill('general statement')
  await host.press('Enter')
  const origin = page.locator('#add-origin_state')
  await origin.fill('denies this and any')
  await origin.press('Enter')
}

async function findInList(page, server, ref, screen) {
  await page.getByRole('link', { name: 'Incidents' }).first().click()
  await page.getByRole('heading', { name: 'Incidents', level: 1 }).waitFor()
  await page.getByText(ref).first().waitFor()
  await page.getByText('1 recorded incident', { exact: false }).first().waitFor()
  await screen('list')
  // Filters stand in the address; what does not match is not listed.
  await page.goto(`${server.base}/incidents?communities=tibetan`)
  await page.getByText('0 recorded incidents', { exact: false }).or(page.getByText(/nothing|no recorded/i)).first().waitFor()
  await screen('list-without-match')
  await page.goto(`${server.base}/incidents?communities=turkic_muslim_xinjiang&counted=true`)
  await page.getByText(ref).first().waitFor()
}

async function seeCounted(page, server, screen) {
  await page.getByRole('link', { name: 'Dashboard' }).first().click()
  await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor()
  await page.getByText('China is accused in 1 of 1 recorded incident', { exact: false }).waitFor()
  await page.getByRole('button', { name: /China 1 of 1 \(100\.0 %\)/ }).waitFor()
  await screen('dashboard')
}

/** The file of the button equals the reference row, byte for byte, but for what the server assigned. */
async function downloadEquals(page, server, ref) {
  await page.goto(`${server.base}/incidents`)
  await page.getByText(ref).first().waitFor()
  const download = await downloadOf(page, page.getByRole('button', { name: 'Download CSV' }))
  const got = await readFile(await download.path(), 'utf8')
  const lines = got.split('\r\n')
  const assigned = lines[1].slice(1, -1).split('","')
  const columns = lines[0].replace('\ufeff', '').slice(1, -1).split('","')
  const value = (name) => assigned[columns.indexOf(name)]
  const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/
  if (!instant.test(value('updated_at')) || !instant.test(value('created_at'))) throw new Error('the times are no instants')
  const [head, row] = (await readFile(new URL('founding-row.csv', fixtures), 'utf8')).split('\r\n')
  const want =
    '\ufeff' + head + ',"_csv_v2_apostrophe"\r\n' +
    row
      .replace('https://farwatch.example/incidents/FW-4F7K-Q2ME', `${server.base}/incidents/${ref}`)
      .replace('FW-4F7K-Q2ME', ref)
      .replace('"2026-01-15T09:00:00Z","in_scope"', `"${value('updated_at')}","in_scope"`)
      .replace(/"2026-01-15T09:00:00Z"$/, `"${value('created_at')}"`) +
    `,"${value('_csv_v2_apostrophe')}"\r\n`
  if (got !== want) throw new Error(`the file differs\n got ${got}\nwant ${want}`)
}

async function otherScreens(page, server, screen) {
  await page.goto(`${server.base}/account`)
  await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor()
  await page.getByText('This session', { exact: false }).first().waitFor()
  await screen('account')
  await page.goto(`${server.base}/incidents/FW-4F7K-Q2MF`)
  await page.getByText('typing error', { exact: false }).or(page.getByText('mistyped', { exact: false })).first().waitFor()
  await screen('mistyped-ref')
  await page.goto(`${server.base}/nowhere`)
  await page.getByRole('heading', { name: 'Page not found' }).waitFor()
  await screen('not-found')
}

/** A one-time link makes a colleague's account, who sees the record but no protected field and may not log. */
async function inviteColleague(browser, page, server, screen, name) {
  await page.goto(`${server.base}/admin/invitations`)
  await page.getByRole('button', { name: 'Invite somebody' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('checkbox', { name: /^Analyst/ }).check()
  for (const other of ['Caseworker', 'Reviewer', 'Advocate']) {
    const box = dialog.getByRole('checkbox', { name: new RegExp(`^${other}`) })
    if ((await box.count()) > 0 && (await box.isChecked())) await box.uncheck()
  }
  await screen('invite-dialog')
  await dialog.getByRole('button', { name: 'Make the link' }).click()
  const link = await dialog.getByLabel('One-time link').inputValue()
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  try {
    const colleague = await context.newPage()
    colleague.setDefaultTimeout(15_000)
    const watched = watch(colleague, server.base)
    await colleague.goto(link)
    await colleague.getByRole('textbox', { name: 'User name' }).fill('chen')
    await colleague.getByLabel('Password', { exact: true }).fill(password)
    await colleague.getByRole('button', { name: 'Make my account' }).click()
    await colleague.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
    const typePassword = async () => {
      await colleague.getByRole('textbox', { name: 'User name' }).fill('chen')
      await colleague.getByLabel('Password', { exact: true }).fill(password)
      await colleague.keyboard.press('Enter')
    }
    await typePassword()
    const shown = (title) => look(colleague, `${name}-${title}`)
    const { secret } = await enrolApp(colleague, shown)
    await colleague.getByText('1 recorded incident', { exact: false }).first().waitFor()
    if ((await colleague.getByRole('link', { name: 'Log an incident' }).count()) > 0) throw new Error('an analyst is offered the form')
    await appCode(colleague, secret, typePassword, shown)
    watched.check()
  } finally {
    await context.close()
  }
}

/** The layout mirrors itself: nothing sticks out, the navigation begins at the right. */
async function rightToLeft(page, server) {
  for (const path of ['/incidents?dir=rtl', '/incidents/new?dir=rtl', '/dashboard?dir=rtl']) {
    await page.goto(server.base + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    const { direction, overflow } = await page.evaluate(() => ({
      direction: document.documentElement.dir,
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }))
    if (direction !== 'rtl' || overflow > 0) throw new Error(`${path}: direction ${direction}, ${overflow} px too wide`)
  }
}
