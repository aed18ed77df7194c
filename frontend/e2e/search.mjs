// Words in the texts of records: found with the place marked, a slip of the hand mended, nothing of what is closed.
export async function searching({ duo, anna }, record, screen) {
  const { page } = duo
  const log = async (key, title, sensitivity, summary) => {
    const made = await duo.call('POST', '/api/v1/incidents', { ...record, title, summary, sensitivity, citations: [] }, { 'Idempotency-Key': key })
    if (!made.ok) throw new Error(`${title} was not logged: ${made.status} ${await made.text()}`)
  }
  await log('search-one', 'The pilot of the ferry', 'partner', 'A helmsman of Uighur origin was asked for the passenger list at the landing stage.')
  await log('search-two', 'A closed case', 'restricted', 'A helmsman was asked as well.')

  await duo.open('/incidents')
  const box = page.getByRole('combobox', { name: 'Filter by anything' }).or(page.locator('#incident-filter')).first()
  await box.fill('helmsm')
  await page.getByRole('option', { name: /^Search the texts for/ }).click()
  await page.getByText('1 recorded incident matches').first().waitFor()
  await page.locator('mark', { hasText: 'helmsman' }).first().waitFor()
  await screen(page, 'search')

  // Another script of a name finds it too; so does whoever may see it.
  await anna.open(`/incidents?q=${encodeURIComponent('维吾尔 landing')}`)
  await anna.page.locator('mark', { hasText: 'Uighur' }).first().waitFor()

  await duo.open('/incidents?q=helmsmann')
  await page.getByRole('button', { name: /^Did you mean/ }).waitFor()
  await screen(page, 'search-nothing')
  await page.getByRole('button', { name: /^Did you mean/ }).click()
  await page.getByText('1 recorded incident matches').first().waitFor()
}
