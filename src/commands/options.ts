import { TIMEOUT_RANGE } from '../config/settings.ts';
import { isLineKind, OUTPUT_KINDS } from '../render/outputs/kinds.ts';
import { PRESETS } from '../render/template/format.ts';
import { COLOR_FLAGS } from '../render/wants-color.ts';
import type { Option } from './command.ts';
import type { OptionTable } from './fast-options.ts';

/** What `--help` and the parser's messages need to know of an option. */
type Texts = Omit<Option<never>, 'flag' | 'sets'>;

/** The output kinds of one line. */
export const LINE_KINDS = Object.keys(OUTPUT_KINDS).filter(isLineKind);

const { min, max } = TIMEOUT_RANGE;

/** The texts of the options of `fast-options.ts`. */
const TEXTS: Readonly<Record<string, Texts>> = {
  '--json': { about: 'print one JSON object for programs (schema usageline/v1)' },
  '--color': { value: 'when', about: 'when to use colour', choices: COLOR_FLAGS, usual: 'auto' },
  '--wait': { about: 'wait for a fresh response' },
  '--no-wait': { about: 'do not wait: show the cached numbers and refresh them in the background' },
  '--cached': { about: 'make no request: show the cached numbers' },
  '--timeout': {
    value: 'seconds',
    about: `deadline of a request, ${min} to ${max} (default: 2)`,
    accepted: `a number of seconds from ${min} to ${max}`,
  },
  '--debug': { about: 'print each decision and its reason on standard error' },
  '--verbose': { about: 'show the week by product, too, where the endpoint reports it' },
  '--account': {
    value: 'name',
    about: 'only this account: see `usageline accounts`',
    accepted: 'the name of an account, as `usageline accounts` lists them',
  },
  '--provider': {
    value: 'id',
    about: 'only the accounts of this provider: see `usageline accounts`',
    accepted: 'the id of a provider: lower case letters, digits and dashes',
  },
  '--all': { about: 'every account that has a login' },
  '--output': {
    value: 'kind',
    about: 'the host that the line is written for',
    choices: Object.keys(OUTPUT_KINDS),
    usual: 'plain',
  },
  '--format': {
    value: 'format',
    about: `layout of the line: ${Object.keys(PRESETS).join(', ')}, or a template`,
    accepted: `${Object.keys(PRESETS).join(', ')}, or a template`,
  },
  '--after': {
    value: 'command',
    about: 'your own status line command: its output is printed before the line',
    accepted: 'a command',
  },
};

export const VERSION: Option<object> = {
  flag: '--version',
  short: '-V',
  about: 'print the version',
  sets: {},
};
/** An option of every command. */
export const HELP: Option<object> = { flag: '--help', short: '-h', about: 'print this help', sets: {} };

/** Keys of the configuration that people try as options of the line and of `show`: why there is no such option. */
export const CONFIGURED: Readonly<Record<string, string>> = Object.fromEntries(
  ['palette', 'percent', 'clock', 'hide', 'thresholds'].map((key) => [
    `--${key}`,
    `${key} is set in the configuration: see \`usageline config set --help\``,
  ]),
);

/** The options of a table with their texts. */
export function withTexts<Options>(
  table: OptionTable<Options>,
  own: Readonly<Record<string, Partial<Texts>>> = {},
): Option<Options>[] {
  return Object.entries(table).map(([flag, sets]) =>
    Object.assign({ flag, sets }, TEXTS[flag] as Texts, own[flag]),
  );
}
