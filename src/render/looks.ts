import type { Style } from './color.ts';

/** How the line and the table look: what configuration, environment and `--format` decide, as renderers need it. */
export interface Looks {
  /** A preset's name (`compact`, `default`, `bars`, `minimal`, `ascii`), or a template. */
  readonly format: string;
  /** Which side of a limit its percentage counts: what is used, or what is left. Levels always go by what is used. */
  readonly percent: 'used' | 'left';
  /** From which percentages **used** on a number is `warn` and `critical`; compared with the raw value, ≥. */
  readonly thresholds: { readonly warn: number; readonly critical: number };
  readonly colors: Readonly<Record<Style, Color>>;
  /** How clock times are written in the table. */
  readonly clock: '24h' | '12h';
  /** Windows that are not shown: ids (`seven_day`, `weekly_scoped:fable`) or labels in lower case (`7d fable`). */
  readonly hide: readonly string[];
}

/** The 16 basic colours, which follow the user's theme. */
export const COLOR_NAMES = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'bright-black',
  'bright-red',
  'bright-green',
  'bright-yellow',
  'bright-blue',
  'bright-magenta',
  'bright-cyan',
  'bright-white',
] as const;
export type ColorName = (typeof COLOR_NAMES)[number];

/** What a style looks like, in words that every host has its own code for. */
export interface Color {
  /** One of the basic colours, `#rrggbb` in lower case, or null: the host's own. */
  readonly color: ColorName | `#${string}` | null;
  readonly bold: boolean;
  readonly dim: boolean;
}

const looking = (color: Color['color'], weight: 'bold' | 'dim' | null = null): Color => ({
  color,
  bold: weight === 'bold',
  dim: weight === 'dim',
});

export const DEFAULT_LOOKS: Looks = {
  format: 'default',
  percent: 'used',
  thresholds: { warn: 50, critical: 80 },
  colors: {
    ok: looking('green'),
    warn: looking('yellow'),
    critical: looking('red', 'bold'),
    dim: looking(null, 'dim'),
    notice: looking('yellow'),
    strong: looking(null, 'bold'),
  },
  clock: '24h',
  hide: [],
};
