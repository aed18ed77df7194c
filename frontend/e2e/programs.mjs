// A token for a program: made on the account page, shown once, used, revoked by its person and by an administrator. The
// reference for programs, which works without script.
export async function programs({ anna, server, browser }, screen) {
  const { page } = anna
  const first = await makeToken(anna, 'Mirror of the university', ['Read records'], screen)
  if (!/^fwp_[0-9A-Za-z]{36}$/.test(first)) throw new Error('this is no token')
  await ask(server, first, '/api/v1/changes?limit=1', 200)
  await ask(server, first, '/api/v1/stats', 403, 'token.scope_missing')
  await ask(server, first, '/api/v1/me', 403, 'token.not_accepted')
  await page.reload()
  const row = page.locator('li', { hasText: 'Mirror of the university' })
  await row.getByText('Last used', { exact: false }).waitFor()
  if ((await page.content()).includes(first)) throw new Error('the secret is shown again')
  await screen(page, 'tokens')
  await row.getByRole('button', { name: /^Revoke the token/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
  await page.getByText('You have no token.').waitFor()
  await ask(server, first, '/api/v1/changes?limit=1', 401, 'token.invalid')
  const second = await makeToken(anna, 'Numbers of the week', ['Read numbers'])
  await ask(server, second, '/api/v1/stats', 200)

  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 780 } })
  try {
    const reader = await context.newPage()
    await reader.goto(`${server.base}/developers`)
    await reader.getByRole('heading', { name: 'For programs', level: 1 }).waitFor()
    await reader.getByLabel('Find an operation').fill('changes records')
    await reader.getByRole('button', { name: 'Find' }).click()
    await reader.getByText('/api/v1/changes', { exact: true }).waitFor()
  } finally {
    await context.close()
  }
  return second
}

/** The administrator sees whose token works, and ends it. */
export async function memberTokens({ page, open }, server, secret, screen) {
  await open('/admin/sessions')
  const row = page.locator('li', { hasText: 'Numbers of the week' })
  await row.getByText('anna').waitFor()
  await screen(page, 'member-tokens')
  await row.getByRole('button', { name: /^Revoke the token/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
  await page.getByText('Nobody has a token.').waitFor()
  await ask(server, secret, '/api/v1/stats', 401, 'token.invalid')
}

async function makeToken({ page, open }, name, scopes, screen) {
  await open('/account')
  await page.getByRole('button', { name: 'Make a token', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Make the token' }).click()
  await dialog.getByText('Give it a name.').waitFor()
  await dialog.getByLabel('Name').fill(name)
  for (const scope of scopes) await dialog.getByRole('checkbox', { name: new RegExp(`^${scope}`) }).check()
  await screen?.(page, 'token-dialog')
  await dialog.getByRole('button', { name: 'Make the token' }).click()
  const secret = await dialog.getByLabel('Token', { exact: true }).inputValue()
  await dialog.getByRole('button', { name: 'I have copied it' }).click()
  return secret
}

async function ask(server, token, path, status, code) {
  const answer = await fetch(server.base + path, { headers: { Authorization: `Bearer ${token}` } })
  const body = await answer.json()
  if (answer.status !== status || (code && body.code !== code)) throw new Error(`${path}: ${answer.status} ${body.code ?? ''}, want ${status} ${code ?? ''}`)
}
