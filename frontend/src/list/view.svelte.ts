// How the reader wants the list: a display preference, no content (S48).
const key = 'farwatch.list'

/** Every column that may stand beside the title, in this order. */
export const columnNames = ['origin', 'host', 'communities', 'methods', 'persons', 'when', 'reported', 'status', 'created', 'updated'] as const
export type ColumnName = (typeof columnNames)[number]
export type Density = 'comfortable' | 'compact'

interface View {
  columns: ColumnName[]
  density: Density
}

const usual: View = { columns: ['origin', 'host', 'methods', 'when', 'status', 'updated'], density: 'comfortable' }

/** What was kept, as far as it can be understood. */
export function readView(text: string | null): View {
  try {
    const kept = JSON.parse(text ?? '') as Partial<View>
    return {
      columns: Array.isArray(kept.columns) ? columnNames.filter((name) => kept.columns?.includes(name)) : usual.columns,
      density: kept.density === 'compact' ? 'compact' : 'comfortable',
    }
  } catch {
    return usual
  }
}

let view = $state.raw<View>(readView(stored()))

export const listView = {
  get columns(): ColumnName[] {
    return view.columns
  },
  set columns(next: ColumnName[]) {
    keep({ ...view, columns: columnNames.filter((name) => next.includes(name)) })
  },
  get density(): Density {
    return view.density
  },
  set density(next: Density) {
    keep({ ...view, density: next })
  },
  reset(): void {
    keep(usual)
  },
}

// Storage may be switched off; then a choice lasts as long as the page.
function stored(): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function keep(next: View): void {
  view = next
  try {
    localStorage.setItem(key, JSON.stringify(next))
  } catch {
    return
  }
}
