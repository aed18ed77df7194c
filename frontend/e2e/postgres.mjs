// A database of its own in the cluster that FARWATCH_E2E_POSTGRES names, by the client that comes with PostgreSQL.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Makes an empty database; answers its URL and how to drop it. */
export async function freshDatabase(cluster) {
  const name = `farwatch_e2e_${process.pid}_${Date.now()}`
  await run('psql', ['-qX', cluster, '-c', `CREATE DATABASE ${name}`])
  const url = new URL(cluster)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => run('psql', ['-qX', cluster, '-c', `DROP DATABASE ${name} WITH (FORCE)`]) }
}
