import type { Usage, Window } from '../usage/model.ts';
import type { ProviderTexts } from '../usage/provider-facts.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../usage/time.ts';
import type { Appearance } from './appearance.ts';
import { clipLine, lineWidth } from './layout.ts';
import { lineSpans } from './line.ts';
import { colorsOf, PALETTE_NAMES } from './palettes.ts';
import type { Depth } from './palettes.ts';
import { hasNumbers } from './selection.ts';
import { paint, plain } from './spans.ts';
import type { Span } from './spans.ts';
import type { Level } from './style.ts';
import { NERD_FONT_PRESETS, PRESETS } from './template/format.ts';

/** Options of the previews. */
export interface FormatsOptions {
  readonly color: boolean;
  readonly depth: Depth;
  readonly appearance: Appearance;
  /** Width of the terminal. */
  readonly columns: number;
}

function heading(text: string): Span[] {
  return [{ text, style: 'strong' }];
}

function note(text: string): Span[] {
  return [{ text, style: 'dim' }];
}

/** The levels, each shown in its own style. */
const LEVELS: readonly Level[] = ['ok', 'warn', 'critical'];
const GAP = '  ';

/**
 * Every preset and every palette, with the numbers of a usage, or made-up ones if it has none. Without a newline at the
 * end.
 */
export function renderFormats(given: Usage, options: FormatsOptions): string {
  const { appearance, color, columns } = options;
  const own = hasNumbers(given) && given.windows.length > 0;
  const usage = own ? given : exampleUsage(given.generatedAt, given.texts, given);
  const lines = (spans: readonly Span[][]) =>
    spans.map((line) => paint(clipLine(line, columns), color, appearance.colors));
  return [
    ...lines([heading(`Formats, with ${own ? 'your numbers' : 'made-up numbers'}`), []]),
    ...lines(presetLines(usage, options)),
    ...lines([
      [],
      note('* needs a Nerd Font: nerdfonts.com'),
      note('Try one:   usageline --format bars'),
      note('Keep one:  usageline config set format bars'),
      [],
      heading('Palettes'),
      [],
    ]),
    ...paletteLines(usage, options),
    ...lines([
      [],
      ...(color ? [] : [note('Colour is off here, so the palettes look the same.')]),
      note('Keep one:  usageline config set palette nord'),
    ]),
  ].join('\n');
}

function presetLines(usage: Usage, { appearance, columns }: FormatsOptions): Span[][] {
  const names = Object.keys(PRESETS);
  const width = Math.max(...names.map((name) => name.length)) + 2;
  return names.map((name) => {
    const mark = NERD_FONT_PRESETS.includes(name) ? ' *' : '';
    const line = lineSpans(usage, {
      appearance: { ...appearance, format: name },
      countdowns: true,
      columns: Math.max(1, columns - width - GAP.length),
    });
    return [plain(`${name}${mark}`.padEnd(width) + GAP)].concat(line);
  });
}

/** Each palette in its own colours: the levels, the numbers, less important text and an error. */
function paletteLines(usage: Usage, { appearance, color, depth, columns }: FormatsOptions): string[] {
  const width = Math.max(...PALETTE_NAMES.map((name) => name.length));
  const levels = LEVELS.flatMap((level): Span[] => [plain(' '), { text: level, style: level }]);
  const rest: Span[] = [
    plain(GAP),
    { text: '12m ago', style: 'dim' },
    plain(GAP),
    { text: 'offline', style: 'notice' },
  ];
  const startOf = (name: string): Span[] => {
    const background = name === 'terminal' ? 'any' : name.endsWith('-light') ? 'light' : 'dark';
    return [
      plain(`${name.padEnd(width)}${GAP}on ${background.padEnd('light'.length)} `),
      ...levels,
      plain(GAP),
    ];
  };
  // An age and an error stand in each row already.
  const current: Usage = { ...usage, state: 'fresh', error: null };
  const numbers = lineSpans(current, {
    appearance: { ...appearance, format: 'compact' },
    countdowns: true,
    columns: Math.max(1, columns - lineWidth([...startOf(''), ...rest])),
  });
  return PALETTE_NAMES.map((name) => {
    const spans = [...startOf(name), ...numbers, ...rest];
    return paint(clipLine(spans, columns), color, colorsOf(name, depth));
  });
}

/** A usage with made-up numbers: one window of each level, and one that runs out before its reset. */
function exampleUsage(now: number, texts: ProviderTexts, given: Usage): Usage {
  const labels = Object.entries(texts.mainWindows);
  const [first = ['five_hour', '5h'], last = ['seven_day', '7d']] = [labels[0], labels.at(-1)];
  const windows = [
    made(first, 22, { left: 2 * HOUR + 37 * MINUTE, length: 5 * HOUR }, now),
    made(last, 57, { left: 2 * DAY + 3 * HOUR, length: 7 * DAY }, now),
    made(['example', `${last[1]} Fable`], 91, { left: 2 * DAY + 3 * HOUR, length: 7 * DAY }, now),
  ];
  const { error: _, ...rest } = given;
  return {
    ...rest,
    state: 'fresh',
    source: 'cache',
    cachedAt: now,
    ageMs: 0,
    pending: false,
    error: null,
    windows,
  };
}

function made(
  [id, label]: readonly [string, string],
  usedPercent: number,
  { left, length }: { readonly left: number; readonly length: number },
  now: number,
): Window {
  return {
    id,
    label,
    model: null,
    usedPercent,
    resetsAt: now + left,
    windowSeconds: length / SECOND,
    elapsed: false,
    source: 'endpoint',
    readAt: now,
  };
}
