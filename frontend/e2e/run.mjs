// The whole main job in a real browser, once on SQLite and once on PostgreSQL.
//
// Needs FARWATCH_BINARY (the built program) and FARWATCH_E2E_POSTGRES (URL of a cluster; without it that half fails, it
// is never left out silently). CHROMIUM names the browser. Screenshots go to FARWATCH_E2E_SHOTS if it is set.
import { chromium } from 'playwright-core'
import { caseDesk } from './case-desk.mjs'
import { mainJob } from './main-job.mjs'
import { freshDatabase } from './postgres.mjs'
import { startServer } from './server.mjs'

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--headless', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
})

const runs = [
  ['sqlite', async (job) => job('')],
  [
    'postgres',
    async (job) => {
      const cluster = process.env.FARWATCH_E2E_POSTGRES
      if (!cluster) throw new Error('FARWATCH_E2E_POSTGRES names no cluster; run this through make e2e')
      const database = await freshDatabase(cluster)
      try {
        await job(database.url)
      } finally {
        await database.drop()
      }
    },
  ],
]

// Both at the same time: most of a run is waiting for a screen.
const outcomes = await Promise.all(
  runs.map(async ([name, over]) => {
    const started = Date.now()
    try {
      await over(async (databaseURL) => {
        const server = await startServer(databaseURL)
        try {
          await mainJob(browser, server, name)
          await caseDesk(browser, server, name)
        } finally {
          await server.stop()
        }
      })
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
