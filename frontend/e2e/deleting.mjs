// A record is deleted with its reason, found among the deleted ones and brought back; then a legal hold stands at the top
// of its page and keeps it.
export async function deleting({ duo, rosa, carla }, record, screen) {
  const title = 'Notes pushed under the door'
  const made = await duo.call('POST', '/api/v1/incidents', { ...record, title, sensitivity: 'open' }, { 'Idempotency-Key': 'deleting' })
  const { ref } = await made.json()
  const { page } = rosa
  const step = async (name, reason) => {
    await page.locator('#keeping').getByRole('button', { name, exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill(reason)
    await dialog.getByRole('button', { name, exact: true }).click()
  }

  await rosa.open(`/incidents/${ref}`)
  await step('Delete the record', 'Logged twice by mistake.')
  await page.getByRole('heading', { name: 'Deleted records', level: 1 }).waitFor()
  const row = page.getByRole('listitem').filter({ hasText: title })
  await row.getByText('Logged twice by mistake.').waitFor()
  await duo.open('/incidents')
  await duo.page.getByRole('heading', { name: 'Incidents', level: 1 }).waitFor()
  await duo.page.getByText('A call about the choir').first().waitFor()
  if ((await duo.page.getByText(title).count()) > 0) throw new Error('a deleted record stands in the list')
  const gone = await duo.call('GET', `/api/v1/incidents/${ref}`)
  if (gone.status !== 404) throw new Error(`a deleted record answers ${gone.status}`)
  await row.getByRole('button', { name: 'Bring back' }).click()
  await page.getByRole('heading', { name: title, level: 1 }).waitFor()

  await step('Place a legal hold', 'A court asks for it.')
  const banner = page.getByRole('region', { name: 'Legal hold' })
  await banner.getByText('A court asks for it.').waitFor()
  await banner.getByText(/Placed by .*rosa/).waitFor()
  await screen(page, 'hold')
  if ((await page.getByRole('button', { name: 'Delete the record' }).count()) > 0) throw new Error('a held record may be deleted')
  const read = await rosa.call('GET', `/api/v1/incidents/${ref}`)
  const refused = await rosa.call('POST', `/api/v1/incidents/${ref}/deletion`, { reason: 'All the same.' }, { 'If-Match': read.headers.get('etag') })
  const problem = await refused.json()
  if (problem.code !== 'hold.in_force') throw new Error(`deleting a held record: ${refused.status} ${problem.code}`)
  await carla.open(`/incidents/${ref}`)
  await carla.page.getByRole('heading', { name: title, level: 1 }).waitFor()
  if ((await carla.page.getByText('legal hold', { exact: false }).count()) > 0) throw new Error('somebody who reviews nothing is told of a hold')
}
