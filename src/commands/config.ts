import { baseUrlProblem } from '../accounts/base-url.ts';
import { valueFor, readConfigValues } from '../config/read.ts';
import { accountMistakes } from '../accounts/find.ts';
import type { AccountConfig } from '../config/accounts.ts';
import type { Sourced } from '../config/config.ts';
import type { ConfigValues } from '../config/read.ts';
import { findConfigFile } from '../config/config-file.ts';
import { KEYS, namesBelow, OUTPUTS } from '../config/schema.ts';
import type { ColorFlag } from '../render/wants-color.ts';
import type { System } from '../platform/system.ts';
import type { OwnProvider } from '../usage/own-provider.ts';
import { quoteInput } from '../usage/text.ts';
import { result } from './command.ts';
import type { Command, CommandGroup, CommandResult } from './command.ts';
import { COLOR, TIMEOUT } from './fast-options.ts';
import { appliedValue, keyNamed, keyText, usedValue } from './config-value.ts';
import { withTexts } from './options.ts';

/** Options of `config show`, which go before all other sources. */
export interface ConfigShowOptions {
  readonly color: ColorFlag | null;
  /** Ms. */
  readonly timeoutMs: number | null;
}

/** Options of `config get` and `config unset`. */
interface ConfigKeyOptions {
  /** The dotted name of a key, not checked yet. */
  readonly name: string;
}

/** Options of `config set`. */
interface ConfigSetOptions extends ConfigKeyOptions {
  /** As it is typed, not checked yet. */
  readonly value: string;
}

const KEY_ARGUMENT = {
  name: 'key',
  required: true,
  examples: Object.keys(KEYS),
  accepted: () => namesBelow([]).join(', '),
  sets: (name: string) => ({ name }),
} as const;

const getCommand: Command<ConfigKeyOptions> = {
  name: 'get',
  about: 'print the value of a key that applies, whatever sets it',
  argument: KEY_ARGUMENT,
  options: [],
  defaults: { name: '' },
  help: `
Examples:
  usageline config get format
  usageline config get output.tmux.percent
`,
  run: configGet,
};

const setCommand: Command<ConfigSetOptions> = {
  name: 'set',
  synonyms: ['put', 'add'],
  about: 'change one key of the file; comments and everything else in it stay',
  argument: [
    KEY_ARGUMENT,
    { name: 'value', required: true, accepted: valuesOfKey, sets: (value) => ({ value }) },
  ],
  options: [],
  defaults: { name: '', value: '' },
  help: `
Examples:
  usageline config set format bars
  usageline config set thresholds.warn 60
  usageline config set hide '7d Fable, 7d Opus'
  usageline config set output.tmux.percent left      for one output only
  usageline config show                              every key
`,
  run: async (system, options) => (await import('./config-change.ts')).configSet(system, options),
};

const unsetCommand: Command<ConfigKeyOptions> = {
  name: 'unset',
  synonyms: ['delete', 'del', 'remove', 'rm', 'reset', 'clear'],
  about: 'remove one key from the file; comments and everything else in it stay',
  argument: KEY_ARGUMENT,
  options: [],
  defaults: { name: '' },
  help: `
Examples:
  usageline config unset format
  usageline config unset output.tmux.percent    tmux has the general value then
`,
  run: async (system, options) => (await import('./config-change.ts')).configUnset(system, options),
};

const showCommand: Command<ConfigShowOptions> = {
  name: 'show',
  synonyms: ['list', 'ls', 'print'],
  about:
    'print every key, its value and what sets it: an option, a variable, a line of the file, or the default',
  options: withTexts<ConfigShowOptions>({ ...COLOR, ...TIMEOUT }, { '--color': { usual: undefined } }),
  defaults: { color: null, timeoutMs: null },
  help: `
Examples:
  usageline config show
  usageline config show --timeout 5      an option goes before variable and file
`,
  run: configShow,
};

/** `usageline config`: what is configured, and by what. */
export const command: CommandGroup = {
  name: 'config',
  synonyms: ['settings', 'configure', 'options'],
  about: 'the configuration and its sources',
  help: `
Examples:
  usageline config show                      every key, and what sets it
  usageline config set format bars
  usageline config set output.tmux.percent left
  usageline config edit                      in $VISUAL or $EDITOR
`,
  commands: [
    getCommand,
    setCommand,
    unsetCommand,
    {
      name: 'edit',
      synonyms: ['open', 'change'],
      about: 'open the file in $VISUAL or $EDITOR, then check it; exit 2 if there is a mistake',
      options: [],
      defaults: {},
      help: `
Examples:
  usageline config edit
  EDITOR='code --wait' usageline config edit
`,
      run: async (system) => (await import('./config-change.ts')).configEdit(system, configCheck),
    },
    {
      name: 'init',
      synonyms: ['create', 'new'],
      about: 'create the file with every key as a comment; one that is there stays',
      options: [],
      defaults: {},
      help: `
Examples:
  usageline config init && usageline config edit
`,
      run: async (system) => (await import('./config-change.ts')).configInit(system),
    },
    {
      name: 'path',
      synonyms: ['file', 'where'],
      about: 'print the path of the configuration file, which need not exist',
      options: [],
      defaults: {},
      help: `
Examples:
  $EDITOR "$(usageline config path)"
`,
      run: configPath,
    },
    showCommand,
    {
      name: 'check',
      synonyms: ['validate', 'test', 'lint', 'verify'],
      about: 'name every mistake in the configuration; exit 2 if there is one',
      options: [],
      defaults: {},
      help: `
Examples:
  usageline config check && echo 'no mistakes'
`,
      run: configCheck,
    },
    {
      name: 'schema',
      about: 'print the JSON Schema of the configuration, for editors',
      options: [],
      defaults: {},
      help: `
Examples:
  usageline config schema > ~/.config/usageline/config.schema.json
and for editors with taplo (Even Better TOML), in the first line of config.toml:
  #:schema ./config.schema.json
`,
      run: configSchema,
    },
  ],
};

