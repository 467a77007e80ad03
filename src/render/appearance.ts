import { NODE_ZONE } from '../zone/zone.ts';
import type { Zone } from '../zone/zone.ts';
import type { Clock } from './clock.ts';
import type { Style } from './style.ts';

/** How the line and the table look: what configuration, environment and `--format` decide, as renderers need it. */
export interface Appearance {
  /** A preset's name (`compact`, `default`, `bars`, `minimal`, `ascii`), or a template. */
  readonly format: string;
  /** Which side of a limit its percentage counts: what is used, or what is left. Levels always go by what is used. */
  readonly percent: 'used' | 'left';
  /** From which percentages **used** on a number is `warn` and `critical`; compared with the raw value, ≥. */
  readonly thresholds: { readonly warn: number; readonly critical: number };
  readonly colors: Readonly<Record<Style, Color>>;
  /** How clock times are written in the table. */
  readonly clock: Clock;
  /** The zone of clock times. */
  readonly zone: Zone;
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

/**
 * The colours differ for people who see red and green alike, too: cyan, yellow and red keep apart in hue or in
 * lightness for each kind of colour blindness, which green and yellow do not. The last level is bold besides.
 */
export const DEFAULT_APPEARANCE: Appearance = {
  format: 'default',
  percent: 'used',
  thresholds: { warn: 50, critical: 80 },
  colors: {
    ok: { color: 'cyan', bold: false, dim: false },
    warn: { color: 'yellow', bold: false, dim: false },
    critical: { color: 'red', bold: true, dim: false },
    dim: { color: null, bold: false, dim: true },
    notice: { color: 'yellow', bold: false, dim: false },
    strong: { color: null, bold: true, dim: false },
  },
  clock: '24h',
  zone: NODE_ZONE,
  hide: [],
};
