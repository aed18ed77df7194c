// The whole main job in a real browser, once on SQLite and once on PostgreSQL, and a release of the demo's records.
//
// Needs FARWATCH_BINARY (the built program) and FARWATCH_E2E_POSTGRES (URL of a cluster; without it that half fails, it
// is never left out silently). CHROMIUM names the browser. Screenshots go to FARWATCH_E2E_SHOTS if it is set.
import { chromium } from 'playwright-core'
import { caseDesk } from './case-desk.mjs'
import { look, mainJob } from './main-job.mjs'
import { freshDatabase } from './postgres.mjs'
import { releases } from './releases.mjs'
import { startServer } from './server.mjs'

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--headless', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
})

const runs = {
  sqlite: () => wholeJob('sqlite', ''),
  async postgres() {
    const cluster = process.env.FARWATCH_E2E_POSTGRES
    if (!cluster) throw new Error('FARWATCH_E2E_POSTGRES names no cluster; run this through make e2e')
    const database = await freshDatabase(cluster)
    try {
      await wholeJob('postgres', database.url)
    } finally {
      await database.drop()
    }
  },
  demo: () => releases(browser, (page, title) => look(page, `demo-${title}`)),
}

async function wholeJob(name, databaseURL) {
  const server = await startServer(databaseURL)
  try {
    await mainJob(browser, server, name)
    await caseDesk(browser, server, name)
  } finally {
    await server.stop()
  }
}

// All at the same time: most of a run is waiting for a screen.
const outcomes = await Promise.all(
  Object.entries(runs).map(async ([name, run]) => {
    const started = Date.now()
    try {
      await run()
      console.log(`ok   ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
      return true
    } catch (error) {
      console.error(`FAIL ${name}: ${error.stack ?? error}`)
      return false
    }
  }),
)
const failed = outcomes.filter((ok) => !ok).length
await browser.close()
console.log(`${outcomes.length - failed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
