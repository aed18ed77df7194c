// An article becomes a record: pasted, judged by keyboard, saved with citations, its cited words marked on the record
// page; then the same article is known. A file does as well, a wrong one is refused with what to do.
const article = `Violinist in exile says caller knew about her concerts
By Ana Example
7 April 2022

A Uyghur violinist who lives in Vienna says that a man who said he was a Chinese police officer phoned her in March 2022. The caller offered her 2,000 euros a month. In return she was asked to film protests and to report who took part.

"You can speak to your mother every week," the man said. The violinist refused and told the police in Vienna. The Chinese embassy denied any wrongdoing.`

export async function intake({ duo, anna }, screen) {
  const { page } = duo
  await anna.open('/intake')
  await anna.page.getByText('You may not log incidents').or(anna.page.locator('.empty')).first().waitFor()

  await duo.open('/incidents/new')
  await page.getByRole('link', { name: 'Start from an article' }).click()
  await page.getByRole('button', { name: 'Read it' }).click()
  await page.getByText('Paste a text, or choose a file.').waitFor()
  await screen(page, 'intake-start')
  await page.locator('#intake-file').setInputFiles({ name: 'picture.png', mimeType: 'image/png', buffer: Buffer.from('\x89PNG\r\n\x1a\n\0\0\0', 'latin1') })
  await page.getByText('Web pages, PDF, Word (.docx), mail (.eml) and plain text are read.').waitFor()
  await page.getByRole('textbox', { name: 'Text of the article' }).fill('The match ended in a draw.')
  await page.getByRole('button', { name: 'Read it' }).click()
  await page.getByText('The rules see no case of transnational repression').first().waitFor()
  await screen(page, 'intake-none')
  await page.getByRole('button', { name: 'Another article' }).click()

  const html = `<!doctype html><title>x</title><meta property="og:site_name" content="Example News"><article>${article.split('\n').map((line) => `<p>${line}</p>`).join('')}</article>`
  await page.getByRole('textbox', { name: 'Address of the article' }).fill('https://news.example.org/violinist')
  await page.locator('#intake-file').setInputFiles({ name: 'page.html', mimeType: 'text/html', buffer: Buffer.from(html) })
  await page.getByRole('button', { name: /^Accept .*China/ }).waitFor()
  if ((await page.getByRole('button', { name: /^Accept .*(surveillance|Filming)/i }).count()) > 0) throw new Error('a demand was taken for a deed')
  // By keyboard alone: j to the first, a accepts and goes on, r rejects.
  await page.keyboard.press('j')
  await page.keyboard.press('a')
  await page.keyboard.press('r')
  await page.getByText('to judge, 1 accepted').waitFor()
  await screen(page, 'intake-judging')
  await page.getByRole('button', { name: 'Accept all' }).click()
  const official = page.getByRole('button', { name: /^Reject .*Person taken for an official/ })
  await official.click()
  await page.getByRole('button', { name: /^Change .*Austria/ }).click()
  await page.getByRole('combobox', { name: 'What it is instead' }).fill('German')
  await page.getByRole('option', { name: /Germany/ }).click()
  await page.getByRole('button', { name: /^Accept .*Germany/ }).waitFor()
  await page.getByRole('button', { name: /^Go on with/ }).click()

  const title = page.getByRole('textbox', { name: 'Title', exact: true })
  await title.waitFor()
  await title.fill('Violinist phoned by a caller')
  await page.getByRole('textbox', { name: 'What happened' }).fill('A caller offered pay for names.')
  const kind = page.getByRole('combobox', { name: 'Kind of source' })
  await kind.fill('First publisher')
  await page.getByRole('option', { name: /^First publisher/ }).click()
  await page.getByRole('button', { name: 'All yes' }).click()
  await page.getByRole('button', { name: 'Save the incident' }).click()
  await page.getByRole('heading', { name: 'Violinist phoned by a caller', level: 1 }).waitFor()
  const ref = page.url().match(/FW-[0-9A-Z]{4}-[0-9A-Z]{4}/)[0]
  const saved = await (await duo.call('GET', `/api/v1/incidents/${ref}`)).json()
  const source = saved.sources[0]
  if (saved.host_country !== 'DEU' || saved.origin_country !== 'CHN' || saved.citations.length < 8) throw new Error(`the record lacks what was accepted: ${JSON.stringify(saved).slice(0, 600)}`)
  for (const cite of saved.citations) {
    if ([...source.text].slice(cite.start, cite.end).join('') !== cite.quote) throw new Error(`a citation stands elsewhere: ${cite.quote}`)
  }
  if (saved.perpetrators.length > 0) throw new Error('a rejected value was taken')

  // The words a value rests on are marked in the text.
  const cite = page.locator('.cites button').first()
  await cite.click()
  await page.getByRole('link', { name: 'Where it stands in the text' }).first().click()
  await page.locator('mark.looked').first().waitFor()
  await screen(page, 'intake-marked')

  await duo.open('/intake')
  await page.getByRole('textbox', { name: 'Text of the article' }).fill('Another text of the page.')
  await page.getByRole('textbox', { name: 'Address of the article' }).fill('https://news.example.org/violinist?utm_source=mail')
  await page.getByRole('button', { name: 'Read it' }).click()
  await page.getByText('This article is among the sources of a record already.').waitFor()
  await page.getByRole('link', { name: /Violinist phoned by a caller/ }).waitFor()
  await screen(page, 'intake-known')
}
