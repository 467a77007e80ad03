import { isColorFlag } from '../render/wants-color.ts';
import type { ColorFlag } from '../render/wants-color.ts';
import { TIMEOUT_RANGE } from '../config/settings.ts';
import { isLineKind, isOutputKind } from '../render/outputs/kinds.ts';
import type { LineKind, OutputKind } from '../render/outputs/kinds.ts';
import type { Policy } from '../resolve/decide.ts';

/** Options of the line and of `show`. */
export interface UsageOptions {
  readonly command: 'line' | 'show';
  readonly json: boolean;
  /** Who reads the line. */
  readonly output: OutputKind;
  /** A preset or a template, not yet checked; null leaves it to the environment. */
  readonly format: string | null;
  readonly color: ColorFlag;
  /** What was asked for by a flag; null leaves it to the command. */
  readonly policy: Policy | null;
  /** Ms; null leaves it to the settings. */
  readonly timeoutMs: number | null;
  readonly debug: boolean;
  /** Of `show`: what else the answer has. */
  readonly verbose: boolean;
}

/** `--timeout` in seconds as ms; null when it is no number within what is accepted. */
export function parseTimeout(text: string): number | null {
  if (!/^\d+(\.\d+)?$/.test(text)) return null;
  const seconds = Number(text);
  return seconds >= TIMEOUT_RANGE.min && seconds <= TIMEOUT_RANGE.max ? Math.round(seconds * 1000) : null;
}

/** Which of the three flags mean what. */
const POLICY_FLAGS: Readonly<Record<string, Policy>> = {
  '--wait': 'wait',
  '--no-wait': 'background',
  '--cached': 'cached',
};

/**
 * The options, when the command line is one that hosts run all day: the line or `show` with plain, correct
 * options. Null for anything else, help and mistakes included: those are worth loading a real parser for.
 */
export function parseFastArgs(argv: readonly string[]): UsageOptions | null {
  return argv.length === 0 ? NO_OPTIONS : parse(argv);
}

const NO_OPTIONS: UsageOptions = {
  command: 'line',
  json: false,
  output: 'plain',
  format: null,
  color: 'auto',
  policy: null,
  timeoutMs: null,
  debug: false,
  verbose: false,
};

function parse(argv: readonly string[]): UsageOptions | null {
  const command = argv[0] === 'show' ? 'show' : 'line';
  let json = false;
  let debug = false;
  let verbose = false;
  let output: OutputKind = 'plain';
  let format: string | null = null;
  let color: ColorFlag = 'auto';
  let policy: Policy | null = null;
  let timeoutMs: number | null = null;
  for (let index = command === 'show' ? 1 : 0; index < argv.length; index += 1) {
    const [flag = '', inline] = splitFlag(argv[index] ?? '');
    const value = () => inline ?? argv[(index += 1)] ?? '';
    if (flag === '--color') {
      const given = value();
      if (!isColorFlag(given)) return null;
      color = given;
    } else if (flag === '--output') {
      const given = value();
      if (!isOutputKind(given)) return null;
      output = given;
    } else if (flag === '--format') {
      format = value();
      if (format === '') return null;
    } else if (flag === '--timeout') {
      timeoutMs = parseTimeout(value());
      if (timeoutMs === null) return null;
    } else if (inline !== undefined) {
      return null;
    } else if (flag === '--json') {
      json = true;
    } else if (flag === '--debug') {
      debug = true;
    } else if (flag === '--verbose' && command === 'show') {
      verbose = true;
    } else if (Object.hasOwn(POLICY_FLAGS, flag)) {
      const asked = POLICY_FLAGS[flag] as Policy;
      // Two that contradict each other are a mistake to be named.
      if (policy !== null && policy !== asked) return null;
      policy = asked;
    } else {
      return null;
    }
  }
  // Neither of the two is a line.
  if ((output !== 'plain' || format !== null) && (json || command === 'show')) return null;
  return { command, json, output, format, color, policy, timeoutMs, debug, verbose };
}

/** Options of `statusline`. */
export interface StatuslineOptions {
  /** A command whose output comes first; null: ours alone. */
  readonly wrappedCommand: string | null;
  readonly output: LineKind;
  readonly format: string | null;
  readonly color: ColorFlag;
  readonly timeoutMs: number | null;
  readonly debug: boolean;
}

export const STATUSLINE_DEFAULTS: StatuslineOptions = {
  wrappedCommand: null,
  output: 'ansi',
  format: null,
  color: 'auto',
  timeoutMs: null,
  debug: false,
};

/** The options behind `statusline`; null for help, mistakes and what is rare. */
export function parseStatuslineArgs(argv: readonly string[]): StatuslineOptions | null {
  const options: { -readonly [key in keyof StatuslineOptions]: StatuslineOptions[key] } = {
    ...STATUSLINE_DEFAULTS,
  };
  for (let index = 0; index < argv.length; index += 1) {
    const [flag = '', inline] = splitFlag(argv[index] ?? '');
    const value = inline ?? argv[(index += 1)] ?? '';
    if (flag === '--after' && value !== '') options.wrappedCommand = value;
    else if (flag === '--output' && isLineKind(value)) options.output = value;
    else if (flag === '--format' && value !== '') options.format = value;
    else if (flag === '--color' && isColorFlag(value)) options.color = value;
    else return null;
  }
  return options;
}

function splitFlag(argument: string): [string, string | undefined] {
  const at = argument.indexOf('=');
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}
