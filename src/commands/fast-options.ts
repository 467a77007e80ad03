import { accountWord } from '../accounts/account.ts';
import { TIMEOUT_RANGE } from '../config/settings.ts';
import { isColorFlag } from '../render/wants-color.ts';
import type { ColorFlag } from '../render/wants-color.ts';
import { isLineKind, isOutputKind } from '../render/outputs/kinds.ts';
import type { LineKind, OutputKind } from '../render/outputs/kinds.ts';
import type { Policy } from '../resolve/decide.ts';
import type { Sets } from './command.ts';

/*
 * The options of the commands that hosts run all day: the line, `show` and `statusline`. On the hot path, so it has only
 * what a parser needs. `options.ts` adds the texts of `--help`.
 */

/** Options of the line and of `show`. */
export interface UsageOptions {
  readonly command: 'line' | 'show';
  readonly json: boolean;
  readonly output: OutputKind;
  /** A preset or a template, not checked yet; null: as the environment or the configuration has it. */
  readonly format: string | null;
  readonly color: ColorFlag;
  /** The choice by `--wait`, `--no-wait` or `--cached`; null: as the caller needs it, see `callers.ts`. */
  readonly policy: Policy | null;
  /** Deadline of a request, ms; null: as configured. */
  readonly timeoutMs: number | null;
  readonly debug: boolean;
  /** Of `show`: also the week by product. */
  readonly verbose: boolean;
  /** The name of an account, not checked yet; null: none is named. */
  readonly account: string | null;
  /** The id of a provider, not checked yet; null: none is named. */
  readonly provider: string | null;
  /** Every account that has a login. */
  readonly all: boolean;
}

/** Options of `statusline`. */
export interface StatuslineOptions {
  /** A command whose output comes before the line; null: none. */
  readonly wrappedCommand: string | null;
  readonly output: LineKind;
  readonly format: string | null;
  readonly color: ColorFlag;
  /** Deadline of a request, ms; null: as configured. */
  readonly timeoutMs: number | null;
  readonly debug: boolean;
}

/** The options of a command by flag. */
export type OptionTable<Options> = Readonly<Record<string, Sets<Options>>>;

export const LINE_DEFAULTS: UsageOptions = {
  command: 'line',
  json: false,
  output: 'plain',
  format: null,
  color: 'auto',
  policy: null,
  timeoutMs: null,
  debug: false,
  verbose: false,
  account: null,
  provider: null,
  all: false,
};

export const STATUSLINE_DEFAULTS: StatuslineOptions = {
  wrappedCommand: null,
  output: 'ansi',
  format: null,
  color: 'auto',
  timeoutMs: null,
  debug: false,
};

export const COLOR = { '--color': (color: string) => (isColorFlag(color) ? { color } : null) };

export const POLICIES = {
  '--wait': { policy: 'wait' },
  '--no-wait': { policy: 'background' },
  '--cached': { policy: 'cached' },
} as const;

export const TIMEOUT = {
  '--timeout': (text: string) => {
    const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
    const { min, max } = TIMEOUT_RANGE;
    return seconds >= min && seconds <= max ? { timeoutMs: Math.round(seconds * 1000) } : null;
  },
};

export const DEBUG = { '--debug': { debug: true } };

/** A word that can be part of a file's name: others cannot name an account or a provider. */
const NAME = /^[a-z0-9][a-z0-9-]{0,29}$/;

export const CHOICE = {
  '--account': (text: string) => {
    const account = accountWord(text);
    return NAME.test(account) ? { account } : null;
  },
  '--provider': (provider: string) => (NAME.test(provider) ? { provider } : null),
  '--all': { all: true },
};

const FORMAT = { '--format': (format: string) => ({ format }) };

// Functions, so that the hot path makes the table that it needs, and none without options.

/** The options of `usageline` without the name of a command. */
export function lineOptions(): OptionTable<UsageOptions> {
  return {
    ...usageOptions(),
    '--output': (output) => (isOutputKind(output) ? { output } : null),
    ...FORMAT,
  };
}

export function showOptions(): OptionTable<UsageOptions> {
  return { ...usageOptions(), '--verbose': { verbose: true } };
}

function usageOptions(): OptionTable<UsageOptions> {
  return { '--json': { json: true }, ...COLOR, ...POLICIES, ...TIMEOUT, ...DEBUG, ...CHOICE };
}

export function statuslineOptions(): OptionTable<StatuslineOptions> {
  return {
    '--after': (wrappedCommand) => (wrappedCommand === '' ? null : { wrappedCommand }),
    '--output': (output) => (isLineKind(output) ? { output } : null),
    ...FORMAT,
    ...COLOR,
    ...TIMEOUT,
    ...DEBUG,
  };
}

/** Whether options of a line are combined with `--json`, which prints no line. */
export function isLineOfJson({ json, output, format }: UsageOptions): boolean {
  return json && (output !== 'plain' || format !== null);
}
