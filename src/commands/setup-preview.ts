import { CLIENT_TARGET } from '../init/target.ts';
import type { InitTarget } from '../init/target.ts';
import { EDITOR_WIDTHS, EMACS_WIDTHS, formAt, FORMS, hookRoom, rightRoom } from '../init/snippets/widths.ts';
import type { Widths } from '../init/snippets/widths.ts';
import type { LineKind } from '../render/outputs/kinds.ts';

/*
 * Sketches of hosts with the line in them, for `usageline setup`: the text that the host gets, with its colours turned into
 * those of the terminal.
 */

const ESC = '\u001B[';
const RESET = `${ESC}0m`;

/** Columns for a line that the program does not shorten. */
const MOST = 9999;

/** A sketch of a host. */
interface Sketch {
  /** The output kind whose text the host gets. */
  readonly kind: LineKind;
  /** What stands on the left of the host's row. */
  readonly left: string;
  /** What stands on the right in the same row, directly before the line. */
  readonly before?: string;
  /** What stands behind the line, in the same row. */
  readonly right?: string;
  /** The colours of the row, as parameters of SGR; empty for those of the terminal. */
  readonly base: string;
  /** The host shows the text without colours. */
  readonly mono?: true;
  /** The host has shorter forms in narrow windows. */
  readonly widths?: Widths;
  /** The host measures: it has the first of these forms that fits into its room. An empty one is no line. */
  readonly forms?: readonly (string | null)[];
  /** The line gets what a hook gives to a right prompt. */
  readonly half?: true;
  /** The line stands in a row of its own, above what is on the left. */
  readonly above?: true;
}

const PROMPT = { kind: 'plain', left: '~ % ', base: '' } as const satisfies Sketch;
const EDITOR = {
  kind: 'vim',
  left: ' README.md',
  before: '1,1  All | ',
  right: ' ',
  base: '7',
  widths: EDITOR_WIDTHS,
} as const satisfies Sketch;
/** A dark bar, as waybar, polybar and i3bar have it by default. */
const BAR = { left: ' 1  2 ', right: ' 09:41 ', base: '38;2;255;255;255;48;2;34;34;34' } as const;

const SKETCHES: Readonly<Partial<Record<InitTarget, Sketch>>> = {
  zsh: { ...PROMPT, half: true },
  fish: { ...PROMPT, left: '~> ', half: true },
  p10k: { ...PROMPT, left: ' ~ ❯ ', half: true },
  'oh-my-posh': { ...PROMPT, half: true },
  starship: { ...PROMPT, left: '❯ ', above: true },
  nushell: {
    ...PROMPT,
    left: '~> ',
    before: '11/26/2026 09:41:00 AM ',
    forms: [...FORMS, ''],
    half: true,
  },
  powershell: { ...PROMPT, left: 'PS ~> ', above: true },
  bash: { ...PROMPT, left: '~$ ', above: true },
  tmux: {
    kind: 'tmux',
    left: '[0] 0:zsh* ',
    before: '"host" 09:41 26-Nov-26 | ',
    base: '30;42',
    forms: [...FORMS, '{tightest.percent}'],
  },
  vim: EDITOR,
  neovim: EDITOR,
  emacs: {
    kind: 'plain',
    left: '-:--- README.md  All L1  (Text)  ',
    base: '7',
    mono: true,
    widths: EMACS_WIDTHS,
  },
  [CLIENT_TARGET]: { ...PROMPT, left: '> ', above: true },
  wezterm: { ...BAR, kind: 'ansi', left: ' 1: ~ ', right: ' ' },
  waybar: { ...BAR, kind: 'waybar' },
  polybar: { ...BAR, kind: 'polybar', forms: ['compact'] },
  i3blocks: { ...BAR, kind: 'i3blocks' },
};

/** How the line is shown in a sketch. */
export interface Shown {
  /** The columns that the sketch has for the line. A bar has more, so that its line is longer than in the sketch. */
  readonly columns: number;
  /** The preset; null for the configured format. */
  readonly format: string | null;
}

