// The pictures of the public numbers. The page itself comes from the server and works without this file: whatever fails
// here leaves its tables.
import { mount } from 'svelte'
import { setVocabulary, type Vocabulary } from './api/vocabulary.svelte'
import { statsOf, type PublicStats } from './public/stats'
import Pictures from './public/Pictures.svelte'
import { applyTheme, watchSystemTheme } from './shell/theme.svelte'
import './charts/charts.css'

applyTheme()
watchSystemTheme()

async function load<T>(path: string): Promise<T> {
  const answer = await fetch(path, { headers: { Accept: 'application/json' } })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
  return (await answer.json()) as T
}

async function draw(target: HTMLElement): Promise<void> {
  const query = new URLSearchParams(location.search)
  for (const [name, value] of [...query]) if (value === '') query.delete(name)
  const text = query.toString()
  const [numbers, words] = await Promise.all([
    load<PublicStats>(`/api/v1/public/stats${text === '' ? '' : `?${text}`}`),
    load<Vocabulary>('/api/v1/vocabulary'),
  ])
  if (numbers.incidents === 0) return
  setVocabulary(words)
  mount(Pictures, { target, props: { stats: statsOf(numbers), query } })
}

const target = document.getElementById('pictures')
if (target) draw(target).catch((error: unknown) => console.warn('The tables stand in for the pictures:', error))
