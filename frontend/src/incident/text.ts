/** Leads from a citation to its words in the text of the source, which may be folded away. */
export function showInText(event: MouseEvent, citation: string): void {
  const mark = document.getElementById(`text-${citation}`)
  if (!mark) return
  event.preventDefault()
  const folded = mark.closest('details')
  if (folded) folded.open = true
  document.querySelectorAll('mark.looked').forEach((other) => other.classList.remove('looked'))
  mark.classList.add('looked')
  mark.tabIndex = -1
  mark.focus({ preventScroll: true })
  mark.scrollIntoView({ block: 'center' })
}