/** How to sketch. */
export interface SketchOptions {
  /** Columns of the terminal. */
  readonly columns: number;
  readonly color: boolean;
  /** Renders the line in the syntax of a host. */
  render(kind: LineKind, shown: Shown): string;
}

/** A picture of the host with the line in it, one or two rows; null for a host without one. */
export function sketchOf(target: InitTarget, { columns, color, render }: SketchOptions): string | null {
  const sketch = SKETCHES[target];
  if (sketch === undefined) return null;
  const shown = sketch.above ? sketch : { ...sketch, ...beside(sketch, columns) };
  const { left, before = '', right = '', base, mono, above } = shown;
  const coloured = lineOf(shown, columns, render);
  const text = mono ? plain(coloured) : coloured;
  if (above) return withColor(`${text}\n${left}`, color);
  const own = text === '' ? before.trimEnd() : before;
  const least = left.endsWith(' ') ? 0 : 1;
  const gap = ' '.repeat(Math.max(least, columns - lengthOf(left + own + text + right)));
  const row = `${left}${gap}${own}${text}${right}`;
  return withColor(base === '' ? row : `${ESC}${base}m${row}${RESET}`, color);
}

/** The line in a sketch, in the form that the host has at this width. */
function lineOf(sketch: Sketch, columns: number, render: SketchOptions['render']): string {
  const { kind, left, before = '', right = '', base, above, half, forms } = sketch;
  const texts = left.length + before.length + right.length;
  const shown = (most: number, format: string | null) =>
    inTerminal(kind, render(kind, { columns: most, format }), base);
  if (forms !== undefined) {
    const room = half ? rightRoom(columns, before.trimEnd().length) : columns - texts;
    return fitting(forms, room, shown);
  }
  if (above) return shown(columns, null);
  const room = half ? hookRoom(columns) : columns - texts - 1;
  return shown(
    Math.max(half ? 0 : LEAST_LINE, room),
    sketch.widths === undefined ? null : formAt(sketch.widths, columns),
  );
}

/** The first of several forms that fits into so many columns, else the last one, shortened. */
function fitting(
  forms: readonly (string | null)[],
  room: number,
  shown: (columns: number, format: string | null) => string,
): string {
  for (const format of forms) {
    const text = format === '' ? '' : shown(MOST, format);
    if (lengthOf(text) <= room) return text;
  }
  const last = forms.at(-1) ?? '';
  return last === '' ? '' : shown(room, last);
}

/** A line gets at least so many columns of its row. */
const LEAST_LINE = 20;
/** The columns of a percentage alone. */
const SHORTEST_FORM = 3;

/** What stands beside the line in its row, as far as it has room there: what is before the line goes first, then what is behind it. */
function beside({ left, before = '', right = '', forms }: Sketch, columns: number) {
  // A host that measures makes the line shorter first.
  const room = columns - (forms === undefined ? 1 + LEAST_LINE : SHORTEST_FORM);
  if (left.length + before.length + right.length <= room) return { left, before, right };
  if (left.length + right.length <= room) return { left, before: '', right };
  return { left: left.slice(0, Math.max(0, room)), before: '', right: '' };
}

function withColor(text: string, color: boolean): string {
  return color ? text : plain(text);
}

function plain(text: string): string {
  return text
    .split(ESC)
    .map((part, index) => (index === 0 ? part : part.slice(part.indexOf('m') + 1)))
    .join('');
}

function lengthOf(text: string): number {
  return [...plain(text)].length;
}

/** Turns the markup of a host into SGR sequences; what ends a colour returns to those of the row. */
function inTerminal(kind: LineKind, text: string, base: string): string {
  const back = base === '' ? RESET : `${RESET}${ESC}${base}m`;
  switch (kind) {
    case 'tmux':
      return text
        .replace(/#\[([^\]]*)\]/g, (_, style: string) => sgr(style.split(/[ ,]+/).map(tmuxCode), back))
        .replaceAll('##', '#');
    case 'polybar':
      return text.replace(/%\{([^}]*)\}/g, (_, tag: string) => polybarCode(tag, back)).replaceAll('%%', '%');
    case 'vim':
      return text
        .replace(/%#(\w+)#|%\*/g, (_, group = '') =>
          group === '' ? back : sgr([HIGHLIGHTS[group] ?? ''], back),
        )
        .replaceAll('%%', '%');
    case 'waybar':
    case 'i3blocks':
      return fromJson(text, back);
    default:
      return text;
  }
}

