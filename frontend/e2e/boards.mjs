// Dashboard, own table, comparison and brief: every chart has its table by keyboard and its files, and all agree.
import { readFile } from 'node:fs/promises'

export async function boards({ duo }, record, screen) {
  const { page } = duo
  for (const [key, title] of [['boards-one', 'A board of numbers'], ['boards-two', 'Another board']]) {
    const made = await duo.call('POST', '/api/v1/incidents', { ...record, title, sensitivity: 'open', citations: [] }, { 'Idempotency-Key': key })
    if (!made.ok) throw new Error(`${title} was not logged: ${made.status} ${await made.text()}`)
  }

  await duo.open('/dashboard')
  const charts = page.getByRole('figure')
  await charts.filter({ hasText: 'What is missing?' }).waitFor()
  if ((await charts.count()) < 25) throw new Error(`${await charts.count()} charts`)
  await everyTableByKeyboard(page, charts)
  await files(page)

  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('button', { name: 'Build a table' }).click()
  await ownTable(duo, screen)

  // The same filter on both sides has no difference; a period on one side has.
  await duo.open('/dashboard/compare')
  await page.getByRole('heading', { name: 'Compare two selections', level: 1 }).waitFor()
  const b = page.getByRole('region', { name: 'Filters of selection B' })
  await b.getByLabel('From', { exact: true }).fill('2030-01-01')
  await page.keyboard.press('Tab')
  const accused = charts.filter({ hasText: 'Accused states' })
  await accused.getByRole('button', { name: 'Show as table' }).click()
  await accused.getByRole('row', { name: /^China/ }).getByText('−').first().waitFor()
  await screen(page, 'compare')

  await duo.open('/brief?origin_country=CHN')
  await page.getByRole('article', { name: 'China as accused state' }).waitFor()
  await screen(page, 'brief')
  const pages = (await page.pdf({ format: 'A4', margin: { top: '12mm', bottom: '12mm', left: '12mm', right: '12mm' } })).toString('latin1').match(/\/Type\s*\/Page\b/g)
  if (pages?.length !== 1) throw new Error(`the brief takes ${pages?.length} pages`)
}

/** Each chart's switch is reached and pressed without a mouse, and shows a table named after the chart. */
async function everyTableByKeyboard(page, charts) {
  for (const chart of await charts.all()) {
    const button = chart.getByRole('button', { name: 'Show as table' })
    await button.focus()
    await page.keyboard.press('Enter')
    await chart.getByRole('table').first().waitFor()
    await chart.getByRole('button', { name: 'Show as chart' }).press('Enter')
  }
}

async function files(page) {
  const chart = page.getByRole('figure', { name: 'Accused states', exact: true })
  const keep = async (item) => {
    await chart.getByRole('button', { name: 'Download' }).click()
    const [download] = await Promise.all([page.waitForEvent('download'), chart.getByRole('button', { name: item }).click()])
    return { name: download.suggestedFilename(), data: await readFile(await download.path()) }
  }
  const svg = await keep('Picture as SVG')
  const png = await keep('Picture as PNG')
  const csv = await keep('Numbers as CSV')
  if (!/^accused-states-\d{4}-\d\d-\d\d\.svg$/.test(svg.name) || !svg.data.toString().includes('China is accused in')) throw new Error(`SVG ${svg.name}`)
  if (png.data.readUInt32BE(0) !== 0x89504e47 || png.data.length < 5000) throw new Error(`PNG ${png.name} of ${png.data.length} bytes`)
  const [head, first] = csv.data.toString().split('\r\n')
  if (!head.endsWith('"code","label","count","denominator","share_percent","unit","as_of","selection","_csv_v2_apostrophe"') || !first.startsWith('"CHN","China",')) {
    throw new Error(`CSV ${head} ${first}`)
  }
}

async function ownTable({ page }, screen) {
  await page.getByLabel('Rows', { exact: true }).selectOption('host_country')
  await page.getByLabel('Columns', { exact: true }).selectOption('channels')
  await page.getByRole('radio', { name: 'Acts' }).press('Space')
  await page.waitForURL(/rows=host_country.*columns=channels.*measure=acts|measure=acts/)
  const chart = page.getByRole('figure', { name: /^Host country by/ })
  await chart.getByText('Unit: acts').waitFor()
  await screen(page, 'own-table')
  // A cell sets the filter; the list has as many records as the page says.
  await page.getByRole('radio', { name: 'Incidents' }).press('Space')
  await chart.getByText('Unit: incidents').waitFor()
  const cell = chart.getByRole('button', { name: /^United Kingdom, Phone call: / })
  const count = Number(/: (\d+) of/.exec(await cell.getAttribute('aria-label'))[1])
  await cell.click()
  await page.getByRole('link', { name: new RegExp(`^See (this|these) ${count} record`) }).click()
  await page.getByText(new RegExp(`^${count} recorded incident`)).first().waitFor()
}
