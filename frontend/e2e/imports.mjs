// A table becomes records: columns looked at, a question about dates answered, a word given its code, a refused row
// mended and brought in again by the saved map, the same file a second time without effect, and all of it taken back.
import { downloadOf } from './factor.mjs'

const table = `Case No;Date;Accused state;Country;Tactics;Description
B-1;05/03/2021;China;Germany;Kidnapping;A barber was taken from the street.
B-2;04/06/2021;Iran;Sweden;Shadowing;A harpist was followed.
B-3;07/08/2021;Ruritania;UK;Threats;A diver was phoned.
`

export async function imports({ duo, anna }, screen) {
  const { page } = duo
  await anna.open('/imports')
  await anna.page.getByText('Your roles do not').or(anna.page.locator('.empty')).first().waitFor()

  await duo.open('/imports')
  await page.getByText('No table has come in yet').waitFor()
  await screen(page, 'imports-none')
  const file = (name, text) => page.locator('#import-file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
  await file('picture.csv', '\x89PNG\r\n\x1a\n\0\0\0')
  await page.getByText('CSV, TSV, XLSX and JSON Lines are read.').waitFor()
  await duo.open('/imports')
  await file('choir.csv', table)
  await page.getByText('Dates like 03/04/2021 can be read two ways.').waitFor()
  await screen(page, 'imports-columns')

  await page.getByRole('combobox', { name: 'Which comes first?' }).selectOption('dmy')
  await page.getByText('Nothing is written by this.').waitFor()
  // On a slow line the next click comes before the server has answered the last one, and is not lost.
  const plans = '**/api/v1/imports/*/plan'
  await page.route(plans, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await route.continue()
  })
  // By keyboard alone: the word without a code.
  const word = page.getByRole('combobox', { name: /Shadowing/ })
  await word.focus()
  await page.keyboard.type('Physical surv')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Check every row' }).click()
  await page.getByRole('heading', { name: 'This is what would happen' }).waitFor()
  await page.unroute(plans)
  await page.getByRole('cell', { name: 'Ruritania' }).waitFor()
  await screen(page, 'imports-checked')
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Save this map' }).or(page.getByRole('button', { name: 'Save this map' })).first().click()
  await page.getByRole('textbox', { name: 'Name of the map' }).fill('The choir list')
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('The map is saved.').first().waitFor()
  await page.getByRole('button', { name: 'Import 2 rows' }).click()
  await page.getByRole('heading', { name: 'Imported', level: 2, exact: true }).waitFor()
  await screen(page, 'imports-done')

  // The refused row comes back with its reason, is mended, and the saved map takes it.
  const first = page.url()
  const waiting = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download the refused rows' }).click()
  const refused = await streamOf(await waiting)
  if (!refused.includes('unknown value (Ruritania)')) throw new Error(`the reason is missing: ${refused}`)
  await duo.open('/imports')
  await page.getByText('The choir list').waitFor()
  await file('mended.csv', refused.replace('"Ruritania"', '"Russia"'))
  await page.getByText('by a saved map').first().waitFor()
  await page.getByRole('button', { name: 'Check every row' }).click()
  await page.getByRole('button', { name: 'Import 1 row', exact: true }).click()
  await page.getByRole('heading', { name: 'Imported', level: 2, exact: true }).waitFor()
  const names = async () => (await (await duo.call('GET', '/api/v1/incidents?limit=200')).json()).items.map((item) => item.title)
  for (const title of ['A barber was taken from the street.', 'A harpist was followed.', 'A diver was phoned.']) {
    if (!(await names()).includes(title)) throw new Error(`${title} is not there`)
  }

  await duo.open('/imports')
  await file('choir.csv', table)
  await page.getByText('by a saved map').first().waitFor()
  await page.getByRole('button', { name: 'Check every row' }).click()
  await page.locator('.unchanged dd', { hasText: '2' }).waitFor()

  await page.goto(first)
  await page.getByRole('button', { name: 'Take the import back' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Take the import back' }).click()
  await page.getByRole('heading', { name: 'Taken back', level: 2, exact: true }).waitFor()
  const left = await names()
  if (left.includes('A barber was taken from the street.') || !left.includes('A diver was phoned.')) throw new Error(`taken back was too much or too little: ${left}`)
  await screen(page, 'imports-undone')
  await duo.open('/imports')
  await page.getByText('Taken back').first().waitFor()
  await screen(page, 'imports-list')

  // A data package goes out and is known when it comes back.
  await duo.open('/incidents')
  const bundle = await bytesOf(await downloadOf(page, page.getByRole('button', { name: 'Data package' })))
  await duo.open('/imports')
  await page.locator('#import-file').setInputFiles({ name: 'package.zip', mimeType: 'application/zip', buffer: bundle })
  await page.getByText('a data package of ours').waitFor()
  await page.getByRole('button', { name: 'Check every row' }).click()
  await page.locator('.unchanged dd', { hasText: /[1-9]/ }).waitFor()
}

async function streamOf(download) {
  return (await bytesOf(download)).toString('utf8')
}

async function bytesOf(download) {
  const parts = []
  for await (const part of await download.createReadStream()) parts.push(part)
  return Buffer.concat(parts)
}