/** What the key that is typed accepts, also as `format=bars`. Throws a `UsageError` for a text that is no key. */
function valuesOfKey([typed = '']: readonly string[]): string {
  const [name = '', value] = typed.split('=', 2);
  const { accepted } = keyNamed(name).key;
  return value === undefined
    ? accepted
    : `${accepted}; did you mean 'config set ${name} ${quoteInput(value)}'?`;
}

/** `usageline config path`: where the configuration is, or would be. */
function configPath(system: System): CommandResult {
  const { path, warning } = findConfigFile(system);
  const stderr = [
    warning,
    path === null ? 'there is no home directory, so no place for a configuration' : null,
  ]
    .filter((text) => text !== null)
    .map((text) => `usageline: ${text}\n`)
    .join('');
  return path === null ? result('', { exitCode: 1, stderr }) : result(`${path}\n`, { stderr });
}

/** `usageline config show`: every value that applies, and where it comes from. */
export async function configShow(
  system: System,
  { color, timeoutMs }: ConfigShowOptions,
): Promise<CommandResult> {
  const gathered = readConfigValues(system, findConfigFile(system));
  const values = new Map(gathered.values);
  if (color !== null) values.set('color', { value: color, source: '--color' });
  if (timeoutMs !== null) values.set('timeout', { value: timeoutMs / 1000, source: '--timeout' });
  const rows = [
    ...Object.entries(KEYS).map(([name, key]) => rowOf(name, values.get(name), key.default)),
    ...OUTPUTS.flatMap((output) => exceptionsOf(values, output)),
  ];
  const width = Math.max(...rows.map(([line]) => line.length));
  const text = rows.map(([line, source]) => `${line.padEnd(width)}  # ${source}\n`).join('');
  return result(text, { stderr: await warningLines(system, gathered) });
}

/** `usageline config get`: the value that applies; a text without quotes. */
async function configGet(system: System, { name }: ConfigKeyOptions): Promise<CommandResult> {
  keyNamed(name);
  const gathered = readConfigValues(system, findConfigFile(system));
  const { value } = appliedValue(gathered.values, name);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return result(`${text.replace(/\p{Cc}/gu, '?')}\n`, { stderr: await warningLines(system, gathered) });
}

/** `usageline config check`: whether everything in it is understood. */
export async function configCheck(system: System): Promise<CommandResult> {
  const place = findConfigFile(system);
  const gathered = readConfigValues(system, place);
  const findings = await problemsOf(system, gathered);
  if (findings.length > 0) {
    return result('', { exitCode: 2, stderr: findings.map((text) => `usageline: ${text}\n`).join('') });
  }
  const there = place.path !== null && system.fs.existsSync(place.path);
  return result(there ? `${place.path}: no mistakes\n` : 'no configuration: the defaults apply\n');
}

/** `usageline config schema`: the JSON Schema for editors. */
async function configSchema(): Promise<CommandResult> {
  const { jsonSchema } = await import('../config/json-schema.ts');
  return result(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
}

/** A key and its value as the file has them, and what sets it. */
type Row = readonly [line: string, source: string];

function rowOf(name: string, found: Sourced<unknown> | undefined, usual: unknown): Row {
  const value = usedValue(name, found, usual);
  return [keyText(name, value), found?.source ?? 'default'];
}

/** What differs for one output. */
function exceptionsOf(values: ConfigValues['values'], output: string): Row[] {
  return Object.keys(KEYS).flatMap((name) => {
    const own = values.get(`output.${output}.${name}`);
    const applies = own !== undefined && valueFor(values, output, name) === own;
    return applies ? [rowOf(`output.${output}.${name}`, own, null)] : [];
  });
}

async function problemsOf(system: System, { values, warnings, places }: ConfigValues): Promise<string[]> {
  const url = values.get('api_base_url') as Sourced<string> | undefined;
  const refused = url ? baseUrlProblem(url) : null;
  const config = {
    providers: (values.get('provider')?.value ?? []) as readonly OwnProvider[],
    accounts: (values.get('account')?.value ?? []) as readonly AccountConfig[],
    places,
  };
  const listed = (values.get('accounts') ?? null) as Sourced<readonly string[]> | null;
  const mistakes = await accountMistakes(system, config, listed);
  return [...warnings, ...mistakes, ...(refused === null ? [] : [refused])];
}

async function warningLines(system: System, gathered: ConfigValues): Promise<string> {
  return (await problemsOf(system, gathered)).map((text) => `usageline: ${text}\n`).join('');
}
