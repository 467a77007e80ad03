import { DEFAULT_APPEARANCE } from './appearance.ts';
import type { Level, Style } from './style.ts';

/** @param percent percent used, raw: 49.999 is shown as `50%` and is still ok */
export function levelOf(percent: number, { warn, critical } = DEFAULT_APPEARANCE.thresholds): Level {
  if (percent >= critical) return 'critical';
  return percent >= warn ? 'warn' : 'ok';
}

/** A piece of text in one style; null is the terminal's own. */
export interface Span {
  readonly text: string;
  readonly style: Style | null;
}

/** A span in the terminal's own style. */
export function plain(text: string): Span {
  return { text, style: null };
}

/** The values of `--color`. */
export const COLOR_FLAGS = ['auto', 'always', 'never'] as const;
export type ColorFlag = (typeof COLOR_FLAGS)[number];

export function isColorFlag(text: string): text is ColorFlag {
  return (COLOR_FLAGS as readonly string[]).includes(text);
}

export interface ColorInputs {
  readonly flag: ColorFlag;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the configuration says. */
  readonly configured: 'auto' | 'always' | 'never';
  /** What the output kind wants whatever its output is connected to; null where it has no opinion. */
  readonly kindDefault: boolean | null;
  /** Asked last and only when nothing else decides: to find out is not free. */
  readonly isTerminal: () => boolean;
}

/**
 * Whether to write colour. Flag > `NO_COLOR` > `FORCE_COLOR`, `CLICOLOR_FORCE` > configuration > the kind's
 * default > `CLICOLOR=0`, `TERM=dumb`, not a terminal.
 */
export function wantsColor({ flag, env, configured, kindDefault, isTerminal }: ColorInputs): boolean {
  const said = explicitColor(flag, env);
  if (said !== null) return said;
  if (configured !== 'auto') return configured === 'always';
  return kindDefault ?? isColorTerminal(env, isTerminal);
}

/** What the caller says of colour, by a flag or in the environment; null: nothing. */
export function explicitColor(flag: ColorInputs['flag'], env: ColorInputs['env']): boolean | null {
  if (flag !== 'auto') return flag === 'always';
  return env.NO_COLOR ? false : forced(env);
}

/** Whether it is a terminal, and one that has colours. */
export function isColorTerminal(env: ColorInputs['env'], isTerminal: () => boolean): boolean {
  return env.CLICOLOR !== '0' && env.TERM !== 'dumb' && isTerminal();
}

/** `FORCE_COLOR` as Node's world reads it: there at all is yes, `0` and `false` are no. */
function forced(env: ColorInputs['env']): boolean | null {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return env.CLICOLOR_FORCE && env.CLICOLOR_FORCE !== '0' ? true : null;
}
