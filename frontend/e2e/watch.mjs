// What every screen must hold: no fault in the console, nothing fetched from elsewhere, no violation that axe can find.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Collects faults of a page; `check()` throws when there were any. */
export function watch(page, base) {
  const faults = []
  page.on('pageerror', (error) => faults.push(`error on the page: ${error}`))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(base) && !/^(data|blob):/.test(url)) faults.push(`foreign request: ${url}`)
  })
  page.on('console', (message) => {
    // Chromium writes down every refused request: a signed-out visitor's first refresh (401), a mistyped ref (400), a
    // file that is not taken (415), a proof that is needed or wrong (403), a change while the server is locked (503).
    if (message.type() === 'error' && !/status of (4(0[013]|1[05])|503) /.test(message.text())) faults.push(`console: ${message.text()} ${message.location().url}`)
  })
  return {
    check() {
      if (faults.length > 0) throw new Error(faults.join('\n'))
    },
  }
}

/** Runs axe on the page as it stands. The evaluation is the debugger's, which the page's policy does not bind. */
export async function axe(page, name) {
  await page.evaluate(axeSource)
  const violations = await page.evaluate(async () => {
    const result = await globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    return result.violations.map((v) => `${v.id}: ${v.help}\n    ${v.nodes.slice(0, 3).map((n) => n.html).join('\n    ')}`)
  })
  if (violations.length > 0) throw new Error(`axe on ${name}:\n  ${violations.join('\n  ')}`)
}
