import {
  isLineOfJson,
  LINE_DEFAULTS,
  lineOptions,
  showOptions,
  STATUSLINE_DEFAULTS,
  statuslineOptions,
} from '../commands/fast-options.ts';
import type { OptionTable, StatuslineOptions, UsageOptions } from '../commands/fast-options.ts';

/*
 * A parser that is loaded at every prompt. It understands correct command lines of the commands that hosts run all day,
 * and reads them by the same tables as the full parser in `program.ts`, to which it leaves everything else: help,
 * mistakes and other commands.
 */

/** The options of the line or of `show`; null for a command line that is left to the full parser. */
export function parseFastArgs(argv: readonly string[]): UsageOptions | null {
  if (argv.length === 0) return LINE_DEFAULTS;
  if (argv[0] === 'show') return parse(argv.slice(1), showOptions(), { ...LINE_DEFAULTS, command: 'show' });
  const options = parse(argv, lineOptions(), LINE_DEFAULTS);
  return options && isLineOfJson(options) ? null : options;
}

/** The options after the word `statusline`; null for a command line that is left to the full parser. */
export function parseStatuslineArgs(argv: readonly string[]): StatuslineOptions | null {
  return parse(argv, statuslineOptions(), STATUSLINE_DEFAULTS);
}

function parse<Options extends object>(
  argv: readonly string[],
  table: OptionTable<Options>,
  defaults: Options,
): Options | null {
  const options = { ...defaults };
  for (let index = 0; index < argv.length; index += 1) {
    // `--flag=value` in one argument.
    const [flag = '', inline] = (argv[index] as string).split(/=(.*)/s);
    let sets = Object.hasOwn(table, flag) ? table[flag] : null;
    if (typeof sets === 'function') {
      const value = inline === undefined ? argv[(index += 1)] : inline;
      sets = value ? sets(value) : null;
    } else if (inline !== undefined || contradicts(options, defaults, sets)) return null;
    if (!sets) return null;
    Object.assign(options, sets);
  }
  return options;
}

/** Whether another flag has set another value. */
function contradicts<Options>(
  options: Options,
  defaults: Options,
  sets: Partial<Options> | null | undefined,
): boolean {
  for (const key in sets) {
    if (options[key] !== defaults[key] && options[key] !== sets[key]) return true;
  }
  return false;
}
