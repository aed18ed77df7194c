import { flowBlock, type Flow } from '../flow'
import { rangesBlock, type RangePanel } from '../ranges'
import { barsBlock, columnsBlock, stackedBlock, type BarItem, type ColumnGroup, type PartItem } from './bars'
import { gridBlock, type GridRow } from './grid'
import { mapBlock, type MapArea } from './map'
import { framed, type Frame } from './svg'

/** What a chart draws, without anything of the screen: enough for a picture of it. */
export type Drawing =
  | { kind: 'bars'; items: BarItem[] }
  | { kind: 'stacked'; items: PartItem[] }
  | { kind: 'columns'; groups: ColumnGroup[]; legend: { label: string; tone: string }[]; stacked?: boolean }
  | { kind: 'grid'; corner: string; columns: string[]; rows: GridRow[] }
  | { kind: 'flow'; flow: Flow }
  | { kind: 'ranges'; panels: RangePanel[] }
  /** The areas are asked for when the picture is made: shapes are loaded late. */
  | { kind: 'map'; areas: () => Promise<MapArea[]>; legend: { label: string; step: number }[] }

/** The chart as an SVG file of its own, with reading, facts and source line. */
export async function pictureOf(frame: Frame, drawing: Drawing): Promise<string> {
  switch (drawing.kind) {
    case 'bars':
      return framed(frame, barsBlock(drawing.items))
    case 'stacked':
      return framed(frame, stackedBlock(drawing.items))
    case 'columns':
      return framed(frame, columnsBlock(drawing.groups, drawing.legend, drawing.stacked ?? false))
    case 'grid':
      return framed(frame, gridBlock(drawing.corner, drawing.columns, drawing.rows))
    case 'flow':
      return framed(frame, flowBlock(drawing.flow))
    case 'ranges':
      return framed(frame, rangesBlock(drawing.panels))
    case 'map':
      return framed(frame, mapBlock(await drawing.areas(), drawing.legend))
  }
}
