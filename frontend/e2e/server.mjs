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
  const child = await started(['serve', '-addr', `127.0.0.1:${port}`], env, /http:\/\/localhost:\d+\/setup#\S+/)
  return {
    base: `http://localhost:${port}`,
    setUpLink: child.found[0],
    log: child.log,
    /** Makes an account on the command line: of the first organisation, or of another, which is made if need be. */
    person(name, roles, password, organisation = ['example_ngo']) {
      const [code, called] = organisation
      const args = ['user', 'create', '-name', name, '-organisation', code, ...(called ? ['-organisation-name', called] : []), '-roles', roles]
      const made = spawnSync(process.env.FARWATCH_BINARY, args, { env, input: password })
      if (made.status !== 0) throw new Error(`user create ended with ${made.status}: ${made.stderr}`)
    },
    async stop() {
      const status = await child.stop()
      await rm(dir, { recursive: true, force: true })
      if (status !== 0) throw new Error(`the server stopped with status ${status}: ${child.log()}`)
    },
  }
}

/** The demo: invented records and one account for each kind of person. `passwords` are by user name. */
export async function startDemo() {
  const port = await freePort()
  const child = await started(['demo', '-addr', `127.0.0.1:${port}`], { PATH: process.env.PATH, TMPDIR: tmpdir() }, /Farwatch .* is running/)
  const logins = child.found.input.matchAll(/^ +([a-z]+) +((?:[a-z0-9]{4}-){3}[a-z0-9]{4}) /gm)
  return { base: `http://localhost:${port}`, passwords: Object.fromEntries([...logins].map(([, name, password]) => [name, password])), log: child.log, stop: child.stop }
}

/** Runs the program until it has printed what `ready` matches. */
async function started(args, env, ready) {
  const child = spawn(process.env.FARWATCH_BINARY, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stderr.on('data', (data) => (output += data))
  const found = await new Promise((resolve, reject) => {
    let printed = ''
    child.stdout.on('data', (data) => {
      printed += data
      const match = printed.match(ready)
      if (match) resolve(match)
    })
    child.on('exit', (code) => reject(new Error(`${args[0]} ended with ${code}: ${printed}${output}`)))
  })
  return {
    found,
    log: () => output,
    async stop() {
      const gone = new Promise((resolve) => child.on('exit', resolve))
      child.kill('SIGTERM')
      return gone
    },
  }
}
