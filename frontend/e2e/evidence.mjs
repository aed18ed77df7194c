// A picture held with a record: upload, look, original, log, mark, deletion; a file that is two kinds at once is
// refused with the reason, and somebody off the team sees nothing of it.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { deflateSync } from 'node:zlib'

/** A small picture of stripes. */
function png(side) {
  const chunk = (kind, data) => {
    const body = Buffer.concat([Buffer.from(kind), data])
    const out = Buffer.alloc(body.length + 8)
    out.writeUInt32BE(data.length)
    body.copy(out, 4)
    out.writeUInt32BE(crc(body), body.length + 4)
    return out
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side)
  head.writeUInt32BE(side, 4)
  head.set([8, 2], 8)
  const rows = Buffer.alloc(side * (1 + side * 3))
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) rows.set([(x * 7) % 256, (y * 5) % 256, 90], y * (1 + side * 3) + 1 + x * 3)
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

function crc(data) {
  let value = ~0
  for (const byte of data) {
    value ^= byte
    for (let i = 0; i < 8; i++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0)
  }
  return ~value >>> 0
}

export async function evidence({ duo, anna, ines }, record, screen) {
  const { page } = duo
  const made = await duo.call('POST', '/api/v1/incidents', { ...record, title: 'A letter under the door', sensitivity: 'open' }, { 'Idempotency-Key': 'evidence-one' })
  const { ref } = await made.json()
  const picture = png(300)
  await duo.open(`/incidents/${ref}`)
  const card = page.locator('#files')
  await card.getByText('No file yet.').waitFor()

  await card.locator('input[type=file]').setInputFiles([
    { name: 'door\u202e.png', mimeType: 'image/png', buffer: picture },
    { name: 'both.png', mimeType: 'image/png', buffer: Buffer.concat([picture, Buffer.from('PK\x03\x04PK\x05\x06' + '\0'.repeat(18), 'latin1')]) },
  ])
  await card.getByRole('button', { name: /^Download the original of .*door.png/ }).waitFor()
  await card.getByRole('alert').getByText('The file is two kinds at once').waitFor()
  await screen(page, 'evidence')
  await card.getByRole('button', { name: 'Close' }).click()

  await card.getByRole('button', { name: 'Mark as hard to look at' }).click()
  await card.getByText('Hard to look at', { exact: true }).waitFor()
  await card.getByRole('button', { name: /^Show .*door.png/ }).click()
  await card.getByRole('button', { name: 'Hard to look at. Show it' }).click()
  await card.getByRole('img', { name: /^Picture of .*door.png/ }).waitFor()
  const downloading = page.waitForEvent('download')
  await card.getByRole('button', { name: /^Download the original of .*door.png/ }).click()
  const bytes = await readFile(await (await downloading).path())
  if (hash(bytes) !== hash(picture)) throw new Error('the original is not what was sent')
  if (!(await card.locator('code').textContent())?.includes(hash(picture))) throw new Error('the hash on the screen is not that of the original')

  // A second person: the log names both.
  await ines.open(`/incidents/${ref}`)
  await ines.page.locator('#files').getByRole('button', { name: /^Show .*door.png/ }).click()
  await ines.page.getByRole('button', { name: 'Hard to look at. Show it' }).waitFor()
  await ines.page.locator('#files').getByRole('button', { name: /^Log of .*door.png/ }).click()
  const dialog = ines.page.getByRole('dialog', { name: 'Who did what with this file' })
  await dialog.getByRole('row', { name: /Looked at.*ines/ }).waitFor()
  await dialog.getByRole('row', { name: /Downloaded.*duo/ }).waitFor()
  await screen(ines.page, 'custody')

  await anna.open(`/incidents/${ref}`)
  await anna.page.getByRole('heading', { name: 'A letter under the door', level: 1 }).waitFor()
  if ((await anna.page.locator('#files').count()) > 0) throw new Error('an analyst sees evidence files')

  await card.getByRole('button', { name: /^Delete .*door.png/ }).click()
  await page.getByRole('textbox', { name: /Why|reason/i }).fill('A neighbour is in it.')
  await page.getByRole('button', { name: 'Delete for good' }).click()
  await card.getByText('A neighbour is in it.').waitFor()
}

function hash(data) {
  return createHash('sha256').update(data).digest('hex')
}
