// A release from the proposal to the public page, by three people, on the records of the demo: enough of them that some
// numbers can be shown.
import { startDemo } from './server.mjs'
import { watch } from './watch.mjs'

export async function releases(browser, look) {
  const demo = await startDemo()
  const desks = []
  const open = async (name) => {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
    page.setDefaultTimeout(60_000)
    desks.push({ name, page, watched: watch(page, demo.base) })
    await page.goto(`${demo.base}/sign-in`)
    await page.getByRole('textbox', { name: 'User name' }).fill(name)
    await page.getByLabel('Password', { exact: true }).fill(demo.passwords[name])
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname !== '/sign-in')
    await page.goto(`${demo.base}/releases`)
    await page.getByRole('heading', { name: 'Releases', level: 1 }).waitFor()
    return page
  }
  try {
    const analyst = await open('chen')
    await analyst.getByText('No release yet').waitFor()
    await analyst.getByRole('button', { name: 'Propose a release' }).click()
    await analyst.getByRole('dialog').getByLabel('Note').fill('The first one')
    await analyst.getByRole('dialog').getByRole('button', { name: 'Propose a release' }).click()
    await analyst.getByRole('table', { name: 'Persons by year' }).waitFor()
    if ((await analyst.getByRole('button', { name: 'Approve' }).count()) > 0) throw new Error('who proposed a release may approve it')
    await look(analyst, 'release-proposed')
    // Before it is published the public reads none of its numbers.
    const guest = await browser.newPage()
    await guest.goto(`${demo.base}/public/releases`)
    await guest.getByText('Nothing has been released yet.').waitFor()

    await step(await open('boris'), 'Approve')
    await step(await open('elif'), 'Publish')

    await guest.reload()
    const section = guest.getByRole('region', { name: 'Release 1' })
    await section.getByText('The first one').waitFor()
    const file = await section.getByRole('link', { name: /\.csv$/ }).first().getAttribute('href')
    const answer = await guest.request.get(demo.base + file)
    if (answer.status() !== 200 || !/"20\d\d","[1-9]\d"/.test(await answer.text())) throw new Error(`${file}: ${answer.status()} ${await answer.text()}`)
    await look(guest, 'release-published')
    await guest.close()
    for (const desk of desks) desk.watched.check()
  } catch (error) {
    throw new Error(`${error.message}\n${demo.log().split('\n').slice(-5).join('\n')}`, { cause: error })
  } finally {
    for (const desk of desks) await desk.page.context().close()
    await demo.stop()
  }
}

async function step(page, name) {
  await page.getByRole('button', { name, exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
  await page.locator('main').getByText(name === 'Publish' ? 'Published' : 'Approved', { exact: true }).waitFor()
}
