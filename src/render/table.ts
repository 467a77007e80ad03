import { levelOf, plain } from './spans.ts';
import type { Span } from './spans.ts';
import { bar, glyphsOf } from './glyphs.ts';
import type { Glyphs } from './glyphs.ts';
import { clip, clipLine } from './layout.ts';
import type { Appearance } from './appearance.ts';
import { shownPercent } from './values.ts';
import type { Row } from './rows.ts';

/** Between two columns. */
const GAP = '  ';
/** Shortest and longest bar, columns. */
const MIN_BAR = 10;
const MAX_BAR = 20;
/** Longest label, columns. A longer one is cut, so that all rows keep their bar and pace. */
const MAX_LABEL = 24;

/** Widths of the columns in terminal columns; 0 omits one. */
interface Columns {
  readonly label: number;
  readonly bar: number;
  readonly percent: number;
  readonly note: number;
  readonly pace: number;
}

/** The part of the appearance that the table depends on. */
type TableAppearance = Pick<Appearance, 'percent' | 'thresholds' | 'format'>;

/** Lays out rows as a table of at most `width` columns. */
export function table(rows: readonly Row[], width: number, appearance: TableAppearance): Span[][] {
  const columns = fit(rows, width);
  const glyphs = glyphsOf(appearance);
  return rows.map((row) => clipLine(line(row, columns, appearance, glyphs), width, glyphs.ellipsis));
}

/** The widths that fit. The bar is the first column to shrink or go (the percentage repeats it), the pace the next. */
function fit(rows: readonly Row[], width: number): Columns {
  const widest = (column: 'label' | 'percent' | 'note' | 'pace') =>
    Math.max(0, ...rows.map((row) => row[column].length));

  const full = {
    label: Math.min(MAX_LABEL, widest('label')),
    percent: widest('percent'),
    note: widest('note'),
  };
  const pace = widest('pace');
  const bare = full.label + gapped(full.percent) + gapped(full.note);
  const bars = rows.some((row) => row.used !== null);
  const paced = bare + gapped(pace);
  if (paced <= width) return { ...full, pace, bar: bars ? barIn(width - paced) : 0 };
  if (bare <= width) return { ...full, pace: 0, bar: bars ? barIn(width - bare) : 0 };
  return { ...full, label: Math.max(1, full.label - (bare - width)), pace: 0, bar: 0 };
}

/** Width of a column with the gap before it. */
function gapped(columnWidth: number): number {
  return columnWidth === 0 ? 0 : GAP.length + columnWidth;
}

/** The widest bar that fits; 0 if it would be too short to read. */
function barIn(room: number): number {
  const width = Math.min(MAX_BAR, room - GAP.length);
  return width < MIN_BAR ? 0 : width;
}

function line(row: Row, columns: Columns, appearance: TableAppearance, glyphs: Glyphs): Span[] {
  const style = row.used === null ? null : levelOf(row.used, appearance.thresholds);
  const filled = row.used === null ? null : shownPercent(row.used, appearance.percent);
  const spans: Span[] = [plain(clip(row.label, columns.label, glyphs.ellipsis).padEnd(columns.label))];
  const add = (span: Span) => spans.push(plain(GAP), span);
  if (columns.bar > 0) {
    add(filled === null ? plain(' '.repeat(columns.bar)) : { text: bar(filled, columns.bar, glyphs), style });
  }
  if (columns.percent > 0) {
    spans.push(plain(GAP + ' '.repeat(columns.percent - row.percent.length)), { text: row.percent, style });
  }
  if (columns.note > 0) add(plain(row.note.padEnd(columns.note)));
  if (columns.pace > 0) add({ text: row.pace, style: 'dim' });
  return spans;
}
