// A record and a saved search are shared with another organisation: asked for, approved by a second person, read by the
// receiver as far as that goes, and stopped.
export async function sharing({ duo, rosa }, pia, record, screen) {
  const log = async (key, title, sensitivity) => {
    const made = await duo.call('POST', '/api/v1/incidents', { ...record, title, sensitivity }, { 'Idempotency-Key': key })
    return (await made.json()).ref
  }
  const ref = await log('sharing-one', 'Letters to the chess club', 'partner')
  await log('sharing-two', 'Letters to the chess school', 'open')
  await log('sharing-three', 'Letters about chess, in secret', 'restricted')

  const { page } = duo
  await duo.open(`/incidents/${ref}`)
  const card = page.locator('#sharing')
  await card.getByText('No other organisation reads this record.').waitFor()
  await card.getByRole('button', { name: 'Share…' }).click()
  await ask(page, screen)
  await card.getByText('Waits for a reviewer').waitFor()
  if ((await card.getByRole('button', { name: 'Approve' }).count()) > 0) throw new Error('who asked may approve it')

  await page.goto(`${new URL(page.url()).origin}/incidents?q=chess`)
  await page.getByRole('button', { name: 'Saved searches' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Chess')
  await page.getByRole('button', { name: 'Save the current filter' }).click()
  await page.getByRole('button', { name: /^Share .*Chess.* with another organisation/ }).click()
  await ask(page)

  await rosa.open('/queue')
  await rosa.page.locator('section', { hasText: 'To be shared with another organisation' }).getByRole('link', { name: 'Letters to the chess club' }).waitFor()
  await rosa.page.locator('section', { hasText: 'Saved searches to be shared' }).getByRole('link', { name: 'Decide under Sharing' }).waitFor()
  await rosa.open('/sharing')
  const given = rosa.page.getByRole('region', { name: 'Shared by us' })
  await screen(rosa.page, 'sharing-given')
  for (const left of [1, 0]) {
    await given.getByRole('button', { name: 'Approve' }).first().click()
    await rosa.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click()
    await given.getByText('Shared', { exact: true }).nth(1 - left).waitFor()
  }

  await pia.open('/sharing')
  const received = pia.page.getByRole('region', { name: 'Shared with us' })
  await received.getByText('A joint report.').first().waitFor()
  await screen(pia.page, 'sharing-received')
  await received.getByRole('link', { name: /Chess/ }).click()
  await pia.page.getByText(/Shared by .* until/).waitFor()
  await pia.page.getByText('2 recorded incidents').first().waitFor()
  if ((await pia.page.getByText('in secret').count()) > 0) throw new Error('a restricted record is shared')
  await screen(pia.page, 'sharing-list')
  await pia.page.getByRole('link', { name: 'Letters to the chess school' }).click()
  await pia.page.getByRole('heading', { name: 'Letters to the chess school', level: 1 }).waitFor()
  await pia.page.getByText(/Shared by .* until/).waitFor()
  if ((await pia.page.locator('#team, #comments, #links, #sharing').count()) > 0) throw new Error('a shared record shows what is not shared')
  await screen(pia.page, 'sharing-record')
  await pia.open('/incidents')
  await pia.page.getByRole('heading', { name: 'Incidents', level: 1 }).waitFor()
  if ((await pia.page.getByText('Letters to').count()) > 0) throw new Error('what is shared stands among the own records')

  await rosa.open(`/incidents/${ref}`)
  await rosa.page.locator('#sharing').getByRole('button', { name: 'Stop sharing' }).click()
  await screen(rosa.page, 'sharing-stop')
  await rosa.page.getByRole('dialog').getByRole('button', { name: 'Stop sharing' }).click()
  await rosa.page.locator('#sharing').getByText('No other organisation reads this record.').waitFor()
  await pia.open('/sharing')
  await received.getByRole('link', { name: /Chess/ }).waitFor()
  if ((await received.getByRole('link').count()) !== 1) throw new Error('the stopped grant is still listed')
}

/** Fills in the dialog; the time stays as offered. */
async function ask(page, screen) {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Organisation' }).selectOption('partner_ngo')
  await dialog.getByLabel('Why').fill('A joint report.')
  if (screen) await screen(page, 'sharing-dialog')
  await dialog.getByRole('button', { name: 'Ask for it' }).click()
  await page.getByText('A reviewer was asked.').first().waitFor()
}
