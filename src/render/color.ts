/** How much attention a percentage asks for. */
export type Level = 'ok' | 'warn' | 'critical';

/** From these percentages on, compared with the raw value: 49.999 is shown as `50%` and is still ok. */
const WARN = 50;
const CRITICAL = 80;

export function level(percent: number): Level {
  if (percent >= CRITICAL) return 'critical';
  return percent >= WARN ? 'warn' : 'ok';
}

/** What a piece of text is, as far as its looks go. */
export type Style = Level | 'dim' | 'notice' | 'strong';

/** A piece of text in one style; null is the terminal's own. */
export interface Span {
  readonly text: string;
  readonly style: Style | null;
}

/** A span in the terminal's own style. */
export function plain(text: string): Span {
  return { text, style: null };
}

/** The 16 basic colours only: those are the ones that follow the user's theme. */
export const sgr: Readonly<Record<Style, string>> = {
  ok: '32',
  warn: '33',
  critical: '1;31',
  dim: '2',
  notice: '33',
  strong: '1',
};

/** Spans as text; with `color` in ANSI, every span closed by itself, so that a cut line leaks nothing. */
export function paint(spans: readonly Span[], color: boolean): string {
  let text = '';
  for (const span of spans) {
    const painted = color && span.style !== null && span.text !== '';
    text += painted ? `\u001B[${sgr[span.style]}m${span.text}\u001B[0m` : span.text;
  }
  return text;
}

export interface ColorQuestion {
  readonly flag: 'auto' | 'always' | 'never';
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the output kind wants whatever its output is connected to; null where it has no opinion. */
  readonly kindDefault: boolean | null;
  /** Asked last and only when nothing else decides: to find out is not free. */
  readonly isTerminal: () => boolean;
}

/**
 * Whether to write colour. Flag > `NO_COLOR` > `FORCE_COLOR`, `CLICOLOR_FORCE` > the kind's default >
 * `CLICOLOR=0`, `TERM=dumb`, not a terminal.
 */
export function wantsColor({ flag, env, kindDefault, isTerminal }: ColorQuestion): boolean {
  if (flag !== 'auto') return flag === 'always';
  if (env.NO_COLOR) return false;
  return forced(env) ?? kindDefault ?? (env.CLICOLOR !== '0' && env.TERM !== 'dumb' && isTerminal());
}

/** `FORCE_COLOR` as Node's world reads it: there at all is yes, `0` and `false` are no. */
function forced(env: ColorQuestion['env']): boolean | null {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return env.CLICOLOR_FORCE && env.CLICOLOR_FORCE !== '0' ? true : null;
}
