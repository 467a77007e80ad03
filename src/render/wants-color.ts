/** The values of `--color`. */
export const COLOR_FLAGS = ['auto', 'always', 'never'] as const;
/** A value of `--color`. */
export type ColorFlag = (typeof COLOR_FLAGS)[number];

/** Whether a text is a value of `--color`. */
export function isColorFlag(text: string): text is ColorFlag {
  return (COLOR_FLAGS as readonly string[]).includes(text);
}

/** The inputs of the decision about colour. */
export interface ColorInputs {
  readonly flag: ColorFlag;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The key `color` of the configuration. */
  readonly configured: 'auto' | 'always' | 'never';
  /** The default of the output kind; null: colour only on a terminal. */
  readonly kindDefault: boolean | null;
  /** Called only if nothing else decides, because the check takes time. */
  readonly isTerminal: () => boolean;
}

/**
 * Whether to write colour. Flag > `NO_COLOR` > `FORCE_COLOR`, `CLICOLOR_FORCE` > configuration > the kind's
 * default > `CLICOLOR=0`, `TERM=dumb`, no terminal.
 */
export function wantsColor({ flag, env, configured, kindDefault, isTerminal }: ColorInputs): boolean {
  const explicit = explicitColor(flag, env);
  if (explicit !== null) return explicit;
  if (configured !== 'auto') return configured === 'always';
  return kindDefault ?? isColorTerminal(env, isTerminal);
}

/** The choice of the caller, by flag or environment; null: none. */
export function explicitColor(flag: ColorFlag, env: ColorInputs['env']): boolean | null {
  if (flag !== 'auto') return flag === 'always';
  return env.NO_COLOR ? false : forced(env);
}

/** Whether standard output is a terminal with colours. */
export function isColorTerminal(env: ColorInputs['env'], isTerminal: () => boolean): boolean {
  return env.CLICOLOR !== '0' && env.TERM !== 'dumb' && isTerminal();
}

/** `FORCE_COLOR` as in the packages of npm: set means yes, `0` and `false` mean no. */
function forced(env: ColorInputs['env']): boolean | null {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return env.CLICOLOR_FORCE && env.CLICOLOR_FORCE !== '0' ? true : null;
}