/** @param codes parameters of SGR; null for one that returns to the colours of the row */
function sgr(codes: readonly (string | null)[], back: string): string {
  const given = codes.filter((code) => code !== null && code !== '');
  const start = codes.includes(null) ? back : '';
  return given.length === 0 ? start : `${start}${ESC}${given.join(';')}m`;
}

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
const ATTRIBUTES: Readonly<Record<string, string>> = {
  bold: '1',
  bright: '1',
  dim: '2',
  italics: '3',
  underscore: '4',
  reverse: '7',
  nobold: '22',
  noreverse: '27',
};

function tmuxCode(word: string): string | null {
  if (word === 'default' || word === 'none') return null;
  const [side = '', name = ''] = word.split('=');
  if (side !== 'fg' && side !== 'bg') return ATTRIBUTES[word] ?? '';
  const ground = side === 'fg' ? 3 : 4;
  if (name === 'default') return `${ground}9`;
  const index = NAMES.indexOf(name.replace(/^bright/, ''));
  if (index !== -1) return `${name.startsWith('bright') ? ground + 6 : ground}${index}`;
  const number = /^colou?r(\d+)$/.exec(name)?.[1];
  return number === undefined ? hexCode(name, ground) : `${ground}8;5;${number}`;
}

function hexCode(color: string, ground: number): string {
  const [, red, green, blue] = /^#(?:..)?(..)(..)(..)$/.exec(color) ?? [];
  if (red === undefined || green === undefined || blue === undefined) return '';
  return `${ground}8;2;${[red, green, blue].map((part) => Number.parseInt(part, 16)).join(';')}`;
}

function polybarCode(tag: string, back: string): string {
  const [, side, color = ''] = /^([FB])(#[\da-fA-F]+|-)$/.exec(tag) ?? [];
  if (tag === 'R') return `${ESC}7m`;
  if (side === undefined) return '';
  return color === '-' ? back : sgr([hexCode(color, side === 'F' ? 3 : 4)], back);
}

/** The colours that the installed script for vim and neovim gives to its groups, on a row that is reversed. */
const HIGHLIGHTS: Readonly<Record<string, string>> = {
  UsagelineWarn: '27;38;2;0;0;0;48;2;255;215;95',
  UsagelineNotice: '27;38;2;0;0;0;48;2;255;215;95',
  UsagelineCritical: '27;1;38;2;255;255;255;48;2;215;0;0',
};

/** The text of a block in JSON, with its markup of Pango and its own colour. */
function fromJson(text: string, back: string): string {
  const {
    text: waybar,
    full_text: block,
    color = '',
  } = JSON.parse(text) as {
    [key in 'text' | 'full_text' | 'color']?: string;
  };
  const own = hexCode(color, 3);
  const start = own === '' ? back : `${back}${ESC}${own}m`;
  const shown = (waybar ?? block ?? '')
    .replace(/<span([^>]*)>/g, (_, attributes: string) => pangoCode(attributes, start))
    .replaceAll('</span>', start)
    .replace(/&(lt|gt|amp|quot|apos|#39);/g, (entity) => ENTITIES[entity] ?? entity);
  return `${start}${shown}${back}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&apos;': "'",
  '&#39;': "'",
};

function pangoCode(attributes: string, back: string): string {
  const value = (name: string) => new RegExp(`\\b${name}=["']([^"']*)["']`).exec(attributes)?.[1] ?? '';
  const foreground = value('foreground') || value('color') || value('fgcolor');
  const background = value('background') || value('bgcolor');
  const bold = /bold/.test(value('weight') || value('font_weight'));
  return sgr([bold ? '1' : '', hexCode(foreground, 3), hexCode(background, 4)], back);
}
