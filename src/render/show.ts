import type { Usage } from '../usage/model.ts';
import type { Zone, ZoneNames } from '../zone/zone.ts';
import { DEFAULT_APPEARANCE } from './appearance.ts';
import type { Appearance } from './appearance.ts';
import { glyphsOf } from './glyphs.ts';
import { clipLine, wrap } from './layout.ts';
import type { Row } from './rows.ts';
import { saidOnce } from './said-once.ts';
import { sectionOf } from './section.ts';
import type { Section } from './section.ts';
import { paint, plain } from './spans.ts';
import type { Span } from './spans.ts';
import { groupedTable, table } from './table.ts';

/** Options of `show`. */
export interface ShowOptions {
  readonly color: boolean;
  readonly appearance?: Appearance;
  /** Null or absent: the zone is that of the machine and needs no name. */
  readonly zoneNames?: ZoneNames | null;
  /** Width of the terminal; less than 40 counts as 40. */
  readonly columns: number;
  /** Adds the usage of the week by product. */
  readonly verbose?: boolean;
}

const MIN_COLUMNS = 40;
/** Longest line of prose, columns: longer ones are hard to read. */
const MAX_PROSE = 100;

/** Longest line and longest line of prose, columns, and how the texts look. */
interface Page {
  readonly width: number;
  readonly proseWidth: number;
  readonly appearance: Appearance;
}

/**
 * Usages for people. One usage: a heading, a row per limit, the source of the numbers, errors. Several: one table grouped
 * by account, whose groups share their columns. Without a newline at the end.
 */
export function renderShow(usages: readonly Usage[], options: ShowOptions): string {
  const { appearance: given = DEFAULT_APPEARANCE, zoneNames = null, color, verbose = false } = options;
  const appearance = { ...given, zone: namedOnce(given.zone, zoneNames) };
  const columns = Math.max(MIN_COLUMNS, options.columns);
  const indent = usages.length > 1 ? GROUP_INDENT : 0;
  const width = columns - indent;
  const page = { width, proseWidth: Math.min(width, MAX_PROSE), appearance };
  const sections = usages.map((usage) => sectionOf(usage, appearance, verbose));
  const blocks = usages.length > 1 ? groups(sections, page, columns) : single(sections[0] as Section, page);
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.map((line) => paint(line, color, appearance.colors)).join('\n'))
    .join('\n\n');
}

/** The blocks of one usage, with air between them. */
function single(
  { heading: title, limits, pools, products, origin: from, locks, problem, renewal }: Section,
  page: Page,
): Span[][][] {
  const { width, proseWidth, appearance } = page;
  const { lines, isMarked } = table(limits, width, appearance);
  const sentences = withSentence(wrap(from, proseWidth), isMarked ? legend(appearance) : '', proseWidth);
  return [
    [titleLine(title, width, appearance)],
    lines,
    table(pools, width, appearance).lines,
    products.length === 0
      ? []
      : [titleLine(PRODUCTS, width, appearance), ...table(products, width, appearance).lines],
    [...sentences.map(dim), ...[...locks, problem, renewal].flatMap((text) => prose(text, page))],
  ];
}

/**
 * The blocks of several usages: a group for each, its lines below its heading, and last the sentences that are about all of
 * them. The columns of a kind of rows are those of all groups.
 */
function groups(sections: readonly Section[], page: Page, columns: number): Span[][][] {
  const { width, proseWidth, appearance } = page;
  const tables = (rowsOf: (section: Section) => readonly Row[], labelWidth = 0) =>
    groupedTable(sections.map(rowsOf), width, appearance, labelWidth);
  // Pools and credits have the column of labels of the limits, which is as wide as both need where there is room.
  const poolLabels = sections.flatMap((section) => section.pools.map(({ label }) => label.length));
  const limits = tables((section) => section.limits, Math.max(0, ...poolLabels));
  const pools = tables((section) => section.pools, limits[0]?.labelWidth);
  const products = tables((section) => section.products);
  const shared = saidOnce(sections.map((section) => section.origin));
  const problem = saidOnce(sections.map((section) => section.problem));
  const blocks = sections.map((section, index) => {
    const parts = products[index]?.lines ?? [];
    const lines = [
      ...(limits[index]?.lines ?? []),
      ...(pools[index]?.lines ?? []),
      ...(parts.length === 0 ? [] : [[plain(PRODUCTS)], ...parts]),
      ...(shared ? [] : wrap(section.origin, proseWidth).map(dim)),
      ...[...section.locks, problem === '' ? section.problem : '', section.renewal].flatMap((text) =>
        prose(text, page),
      ),
    ];
    const indented = lines.map((line) => [plain(' '.repeat(GROUP_INDENT))].concat(line));
    return [titleLine(section.heading, columns, appearance), ...indented];
  });
  const mark = limits.some((group) => group.isMarked) ? legend(appearance) : '';
  const last = withSentence(shared ? wrap(shared, proseWidth) : [], mark, proseWidth);
  return [...blocks, [...last.map(dim), ...prose(problem, page)]];
}

/** Before the lines of a group, columns. */
const GROUP_INDENT = 2;
const PRODUCTS = 'The week by product';

function legend(appearance: Appearance): string {
  return `${glyphsOf(appearance).bar.mark.legend} marks even use by now.`;
}

function titleLine(text: string, width: number, appearance: Appearance): Span[] {
  return clipLine([{ text, style: 'strong' }], width, glyphsOf(appearance).ellipsis);
}

function dim(text: string): Span[] {
  return [{ text, style: 'dim' }];
}

function prose(text: string, { proseWidth }: Page): Span[][] {
  return wrap(text, proseWidth).map((line) => [{ text: line, style: 'notice' }]);
}

/** Adds a sentence to a text of lines: to the last line if it fits there, else as a line of its own. */
function withSentence(lines: readonly string[], sentence: string, width: number): string[] {
  const last = lines.at(-1);
  if (sentence === '') return [...lines];
  if (last === undefined || last.length + 1 + sentence.length > width) return [...lines, sentence];
  return [...lines.slice(0, -1), `${last} ${sentence}`];
}

/**
 * A zone with a mark at the first clock time that differs from the time of the machine, and again where its name
 * changes (summer time can begin before a reset).
 */
function namedOnce({ offsetAt }: Zone, names: ZoneNames | null): Zone {
  let named: string | null = null;
  return {
    offsetAt,
    markAt(at) {
      const name = names?.nameAt(at) ?? null;
      if (name === named || (named === null && names?.isMachineTime(at))) return null;
      named = name;
      return name;
    },
  };
}
