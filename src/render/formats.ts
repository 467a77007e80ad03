import type { Usage, Window } from '../usage/model.ts';
import type { ProviderTexts } from '../usage/provider-facts.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../usage/time.ts';
import type { Appearance } from './appearance.ts';
import { barSpans } from './bar.ts';
import { glyphsOf } from './glyphs.ts';
import { clipLine } from './layout.ts';
import { quietStyle } from './level.ts';
import { lineSpans } from './line.ts';
import { colorsOf, PALETTE_NAMES } from './palettes.ts';
import type { Depth } from './palettes.ts';
import { hasNumbers } from './selection.ts';
import { paint, plain } from './spans.ts';
import type { Span } from './spans.ts';
import type { Level } from './style.ts';
import { NERD_FONT_PRESETS, PRESETS } from './template/format.ts';
import { percentText, shownPercent } from './values.ts';

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

/** The levels of a sample, each with a percentage. */
const SAMPLE: Readonly<Record<Level, number>> = { ok: 22, warn: 57, critical: 91 };
const SAMPLE_BAR = 8;
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
      note("Try one:  usageline --format bars     Keep it:  format = 'bars' in the configuration"),
      [],
      heading('Palettes'),
      [],
    ]),
    ...paletteLines(options),
    ...lines([
      [],
      ...(color ? [] : [note('Colour is off here, so the palettes look the same.')]),
      note("Keep one:  palette = 'nord' in the configuration, whose path is: usageline config path"),
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

/** Each palette in its own colours: the three levels, less important text and an error. */
function paletteLines(options: FormatsOptions): string[] {
  const { appearance, color, depth, columns } = options;
  const names = PALETTE_NAMES;
  const width = Math.max(...names.map((name) => name.length));
  return names.map((name) => {
    const isLight = name.endsWith('-light');
    const background = name === 'terminal' ? 'any  ' : isLight ? 'light' : 'dark ';
    const samples = (Object.keys(SAMPLE) as Level[]).flatMap((level) => sampleOf(level, appearance));
    const spans: Span[] = [
      plain(`${name.padEnd(width)}${GAP}${background}`),
      ...samples,
      plain(GAP),
      { text: '12m ago', style: 'dim' },
      plain(GAP),
      { text: 'offline', style: 'notice' },
    ];
    return paint(clipLine(spans, columns), color, colorsOf(name, depth));
  });
}

function sampleOf(level: Level, appearance: Appearance): Span[] {
  const { percent: side } = appearance;
  const percent = shownPercent(SAMPLE[level], side);
  const bar = { percent, mark: null, width: SAMPLE_BAR, style: quietStyle(level) };
  return [
    plain(GAP),
    ...barSpans(bar, glyphsOf(appearance).bar),
    plain(' '),
    { text: percentText(percent), style: level },
  ];
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
