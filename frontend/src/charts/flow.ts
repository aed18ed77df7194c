import type { Schemas } from '../api'
import { clip, drawingWidth, ink, textAt, type Block } from './picture/svg'
import type { Labeller } from './types'

export interface FlowLink {
  origin: string
  host: string
  count: number
  /** Where the band leaves and arrives: its upper edge and its thickness in units of the drawing. */
  from: number
  to: number
  size: number
}

export interface FlowNode {
  code: string
  label: string
  count: number
  at: number
  size: number
}

export interface Flow {
  origins: FlowNode[]
  hosts: FlowNode[]
  links: FlowLink[]
  height: number
  /** Records in the drawn pairs. */
  drawn: number
}

// A thinner band could not be seen or hit; a narrower gap would join two labels.
const thinnest = 3
const plot = 320
const gap = 16

/**
 * The most frequent pairs as bands from the accused state to the host country. Thickness is
 * proportional to the count; what is not among these pairs is not drawn.
 */
export function buildFlow(cells: Schemas['MatrixCell'][], limit: number, label: Labeller): Flow {
  const top = [...cells]
    .filter((cell) => cell.count > 0)
    .sort((a, b) => b.count - a.count || (a.origin_country + a.host_country < b.origin_country + b.host_country ? -1 : 1))
    .slice(0, limit)
  const drawn = top.reduce((sum, cell) => sum + cell.count, 0)
  const size = (count: number) => Math.max(thinnest, (count / Math.max(1, drawn)) * plot)
  const origins = nodes(top.map((cell) => [cell.origin_country, cell.count, size(cell.count)]), label)
  const hosts = nodes(top.map((cell) => [cell.host_country, cell.count, size(cell.count)]), label)
  const left = new Map(origins.map((node) => [node.code, node.at]))
  const right = new Map(hosts.map((node) => [node.code, node.at]))
  const order = (list: FlowNode[], code: string) => list.findIndex((node) => node.code === code)
  const links = [...top]
    .sort((a, b) => order(origins, a.origin_country) - order(origins, b.origin_country) || order(hosts, a.host_country) - order(hosts, b.host_country))
    .map((cell): FlowLink => {
      const thick = size(cell.count)
      const from = left.get(cell.origin_country) ?? 0
      const to = right.get(cell.host_country) ?? 0
      left.set(cell.origin_country, from + thick)
      right.set(cell.host_country, to + thick)
      return { origin: cell.origin_country, host: cell.host_country, count: cell.count, from, to, size: thick }
    })
  const end = (list: FlowNode[]) => Math.max(0, ...list.map((node) => node.at + node.size))
  return { origins, hosts, links, height: Math.ceil(Math.max(end(origins), end(hosts))) + 4, drawn }
}

function nodes(list: [string, number, number][], label: Labeller): FlowNode[] {
  const sums = new Map<string, { count: number; size: number }>()
  for (const [code, count, size] of list) {
    const before = sums.get(code) ?? { count: 0, size: 0 }
    sums.set(code, { count: before.count + count, size: before.size + size })
  }
  let at = 4
  return [...sums]
    .sort((a, b) => b[1].count - a[1].count || (a[0] < b[0] ? -1 : 1))
    .map(([code, sum]) => {
      const node = { code, label: label(code), count: sum.count, at, size: sum.size }
      at += Math.max(sum.size, 8) + gap
      return node
    })
}

/** The outline of a band between x = `left` and x = `right`. */
export function bandPath(link: FlowLink, left: number, right: number): string {
  const middle = (left + right) / 2
  const n = (value: number) => Math.round(value * 10) / 10
  const { from, to, size } = link
  return `M${left} ${n(from)}C${middle} ${n(from)} ${middle} ${n(to)} ${right} ${n(to)}V${n(to + size)}C${middle} ${n(to + size)} ${middle} ${n(from + size)} ${left} ${n(from + size)}Z`
}

/** Columns of the drawing: names, bands, names. */
export const flowBox = { width: drawingWidth, left: 220, right: drawingWidth - 220 }

export function flowBlock(flow: Flow): Block {
  const parts = flow.links.map((link) => `<path d="${bandPath(link, flowBox.left, flowBox.right)}" fill="${ink.mark2}" fill-opacity="0.65"/>`)
  for (const node of flow.origins) {
    parts.push(`<rect x="${flowBox.left - 6}" y="${node.at}" width="6" height="${node.size}" fill="${ink.mark}"/>`)
    parts.push(textAt(flowBox.left - 14, node.at + node.size / 2 + 5, clip(`${node.label} ${node.count}`, 200, 14), { anchor: 'end' }))
  }
  for (const node of flow.hosts) {
    parts.push(`<rect x="${flowBox.right}" y="${node.at}" width="6" height="${node.size}" fill="${ink.mark}"/>`)
    parts.push(textAt(flowBox.right + 14, node.at + node.size / 2 + 5, clip(`${node.label} ${node.count}`, 200, 14)))
  }
  return { markup: parts.join(''), height: flow.height + 8 }
}
