import { plain } from './spans.ts';
import type { Span } from './spans.ts';
import { drawBar } from './bar.ts';
import type { DrawnBar } from './bar.ts';
import { glyphsOf } from './glyphs.ts';
import type { Glyphs } from './glyphs.ts';
import { clip, clipLine } from './layout.ts';
import { quietStyle } from './level.ts';
import type { Appearance } from './appearance.ts';
import { shownPercent } from './values.ts';
import type { Note, Row } from './rows.ts';
import type { Style } from './style.ts';

/** Between two columns. */
const GAP = '  ';
/** Longest label, columns. A longer one is cut, so that all rows keep their bar and pace. */
const MAX_LABEL = 24;

/** How much the columns beside the bar say, and the bars that go with it, columns. */
interface Layout {
  readonly note: keyof Note;
  /** `next`: in the column of the note, the pace takes the place of the reset where the window runs out before it. */
  readonly pace: 'long' | 'text' | 'next';
  readonly minBar: number;
  readonly maxBar: number;
}

/** The layouts, the widest first. Columns shorten before a bar goes, because the bar is what a glance sees. */
const LAYOUTS: readonly Layout[] = [
  { note: 'full', pace: 'long', minBar: 24, maxBar: 60 },
  { note: 'full', pace: 'text', minBar: 8, maxBar: 40 },
  { note: 'medium', pace: 'text', minBar: 8, maxBar: 40 },
  { note: 'medium', pace: 'next', minBar: 6, maxBar: 40 },
  { note: 'short', pace: 'next', minBar: 5, maxBar: 40 },
  { note: 'short', pace: 'next', minBar: 0, maxBar: 0 },
];

/** A row with its texts for a layout. */
interface Cells {
  readonly row: Row;
  readonly note: Span;
  readonly pace: Span;
}

/** Widths of the columns in terminal columns; 0 omits one. */
interface Columns {
  readonly label: number;
  readonly bar: number;
  readonly percent: number;
  readonly note: number;
  readonly pace: number;
}

/** The part of the appearance that the table depends on. */
type TableAppearance = Pick<Appearance, 'percent' | 'format'>;

/** A table, ready to be painted. */
export interface Table {
  readonly lines: Span[][];
  /** Whether a bar in it has the mark of even use. */
  readonly isMarked: boolean;
  /** Width of the column of labels, columns. */
  readonly labelWidth: number;
}

/** Lays out rows as a table of at most `width` columns. */
export function table(rows: readonly Row[], width: number, appearance: TableAppearance): Table {
  const [only] = groupedTable([rows], width, appearance);
  return only as Table;
}

/**
 * Lays out groups of rows as one table, whose columns all groups share: the lines of each group.
 *
 * @param labelWidth the width that the column of labels should have at least, columns, for a table below or above. It may
 *   shorten bars, and no text.
 */
export function groupedTable(
  groups: readonly (readonly Row[])[],
  width: number,
  appearance: TableAppearance,
  labelWidth = 0,
): Table[] {
  const rows = groups.flat();
  const usual = fit(rows, width, 0);
  const wider = fit(rows, width, labelWidth);
  const { layout, columns } = wider.layout === usual.layout ? wider : usual;
  return groups.map((rows) => tableOf(rows, layout, columns, width, appearance));
}

function tableOf(
  rows: readonly Row[],
  layout: Layout,
  columns: Columns,
  width: number,
  appearance: TableAppearance,
): Table {
  const glyphs = glyphsOf(appearance);
  const bars = rows.map((row) => barOf(row, columns.bar, appearance, glyphs));
  const lines = rows.map((row, index) =>
    clipLine(line(cellsOf(row, layout), columns, bars[index]?.spans ?? [], glyphs), width, glyphs.ellipsis),
  );
  return { lines, isMarked: bars.some((bar) => bar?.isMarked), labelWidth: columns.label };
}

/** The first layout that fits; of the last one the label is cut. */
function fit(rows: readonly Row[], width: number, labelWidth: number): { layout: Layout; columns: Columns } {
  const bars = rows.some((row) => row.used !== null);
  for (const layout of LAYOUTS) {
    const columns = widthsOf(rows, layout, labelWidth);
    const room = width - totalOf(columns);
    if (!bars && room >= 0) return { layout, columns };
    const bar = Math.min(layout.maxBar, room - GAP.length);
    if (bars && bar >= layout.minBar && layout.minBar > 0) return { layout, columns: { ...columns, bar } };
  }
  const layout = LAYOUTS.at(-1) as Layout;
  const columns = widthsOf(rows, layout, labelWidth);
  const over = Math.max(0, totalOf(columns) - width);
  return { layout, columns: { ...columns, label: Math.max(1, columns.label - over) } };
}

function cellsOf(row: Row, { note, pace }: Layout): Cells {
  const text = row.note[note];
  if (pace === 'next') {
    const next = row.pace.isVerdict ? { text: row.pace.text, style: row.pace.style } : plain(text);
    return { row, note: next, pace: plain('') };
  }
  return { row, note: plain(text), pace: { text: row.pace[pace], style: row.pace.style } };
}

function widthsOf(rows: readonly Row[], layout: Layout, labelWidth: number): Columns {
  const cells = rows.map((row) => cellsOf(row, layout));
  const widest = (textOf: (cell: Cells) => string) =>
    Math.max(0, ...cells.map((cell) => textOf(cell).length));
  return {
    label: Math.min(
      MAX_LABEL,
      Math.max(
        labelWidth,
        widest(({ row }) => row.label),
      ),
    ),
    bar: 0,
    percent: widest(({ row }) => row.percent),
    note: widest(({ note }) => note.text),
    pace: widest(({ pace }) => pace.text),
  };
}

function totalOf({ label, percent, note, pace }: Columns): number {
  return label + gapped(percent) + gapped(note) + gapped(pace);
}

/** Width of a column with the gap before it. */
function gapped(columnWidth: number): number {
  return columnWidth === 0 ? 0 : GAP.length + columnWidth;
}

function line({ row, note, pace }: Cells, columns: Columns, bar: readonly Span[], glyphs: Glyphs): Span[] {
  const spans: Span[] = [plain(clip(row.label, columns.label, glyphs.ellipsis).padEnd(columns.label))];
  const add = (...added: Span[]) => spans.push(plain(GAP), ...added);
  if (columns.bar > 0) add(...(bar.length > 0 ? bar : [plain(' '.repeat(columns.bar))]));
  if (columns.percent > 0) {
    const room = ' '.repeat(columns.percent - row.percent.length);
    spans.push(plain(GAP + room), { text: row.percent, style: row.level });
  }
  if (columns.note > 0) add(note, plain(' '.repeat(columns.note - note.text.length)));
  if (columns.pace > 0) add(pace);
  return spans;
}

/** The bar of a row; null where there is no room, or no percentage. */
function barOf(
  row: Row,
  width: number,
  { percent: side }: TableAppearance,
  { bar }: Glyphs,
): DrawnBar | null {
  if (row.used === null || width === 0) return null;
  const style: Style = row.level === null ? 'dim' : quietStyle(row.level);
  const mark = row.expected === null ? null : shownPercent(row.expected, side);
  return drawBar({ percent: shownPercent(row.used, side), mark, width, style }, bar);
}
