// People on one record: the team, a request for review, a comment that names somebody, what waits for whom, one step
// with many records.
export async function team({ duo, rosa, anna, carla }, record, screen) {
  const { page } = duo
  const log = async (key, title) => {
    const made = await duo.call('POST', '/api/v1/incidents', { ...record, title, sensitivity: 'open' }, { 'Idempotency-Key': key })
    return (await made.json()).ref
  }
  const ref = await log('team-one', 'Calls to the rowing club')
  await log('team-two', 'Calls to the sailing club')

  // Carla is not on the team: she reads the record, not its comments.
  await carla.open(`/incidents/${ref}`)
  await carla.page.locator('#team').waitFor()
  if ((await carla.page.locator('#comments').count()) > 0) throw new Error('somebody off the team sees the comments')
  if ((await carla.page.getByRole('combobox', { name: 'Add to the team' }).count()) > 0) throw new Error('somebody off the team may assign')

  await duo.open(`/incidents/${ref}`)
  await choose(page, 'Add to the team', 'carla')
  await page.locator('#team li', { hasText: 'carla' }).waitFor()
  await choose(page, 'Ask for a review', 'rosa')
  await page.locator('#team li', { hasText: 'asked by' }).waitFor()
  await page.getByLabel('Write a comment').fill('Which day was it, @ro')
  await page.getByRole('button', { name: '@rosa' }).click()
  await page.getByRole('button', { name: 'Comment', exact: true }).click()
  await page.locator('#comments li', { hasText: '@rosa' }).waitFor()
  await screen(page, 'team')

  await carla.page.reload()
  await carla.page.locator('#comments li', { hasText: '@rosa' }).waitFor()
  await anna.open(`/incidents/${ref}`)
  await anna.page.getByRole('heading', { name: 'Calls to the rowing club', level: 1 }).waitFor()
  if ((await anna.page.getByRole('link', { name: 'Waiting for me' }).count()) > 0) throw new Error('an analyst has a queue')
  if ((await anna.page.locator('#comments, #team').count()) > 0) throw new Error('an analyst sees comments or the team')

  const { page: desk } = rosa
  await rosa.open('/queue')
  await desk.locator('section', { hasText: 'A comment names you' }).getByRole('link', { name: 'Calls to the rowing club' }).waitFor()
  await screen(desk, 'queue')
  await desk.getByRole('button', { name: /^Notifications, \d+ unread/ }).click()
  await desk.getByRole('button', { name: /You were named in a comment/ }).first().waitFor()
  await screen(desk, 'notifications')
  await desk.getByRole('button', { name: /You were named in a comment/ }).first().click()
  await desk.locator('#comments').getByRole('button', { name: 'Resolve' }).click()
  await desk.getByText('1 resolved comment').waitFor()

  await bulk(duo, screen)
  await rosa.open('/queue')
  await desk.locator('section', { hasText: 'You were asked to review' }).getByRole('link', { name: 'Calls to the rowing club' }).waitFor()
  await desk.locator('section', { hasText: 'In review, for any reviewer' }).getByRole('link', { name: 'Calls to the sailing club' }).waitFor()
}

/** Submits both records and one that is published already: each gets its own answer. */
async function bulk(duo, screen) {
  const { page } = duo
  await duo.open('/incidents?q=club')
  await page.getByText('2 recorded incidents match').first().waitFor()
  for (const box of await page.locator('main [type=checkbox]').all()) await box.check()
  await page.getByRole('combobox', { name: 'What to do with them' }).selectOption('submit')
  await page.getByRole('button', { name: 'Go on…' }).click()
  // Meanwhile one of them moves on.
  const list = await (await duo.call('GET', '/api/v1/incidents?q=sailing')).json()
  const { ref } = list.items[0]
  const read = await duo.call('GET', `/api/v1/incidents/${ref}`)
  await duo.call('PATCH', `/api/v1/incidents/${ref}`, { title: 'Calls to the sailing club, twice' }, { 'If-Match': read.headers.get('etag') })
  await page.getByRole('button', { name: 'Do it' }).click()
  await page.getByText('1 done, 1 not done').waitFor()
  await page.getByRole('dialog').getByText('Somebody else saved this record').waitFor()
  await screen(page, 'bulk')
  await page.getByRole('button', { name: 'Close', exact: true }).last().click()
  await page.locator('main [type=checkbox]').first().waitFor()
  await duo.call('POST', '/api/v1/incidents/bulk', { action: 'submit', items: [{ ref, version: 2 }] })
}

async function choose(page, label, name) {
  const box = page.getByRole('combobox', { name: label })
  await box.click()
  await box.fill(name)
  await page.getByRole('option', { name, exact: true }).click()
}
