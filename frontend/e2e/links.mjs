// A case that is logged twice: the form asks, the record page shows why, a person says that it is another case, takes
// that back, and merges. Then a campaign with it.

export async function links({ duo, rosa, anna }, record, screen) {
  const { page } = duo
  const { ref: first } = await (await duo.call('POST', '/api/v1/incidents', { ...record, title: 'A call about the boat race', sensitivity: 'open' }, { 'Idempotency-Key': 'links-first' })).json()
  await half(duo, first)
  await page.getByRole('textbox', { name: 'Title', exact: true }).fill('Caller asks about a boat race')
  await page.getByRole('button', { name: 'Save the incident' }).click()
  const dialog = page.getByRole('dialog', { name: 'Is this case recorded already?' })
  await dialog.getByRole('link', { name: 'A call about the boat race' }).waitFor()
  await screen(page, 'recorded-already')
  await dialog.getByRole('button', { name: 'Back to the form' }).click()
  await page.getByRole('button', { name: 'Save the incident' }).click()
  await dialog.getByRole('button', { name: 'Log it anyway' }).click()
  await page.getByRole('heading', { name: 'Caller asks about a boat race', level: 1 }).waitFor()
  const second = page.url().match(/FW-[0-9A-Z]{4}-[0-9A-Z]{4}/)[0]

  const card = page.locator('#duplicates')
  const candidate = card.locator('.candidates > li', { hasText: first })
  await candidate.getByText('Same page').waitFor()
  await screen(page, 'candidates')
  await candidate.getByRole('button', { name: `Another case: ${first}` }).click()
  await page.getByRole('textbox', { name: 'How do you know?' }).fill('Two brothers')
  await page.getByRole('button', { name: 'Remember that' }).click()
  await candidate.waitFor({ state: 'detached' })
  await card.locator('summary', { hasText: 'another case' }).click()
  await card.getByText('Two brothers').waitFor()

  // An analyst learns that it was judged, not why.
  await anna.open(`/incidents/${second}`)
  await anna.page.locator('#duplicates summary', { hasText: 'another case' }).click()
  if ((await anna.page.getByText('Two brothers').count()) > 0) throw new Error('an analyst reads the note of a dismissal')
  if ((await anna.page.getByRole('button', { name: /^Another case|^Ask again/ }).count()) > 0) throw new Error('an analyst may judge a pair')

  await card.getByRole('button', { name: `Ask again about ${first}` }).click()
  await candidate.waitFor()
  await campaign(duo, second, screen)
  await merge(rosa, second, first)
}

/** Opens a form that holds what the record says, as somebody would have entered it. */
async function half(desk, ref) {
  const { page } = desk
  await desk.open('/incidents/new')
  await page.getByRole('textbox', { name: 'Title', exact: true }).fill('x')
  await page.getByText(/^Draft saved/).waitFor()
  const id = new URL(page.url()).searchParams.get('copy')
  const path = `/api/v1/working-copies/${id}`
  const copy = await (await desk.call('GET', path)).json()
  const record = await (await desk.call('GET', `/api/v1/incidents/${ref}`)).json()
  const blank = copy.form.draft
  const taken = Object.fromEntries(Object.keys(blank).filter((name) => name in record).map((name) => [name, record[name]]))
  const draft = { ...blank, ...taken, acts: record.acts.map(({ occurred, ...act }) => ({ ...act, when: occurred && null })), when: { ...blank.when, repeated: true } }
  const kept = await desk.call('PUT', path, { title: 'x', incident_ref: null, base_version: null, form: { draft, base: null } })
  if (!kept.ok) throw new Error(`the working copy was not kept: ${kept.status} ${await kept.text()}`)
  // Another page first: the form would save over what was just kept.
  await page.goto('about:blank')
  await desk.open(`/incidents/new?copy=${id}`)
  await page.getByRole('radio', { name: 'Some time before the first report' }).check({ force: true })
}

async function campaign(desk, ref, screen) {
  const { page } = desk
  await desk.open('/campaigns')
  await page.getByText('No campaign yet').waitFor()
  await screen(page, 'no-campaign')
  await page.getByRole('button', { name: 'Begin a campaign' }).first().click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Give it a title.').waitFor()
  await page.getByRole('textbox', { name: 'Title' }).fill('Calls before the boat race')
  await page.getByRole('textbox', { name: 'What holds it together' }).fill('One script, many callers.')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Calls before the boat race', level: 1 }).waitFor()
  await page.getByText('No incident that you may see belongs to it yet.').waitFor()
  const { pathname } = new URL(page.url())
  const read = await desk.call('GET', `/api/v1/incidents/${ref}`)
  const saved = await desk.call('PATCH', `/api/v1/incidents/${ref}`, { campaigns: [pathname.split('/').at(-1)] }, { 'If-Match': read.headers.get('etag') })
  if (!saved.ok) throw new Error(`the campaign was not added: ${saved.status}`)
  await page.reload()
  await page.getByRole('link', { name: 'Caller asks about a boat race' }).waitFor()
  await screen(page, 'campaign')
  await page.getByRole('link', { name: 'Show in the list' }).click()
  await page.getByText('1 recorded incident matches').first().waitFor()
  await desk.open(`/incidents/${ref}`)
  await page.locator('#links').getByRole('link', { name: 'Calls before the boat race' }).waitFor()
}

async function merge(rosa, ref, into) {
  const { page } = rosa
  await rosa.open(`/incidents/${ref}`)
  await page.getByRole('button', { name: `Merge into ${into}` }).click()
  await page.getByRole('textbox', { name: 'Why?' }).fill('The same call, told twice.')
  await page.getByRole('button', { name: 'Merge', exact: true }).click()
  await page.getByRole('heading', { name: 'A call about the boat race', level: 1 }).waitFor()
  await page.locator('#links').getByRole('link', { name: 'Calls before the boat race' }).waitFor()
}

