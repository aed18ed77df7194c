// Files for analysts: the builder from the list, by keyboard, with columns and labels; a file with protected fields that
// a second person allows; a snapshot that gives the same bytes twice.
import { downloadOf } from './factor.mjs'

export async function exporting({ duo, rosa, anna }, screen) {
  const { page } = duo
  await anna.open('/exports')
  await anna.page.getByText('No file yet').waitFor()
  await screen(anna.page, 'exports-none')
  await anna.open('/snapshots')
  await anna.page.getByText('No snapshot yet').waitFor()

  await duo.open('/incidents?origin_country=CHN')
  await page.getByRole('link', { name: 'Export…' }).click()
  await page.getByRole('heading', { name: 'New export', level: 1 }).waitFor()
  await page.getByText('Accused state: China').waitFor()
  await page.getByRole('radio', { name: /^Excel workbook/ }).focus()
  await page.keyboard.press('ArrowDown')
  if (!(await page.getByRole('radio', { name: /^CSV For R/ }).isChecked())) throw new Error('the arrow did not choose CSV')
  await page.getByRole('radio', { name: 'Labels' }).check()
  await page.getByText('Columns all').click()
  await page.getByRole('button', { name: 'Only ref' }).click()
  await page.getByRole('searchbox', { name: 'Find a column' }).fill('what was done')
  await page.getByRole('checkbox', { name: /^methods What/ }).check()
  await page.getByRole('columnheader', { name: 'methods' }).waitFor()
  await screen(page, 'exports-builder')
  await page.getByRole('button', { name: /^Make a file of/ }).click()
  await page.getByRole('heading', { name: 'Exports', level: 1 }).waitFor()
  const csv = await fetched(page, page.locator('li', { hasText: 'CSV' }).first())
  if (!csv.toString().startsWith('\ufeff"ref","methods","_csv_v2_apostrophe"\r\n"FW-')) throw new Error(`not the file that was asked for: ${csv.toString().slice(0, 200)}`)
  await screen(page, 'exports-ready')

  // Protected fields: only with another person's yes.
  await duo.open('/exports/new')
  await page.getByRole('radio', { name: /^JSON Lines/ }).check()
  await page.getByRole('radio', { name: /^Full/ }).check()
  await page.getByText('Protected fields are shown to nobody').waitFor()
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  await page.getByText('Waits for a second person').waitFor()
  await rosa.open('/exports')
  await rosa.page.getByRole('heading', { name: 'Waiting for your yes' }).waitFor()
  await screen(rosa.page, 'exports-asked')
  await rosa.page.getByRole('button', { name: 'Approve' }).click()
  await rosa.page.getByRole('heading', { name: 'Files with protected fields of colleagues' }).waitFor()
  await duo.open('/exports')
  const full = await fetched(page, page.locator('li', { hasText: 'JSON Lines' }).first())
  if (!full.toString().includes('"consents":')) throw new Error('the file holds no record')

  // A snapshot and the same bytes again.
  await anna.open('/exports/new?format=package')
  const { page: third } = anna
  await third.getByRole('button', { name: /^Make a file/ }).click()
  await third.getByText('Say what the snapshot is of.').waitFor()
  await third.getByRole('textbox', { name: 'Title' }).fill('The choir')
  await third.getByRole('button', { name: /^Make a file/ }).click()
  await third.getByRole('heading', { name: 'Exports', level: 1 }).waitFor()
  const first = await fetched(third, third.locator('li', { hasText: 'FWD-' }).first())
  await anna.open('/snapshots')
  await third.getByText('The choir').waitFor()
  await screen(third, 'exports-snapshots')
  await third.getByRole('button', { name: /^Make the file again: FWD-/ }).click()
  await third.getByRole('heading', { name: 'Exports', level: 1 }).waitFor()
  await third.locator('li', { hasText: 'FWD-' }).nth(1).waitFor()
  const second = await fetched(third, third.locator('li', { hasText: 'FWD-' }).first())
  if (!first.equals(second)) throw new Error('the same id gave other bytes')
}

/** Waits until the file of a row is ready, and downloads it. */
async function fetched(page, row) {
  const button = row.getByRole('button', { name: 'Download' })
  await button.waitFor()
  const download = await downloadOf(page, button)
  const chunks = []
  for await (const chunk of await download.createReadStream()) chunks.push(chunk)
  return Buffer.concat(chunks)
}
