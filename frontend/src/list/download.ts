import { api } from '../api'

/** What came with a downloaded file. */
export interface Download {
  name: string
  rows: number
  /** Matching records that the level of the export leaves out. */
  omitted: number
}

/** Fetches the CSV of a filter with the bearer token and hands it to the browser as a file. */
export async function downloadCsv(filter: URLSearchParams): Promise<Download> {
  const query = new URLSearchParams(filter)
  // With a byte order mark spreadsheets read it as UTF-8.
  query.set('bom', 'true')
  return keep(await api.file('/api/v1/exports/incidents.csv', { query }), 'incidents.csv')
}

/** Fetches the data package of a filter: every table, described and with checksums. */
export async function downloadPackage(filter: URLSearchParams): Promise<Download> {
  return keep(await api.file('/api/v1/exports/incidents.zip', { query: new URLSearchParams(filter) }), 'incidents.zip')
}

async function keep(response: Response, otherwise: string): Promise<Download> {
  const name = fileName(response.headers.get('Content-Disposition')) ?? otherwise
  saveFile(await response.blob(), name)
  return {
    name,
    rows: Number(response.headers.get('X-Farwatch-Rows') ?? 0),
    omitted: Number(response.headers.get('X-Farwatch-Omitted') ?? 0),
  }
}

/** The file name of a Content-Disposition header. */
export function fileName(header: string | null): string | null {
  return header?.match(/filename="?([^";]+)"?/)?.[1] ?? null
}

/** Hands a file to the browser to keep. */
export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken the file over by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
