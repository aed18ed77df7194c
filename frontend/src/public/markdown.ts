export interface Block {
  kind: 'h2' | 'h3' | 'list' | 'p'
  lines: string[]
}

/** The blocks of the method page: headings, lists and paragraphs, as plain text. It is our own text and uses no more. */
export function blocks(markdown: string): Block[] {
  const out: Block[] = []
  for (const part of markdown.split(/\n{2,}/)) {
    const text = part.trim()
    if (text === '') continue
    if (text.startsWith('# ')) out.push({ kind: 'h2', lines: [plain(text.slice(2))] })
    else if (text.startsWith('## ')) out.push({ kind: 'h3', lines: [plain(text.slice(3))] })
    else if (/^(-|\d+\.) /.test(text)) out.push({ kind: 'list', lines: text.split(/\n(?=(?:-|\d+\.) )/).map((line) => plain(line.replace(/^(-|\d+\.) /, ''))) })
    else out.push({ kind: 'p', lines: [plain(text)] })
  }
  return out
}

function plain(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replaceAll('**', '').replaceAll('`', '')
}
