// House rules for src/ that the type checker cannot see. Exits with 1 and a list of places.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const root = new URL('./src/', import.meta.url).pathname
const faults = []

const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(svelte|ts|css|json)$/.test(entry.name) && entry.name !== 'schema.d.ts')
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
const isTest = (file) => file.endsWith('.test.ts')

const physical =
  /(?<![\w-])(?:(?:margin|padding|border)-(?:left|right|top|bottom)|(?:border-(?:top|bottom)-(?:left|right)-radius)|left|right|top|bottom|width|height|(?:min|max)-(?:width|height))\s*:|text-align\s*:\s*(?:left|right)|float\s*:\s*(?:left|right)/

for (const file of files) {
  const text = readFileSync(file, 'utf8')
  if (file.endsWith('.svelte')) {
    each(text, /\{@html/g, file, '{@html}: user text is never markup (S48)')
    each(text, /[\s{]style\s*=\s*["'{]/g, file, 'style="…": the content security policy blocks it; use style:name={…} or a class')
  }
  if (file.endsWith('.svelte') || file.endsWith('.css')) checkCss(text, file)
  if (!file.endsWith('.json') && !isTest(file)) checkHosts(text, file)
}
checkCatalogue()

if (faults.length > 0) {
  console.error(faults.join('\n'))
  console.error(`${faults.length} fault(s)`)
  process.exit(1)
}

function each(text, pattern, file, message) {
  for (const match of text.matchAll(pattern)) fault(text, match.index, file, message)
}

function fault(text, index, file, message) {
  const line = text.slice(0, index).split('\n').length
  faults.push(`src/${relative(root, file)}:${line}: ${message}`)
}

/** Physical properties do not mirror under dir="rtl". Media queries may name width and height. */
function checkCss(text, file) {
  const styles = file.endsWith('.css') ? [{ index: 0, css: text }] : [...text.matchAll(/<style>([\s\S]*?)<\/style>/g)].map((m) => ({ index: m.index + 7, css: m[1] }))
  for (const { index, css } of styles) {
    const plain = css.replace(/\/\*[\s\S]*?\*\/|@(?:media|container)[^{]*/g, (part) => part.replace(/[^\n]/g, ' '))
    for (const match of plain.matchAll(new RegExp(physical, 'g'))) {
      fault(text, index + match.index, file, `physical CSS "${match[0].trim()}": use the logical property`)
    }
  }
}

/** No address of another host: nothing is loaded from elsewhere. Comments may cite. */
function checkHosts(text, file) {
  const plain = text.replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|^\s*\/\/.*$/gm, (part) => part.replace(/[^\n]/g, ' '))
  each(plain, /https?:\/\/[\w[]/g, file, 'address of another host')
}

/** Every key of the catalogue is used, every key in use exists, plural forms are complete. */
function checkCatalogue() {
  const keys = new Map()
  for (const file of files.filter((name) => name.includes('/i18n/en/') && name.endsWith('.json'))) {
    const area = file.match(/([^/]+)\.json$/)[1]
    const seen = new Set()
    const text = readFileSync(file, 'utf8')
    for (const [, key] of text.matchAll(/^\s*\{?\s*"([^"]+)"\s*:/gm)) {
      if (seen.has(key)) faults.push(`src/${relative(root, file)}: "${key}" stands twice`)
      seen.add(key)
    }
    for (const key of Object.keys(JSON.parse(text))) {
      if (!key.startsWith(`${area}.`)) faults.push(`src/${relative(root, file)}: "${key}" does not start with "${area}."`)
      keys.set(key, file)
    }
  }
  const sources = files.filter((file) => /\.(ts|svelte)$/.test(file) && !isTest(file) && !file.includes('/i18n/en/')).map((file) => readFileSync(file, 'utf8')).join('\n')
  const literals = new Set([...sources.matchAll(/['"`]([a-z_]+\.[\w.-]+)['"`]/g)].map((match) => match[1]))
  // `area.part.${code}`: a key made at run time; everything with its beginning counts as used.
  const prefixes = [...sources.matchAll(/`([a-z_]+\.[\w.-]*)\$\{/g)].map((match) => match[1])
  for (const key of keys.keys()) {
    const base = key.split('#')[0]
    if (key.endsWith('#one') && !keys.has(`${base}#other`)) faults.push(`catalogue: "${base}#other" is missing`)
    if (!literals.has(base) && !prefixes.some((prefix) => base.startsWith(prefix))) {
      faults.push(`src/${relative(root, keys.get(key))}: "${key}" is used nowhere`)
    }
  }
  for (const match of sources.matchAll(/\bt\(\s*'([^']+)'/g)) {
    if (!keys.has(match[1]) && !keys.has(`${match[1]}#other`)) faults.push(`catalogue: "${match[1]}" is missing`)
  }
}
