// The public side: everything without JavaScript, the pictures with it, and a table on another site.
import { createServer } from 'node:http'
import { axe, watch } from './watch.mjs'

export async function publicSide({ ref, server, screen }, browser) {
  await withoutScripts(browser, server, ref)
  await withScripts(browser, server, screen)
  await elsewhere(browser, server)
}

async function withoutScripts(browser, server, ref) {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  const watched = watch(page, server.base)
  await page.goto(`${server.base}/public`)
  await page.getByRole('heading', { name: '1 recorded incident', level: 2 }).waitFor()
  await page.getByRole('table', { name: 'States accused' }).getByText('1 of 1 (100.0 %)').waitFor()
  await page.getByRole('combobox', { name: 'Accused state' }).selectOption({ label: 'China' })
  await page.getByRole('button', { name: 'Show' }).click()
  await page.getByText('Accused state: China').waitFor()
  await page.getByRole('link', { name: 'Read the records' }).click()
  await page.getByText('1 recorded incident, the newest').or(page.getByText('the newest publication first')).first().waitFor()
  await page.getByRole('link', { name: /A call about the choir/ }).click()
  await page.getByRole('heading', { level: 1, name: /A call about the choir/ }).waitFor()
  if (!page.url().endsWith(`/public/incidents/${ref}`)) throw new Error(`a record stands at ${page.url()}`)
  await page.getByRole('link', { name: 'About', exact: true }).click()
  await page.getByRole('heading', { name: 'How to cite' }).waitFor()
  for (const name of ['feed.atom', 'feed.json']) {
    const feed = await context.request.get(`${server.base}/public/${name}`)
    if (feed.status() !== 200 || !(await feed.text()).includes(ref)) throw new Error(`${name} lacks the record`)
  }
  if ((await context.cookies()).length > 0) throw new Error('the public side sets a cookie')
  watched.check()
  await context.close()
}

async function withScripts(browser, server, screen) {
  const page = await browser.newPage()
  const watched = watch(page, server.base)
  await page.goto(`${server.base}/public`)
  // Data for search engines is no script: the policy lets it stand.
  if ((await page.locator('script[type="application/ld+json"]').count()) !== 1) throw new Error('no description of the data set')
  await page.locator('.pictures figure').first().waitFor()
  await screen(page, 'public-numbers')
  await page.locator('.pictures').getByRole('button', { name: /China/ }).first().click()
  await page.waitForURL(/origin_country=CHN/)
  for (const [path, name] of [['/public/incidents', 'list'], ['/public/about', 'about'], ['/public/embed/accused', 'embed']]) {
    await page.goto(server.base + path)
    await axe(page, `public ${name}`)
  }
  // Scripts that do not come leave the tables.
  await page.route('**/assets/*.js', (route) => route.abort())
  await page.goto(`${server.base}/public`)
  await page.getByRole('table', { name: 'Methods' }).waitFor()
  await page.unrouteAll()
  if ((await page.context().cookies()).length > 0) throw new Error('the public side sets a cookie')
  await page.close()
  try {
    watched.check()
  } catch (error) {
    if (!/ERR_FAILED/.test(error.message) || error.message.includes('foreign')) throw error
  }
}

/** Another site shows a table and a picture, and cannot show anything else. */
async function elsewhere(browser, server) {
  const body = `<title>Elsewhere</title><h1>Elsewhere</h1><iframe id="table" src="${server.base}/public/embed/accused" width="700" height="400"></iframe>
    <img id="picture" src="${server.base}/public/embed/accused.svg" alt=""><iframe id="front" src="${server.base}/public" width="700" height="400"></iframe>`
  const site = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end(body))
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve))
  const page = await browser.newPage()
  try {
    await page.goto(`http://127.0.0.1:${site.address().port}/`)
    await page.frameLocator('#table').getByRole('heading', { name: 'States accused' }).waitFor()
    const width = await page.locator('#picture').evaluate((image) => image.decode().then(() => image.naturalWidth))
    if (width !== 720) throw new Error(`the picture is ${width} wide`)
    if ((await page.frameLocator('#front').getByRole('heading', { name: 'Transnational repression in numbers' }).count()) > 0) throw new Error('another site frames the front page')
  } finally {
    await page.close()
    site.close()
  }
}
