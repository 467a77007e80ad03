import { levelOf, plain } from './color.ts';
import type { Span } from './color.ts';
import { bar, glyphsOf } from './glyphs.ts';
import type { Glyphs } from './glyphs.ts';
import { clip, clipLine } from './layout.ts';
import type { Appearance } from './appearance.ts';
import { shownPercent } from './percent.ts';
import type { Row } from './row.ts';

const GAP = '  ';
const MIN_BAR = 10;
const MAX_BAR = 20;
/** A longer name of a model is cut, rather than cost all rows their bar or pace. */
const MAX_LABEL = 24;

/** Widths in columns; 0 leaves a column out. */
interface Columns {
  readonly label: number;
  readonly bar: number;
  readonly percent: number;
  readonly note: number;
  readonly pace: number;
}

/** What the table needs of the looks. */
type TableAppearance = Pick<Appearance, 'percent' | 'thresholds' | 'format'>;

/** The rows under each other, none longer than `width` columns. */
export function table(rows: readonly Row[], width: number, appearance: TableAppearance): Span[][] {
  const columns = fit(rows, width);
  const glyphs = glyphsOf(appearance);
  return rows.map((row) => clipLine(line(row, columns, appearance, glyphs), width, glyphs.ellipsis));
}

/** What there is room for: the bar says least that the others do not, the pace is next. */
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

/** What a column costs together with the gap before it. */
function gapped(columnWidth: number): number {
  return columnWidth === 0 ? 0 : GAP.length + columnWidth;
}

/** The widest bar that the room left allows; a very short one says nothing. */
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
