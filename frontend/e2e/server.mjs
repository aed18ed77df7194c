// Starts the built program on a free port with data, key and database of its own.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A port that was free a moment ago. */
async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

/**
 * The running program: `base` address, `setUpLink` printed on its terminal, `stop()`.
 * `databaseURL` empty is SQLite.
 */
export async function startServer(databaseURL = '') {
  const dir = await mkdtemp(join(tmpdir(), 'farwatch-e2e-'))
  const port = await freePort()
  const env = {
    PATH: process.env.PATH,
    FARWATCH_DATA_DIR: join(dir, 'data'),
    FARWATCH_KEY_FILE: join(dir, 'keys', 'farwatch.key'),
    FARWATCH_DATABASE_URL: databaseURL,
    FARWATCH_PASSWORD_COST: 'test',
    FARWATCH_LEAST_FREE: '1048576', // of the machine that the tests run on
  }
  const child = spawn(process.env.FARWATCH_BINARY, ['serve', '-addr', `127.0.0.1:${port}`], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stderr.on('data', (data) => (output += data))
  const setUpLink = await new Promise((resolve, reject) => {
    let printed = ''
    child.stdout.on('data', (data) => {
      printed += data
      const link = printed.match(/http:\/\/localhost:\d+\/setup#\S+/)
      if (link) resolve(link[0])
    })
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${printed}${output}`)))
  })
  return {
    base: `http://localhost:${port}`,
    setUpLink,
    log: () => output,
    /** Makes an account on the command line: of the first organisation, or of another, which is made if need be. */
    person(name, roles, password, organisation = ['example_ngo']) {
      const [code, called] = organisation
      const args = ['user', 'create', '-name', name, '-organisation', code, ...(called ? ['-organisation-name', called] : []), '-roles', roles]
      const made = spawnSync(process.env.FARWATCH_BINARY, args, { env, input: password })
      if (made.status !== 0) throw new Error(`user create ended with ${made.status}: ${made.stderr}`)
    },
    async stop() {
      const gone = new Promise((resolve) => child.on('exit', resolve))
      child.kill('SIGTERM')
      const status = await gone
      await rm(dir, { recursive: true, force: true })
      if (status !== 0) throw new Error(`the server stopped with status ${status}: ${output}`)
    },
  }
}
