import { NODE_ZONE } from '../zone/zone.ts';
import type { Clock } from './clock.ts';
import type { Zone } from '../zone/zone.ts';
import type { Style } from './style.ts';

/** How the line and the table look: the result of configuration, environment and `--format`. */
export interface Appearance {
  /** The name of a preset (`compact`, `default`, `bars`, `minimal`, `ascii`) or a template. */
  readonly format: string;
  /** Whether percentages show what is used or what is left. Levels and thresholds always compare what is used. */
  readonly percent: 'used' | 'left';
  /** Percent **used** from which the level is `warn` or `critical`; compared with the unrounded value, ≥. */
  readonly thresholds: { readonly warn: number; readonly critical: number };
  readonly colors: Readonly<Record<Style, Color>>;
  /** Notation of clock times. */
  readonly clock: Clock;
  /** Time zone of clock times. */
  readonly zone: Zone;
  /** Windows to hide: ids (`seven_day`, `weekly_scoped:fable`) or labels in lower case (`7d fable`). */
  readonly hide: readonly string[];
}

/** The 16 basic colours. Terminals draw them in the colours of the user's theme. */
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
/** The name of a basic colour. */
export type ColorName = (typeof COLOR_NAMES)[number];

/** Colour and weight of a style; each output translates it into the codes of its host. */
export interface Color {
  /** A basic colour or `#rrggbb` in lower case; null: the default colour of the host. */
  readonly color: ColorName | `#${string}` | null;
  readonly bold: boolean;
  readonly dim: boolean;
  /** Exchanges text and background, where the host can: loud without any hue. */
  readonly reverse?: boolean;
  /** What terminals that do not draw `color` get in its place: one of the 256 colours of xterm, or a basic colour. Absent: `color`. */
  readonly ansi?: { readonly indexed: number } | Pick<Color, 'color' | 'dim'>;
}

/**
 * The appearance if nothing is configured. Cyan, yellow and red differ in hue or lightness for every kind of colour
 * blindness; green and yellow do not. The level `critical` is bold and reversed in addition, so that it is the loudest one
 * without any hue.
 */
export const DEFAULT_APPEARANCE: Appearance = {
  format: 'default',
  percent: 'used',
  thresholds: { warn: 50, critical: 80 },
  colors: {
    ok: { color: 'cyan', bold: false, dim: false },
    warn: { color: 'yellow', bold: false, dim: false },
    critical: { color: 'red', bold: true, dim: false, reverse: true },
    urgent: { color: 'red', bold: true, dim: false },
    dim: { color: null, bold: false, dim: true },
    notice: { color: 'yellow', bold: false, dim: false },
    strong: { color: null, bold: true, dim: false },
  },
  clock: '24h',
  zone: NODE_ZONE,
  hide: [],
};
