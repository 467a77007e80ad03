import { COLOR_PATTERN, colorText } from './color-text.ts';
import {
  DEFAULT_CACHE_BYTES,
  defaultSettings,
  MEGABYTE,
  NETWORK_CHOICES,
  SOURCE_CHOICES,
  TIMEOUT_RANGE,
} from './settings.ts';
import { COLOR_NAMES, DEFAULT_APPEARANCE } from '../render/appearance.ts';
import { OUTPUT_KINDS } from '../render/outputs/kinds.ts';
import { PALETTE_NAMES } from '../render/palettes.ts';
import { formatMistake } from '../render/template/format.ts';
import { SECOND } from '../usage/time.ts';
import { ACCOUNT_NAME, readAccounts } from './accounts.ts';
import { readProviders } from './providers.ts';
import { RESET_UNITS } from '../usage/own-provider.ts';
import type { TableMistake } from './table-reader.ts';
import * as z from 'zod/mini';

/*
 * The keys of the configuration: description, accepted values and default. Validation, the JSON Schema for editors,
 * `config show` and the test of the documentation are derived from this table.
 */

// Compiled validators (`new Function`) cost more than they save for one small file.
z.config({ jitless: true });

/** One key of the configuration. */
export interface Key {
  readonly schema: z.ZodMiniType;
  readonly default: unknown;
  readonly description: string;
  /** The accepted values, for messages. */
  readonly accepted: string;
  /** The accepted texts that have a name, for suggestions. */
  readonly names?: readonly string[];
  /** A more precise message for an invalid text than `accepted`; null if the text is valid. */
  readonly mistakeIn?: (text: string) => string | null;
  /** The variable that overrides the file. */
  readonly variable?: string;
  /** For a list of tables: those that can be used, and the mistakes in the others. Each table counts by itself. */
  readonly tables?: (value: unknown) => {
    readonly accepted: readonly unknown[];
    readonly mistakes: readonly TableMistake[];
  };
  /** The key is also allowed under `[output.<kind>]`, for that kind alone. */
  readonly perOutput?: true;
}

/** The lists of tables: the field that is the name of a table, and the fields that are checked with the providers. */
export const REFERENCES: Readonly<
  Record<string, { readonly name: string; readonly fields: readonly string[] }>
> = {
  account: { name: 'name', fields: ['provider', 'config_dir'] },
  provider: { name: 'id', fields: ['id'] },
};

type Kind = Pick<Key, 'schema' | 'accepted' | 'names' | 'mistakeIn'>;

const choice = (values: readonly [string, ...string[]]): Kind => ({
  schema: z.enum(values as [string, ...string[]]),
  accepted: values.map((value) => JSON.stringify(value)).join(', '),
  names: values,
});

const number = (min: number, max: number, unit: string): Kind => ({
  schema: z.number().check(z.gte(min), z.lte(max)),
  accepted: `a number${unit} from ${min} to ${max}`,
});

const seconds = (min: number, max: number): Kind => number(min, max, ' of seconds');

const matching = (pattern: RegExp, accepted: string): Kind => ({
  schema: z.string().check(z.regex(pattern)),
  accepted,
});

const color: Kind = {
  ...matching(
    COLOR_PATTERN,
    'a colour ("green", "bright-red", "#ff8800"), "bold", "dim", "reverse", some of them ("bold red"), or "none"',
  ),
  names: [...COLOR_NAMES, 'bold', 'dim', 'reverse', 'none'],
};

const format: Kind = {
  schema: z.string().check(
    z.regex(/^\P{Cc}{1,500}$/u),
    z.refine((text) => formatMistake(text) === null),
  ),
  accepted: 'a preset or a template, at most 500 characters',
  mistakeIn: formatMistake,
};

const list: Kind = {
  schema: z.array(z.string().check(z.regex(/^\P{Cc}{1,60}$/u))).check(z.maxLength(50)),
  accepted: 'a list of texts',
};

/** The shape of `[[account]]`, for editors. `readAccounts` checks it in words. */
const accountsSchema = z.array(
  z.strictObject({
    name: z.string().check(z.regex(ACCOUNT_NAME)),
    provider: z.string().check(z.regex(/^[a-z0-9-]{1,30}$/)),
    config_dir: z.optional(z.string()),
    label: z.optional(z.string().check(z.regex(/^[A-Za-z0-9._+:/() -]{1,20}$/))),
    hidden: z.optional(z.boolean()),
  }),
);

const path = z.string().check(z.maxLength(200));
const money = {
  currency: z.optional(z.string().check(z.regex(/^[A-Z]{3}$/))),
  minor_units: z.optional(z.int().check(z.gte(0), z.lte(8))),
};

/** The shape of `[[provider]]`, for editors. `readProviders` checks it in words. */
const providersSchema = z.array(
  z.strictObject({
    id: z.string().check(z.regex(ACCOUNT_NAME)),
    name: z.optional(z.string()),
    url: z.string(),
    method: z.optional(z.enum(['GET', 'POST'])),
    body: z.optional(z.record(z.string(), z.any())),
    header: z.optional(z.union([z.string(), z.array(z.string())])),
    key_variable: z.optional(z.string()),
    key_command: z.optional(z.array(z.string())),
    plan: z.optional(path),
    window: z.optional(
      z.array(
        z.strictObject({
          name: z.string().check(z.regex(/^(?:monthly|[1-9]\d{0,3}[hd])$/)),
          label: z.optional(z.string()),
          part: z.optional(z.string()),
          used_percent: z.optional(path),
          left_percent: z.optional(path),
          used_fraction: z.optional(path),
          left_fraction: z.optional(path),
          used: z.optional(path),
          left: z.optional(path),
          limit: z.optional(z.union([path, z.number()])),
          reset: z.optional(path),
          reset_unit: z.optional(z.enum(RESET_UNITS)),
          starts_with_use: z.optional(z.boolean()),
          ...money,
        }),
      ),
    ),
    credits: z.optional(z.strictObject({ balance: path, ...money })),
  }),
);

const settings = defaultSettings({});

const { thresholds, colors } = DEFAULT_APPEARANCE;

/** All keys by dotted name, in the order of the documentation. */
export const KEYS: Readonly<Record<string, Key>> = {
  network: {
    ...choice(NETWORK_CHOICES),
    default: 'auto',
    variable: 'USAGELINE_NETWORK',
    description:
      'Whether requests are made. "auto": unless CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC is set. "never": numbers ' +
      "of Claude Code's status line and of local transcripts are still shown.",
  },
  source: {
    ...choice(SOURCE_CHOICES),
    default: 'endpoint',
    description:
      'Where the numbers of Claude come from. "endpoint": a request with the login of Claude Code. "claude-cli": the ' +
      'installed program `claude` is asked, at most every 5 minutes; no token is read.',
  },
  cache_duration: {
    ...seconds(150, 86_400),
    default: settings.cacheDurationMs / SECOND,
    description: 'How long numbers count as current, in seconds.',
  },
  scoped_refresh: {
    ...seconds(150, 86_400),
    default: settings.scopedRefreshMs / SECOND,
    description:
      "How often numbers that only the endpoint has are requested while Claude Code's status line reports the others, in seconds.",
  },
  max_stale: {
    ...seconds(150, 604_800),
    default: settings.maxStaleMs / SECOND,
    description: 'How old numbers may be on the line, in seconds.',
  },
  cache_size: {
    ...number(1, 100_000, ' of megabytes'),
    default: DEFAULT_CACHE_BYTES / MEGABYTE,
    description:
      'The size of the cache of all accounts together, in megabytes (1 000 000 bytes). Above it the accounts that were ' +
      'used least recently go; those in use stay.',
  },
  timeout: {
    ...seconds(TIMEOUT_RANGE.min, TIMEOUT_RANGE.max),
    default: settings.timeoutMs / SECOND,
    variable: 'USAGELINE_TIMEOUT',
    description: 'The deadline of a request, DNS included, in seconds.',
  },
  api_base_url: {
    // Any text: the code that uses the URL decides whether the token may be sent there, and never prints the value.
    schema: z.string(),
    accepted: 'https://host, or http:// on a loopback address',
    default: 'https://api.anthropic.com',
    variable: 'USAGELINE_API_BASE_URL',
    description: 'The URL of the endpoint. One to which the token may not be sent is refused (exit 2).',
  },
  user_agent: {
    ...matching(
      /^[\u0021-\u007E](?:[\u0020-\u007E]{0,198}[\u0021-\u007E])?$/,
      'printable ASCII, at most 200 characters',
    ),
    default: 'usageline/<version>',
    variable: 'USAGELINE_USER_AGENT',
    description: 'The User-Agent of requests.',
  },
  accounts: {
    schema: z.array(z.string().check(z.regex(/^(?:all|[a-z0-9][a-z0-9-]{0,29})$/))).check(z.maxLength(50)),
    accepted: 'a list of accounts and providers, such as ["claude", "work"], or ["all"]',
    default: [],
    description:
      'The accounts of a line without --account, --provider or --all, in their order; ["all"]: every account with a ' +
      'login, the tightest first. Empty: the account of Claude Code, else the only one with a login, else all.',
  },
  account: {
    schema: accountsSchema,
    accepted: 'tables that begin with [[account]]',
    default: [],
    tables: (value) => {
      const { accounts, mistakes } = readAccounts(value);
      return { accepted: accounts, mistakes };
    },
    description:
      'An account besides those in the usual places: a login in another directory, or a label of your own.',
  },
  provider: {
    schema: providersSchema,
    accepted: 'tables that begin with [[provider]]',
    default: [],
    tables: (value) => {
      const { providers, mistakes } = readProviders(value);
      return { accepted: providers, mistakes };
    },
    description:
      'A provider of your own: a URL, where the key is, and paths to the numbers in the response (docs/providers/own.md).',
  },
  format: {
    ...format,
    default: DEFAULT_APPEARANCE.format,
    variable: 'USAGELINE_FORMAT',
    perOutput: true,
    description: 'The format of the line: the name of a preset, or a template.',
  },
  color: {
    ...choice(['auto', 'always', 'never']),
    default: 'auto',
    perOutput: true,
    description: 'Whether to write colour. Options, NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE override it.',
  },
  percent: {
    ...choice(['used', 'left']),
    default: DEFAULT_APPEARANCE.percent,
    perOutput: true,
    description:
      'Whether percentages show what is used or what is left. Levels and thresholds always compare what is used.',
  },
  clock: {
    ...choice(['24h', '12h']),
    default: DEFAULT_APPEARANCE.clock,
    perOutput: true,
    description: 'The notation of clock times.',
  },
  hide: {
    ...list,
    default: DEFAULT_APPEARANCE.hide,
    perOutput: true,
    description:
      'Windows that are not shown: ids ("seven_day", "weekly_scoped:fable") or labels ("7d Fable").',
  },
  palette: {
    ...choice(PALETTE_NAMES),
    default: 'terminal',
    perOutput: true,
    description:
      'The set of colours. "terminal": the 16 colours of the terminal, which follow its theme. The others are for the ' +
      'background of the theme whose name they have. The keys below colors go before it.',
  },
  'thresholds.warn': {
    ...number(0, 100, ''),
    default: thresholds.warn,
    perOutput: true,
    description: 'From how many percent used a number is a warning. At most thresholds.critical.',
  },
  'thresholds.critical': {
    ...number(0, 100, ''),
    default: thresholds.critical,
    perOutput: true,
    description: 'From how many percent used a number is critical.',
  },
  'colors.ok': {
    ...color,
    default: colorText(colors.ok),
    perOutput: true,
    description: 'A percentage below both thresholds.',
  },
  'colors.warn': {
    ...color,
    default: colorText(colors.warn),
    perOutput: true,
    description: 'A percentage from thresholds.warn on.',
  },
  'colors.critical': {
    ...color,
    default: colorText(colors.critical),
    perOutput: true,
    description: 'A percentage from thresholds.critical on.',
  },
  'colors.dim': {
    ...color,
    default: colorText(colors.dim),
    perOutput: true,
    description: 'Less important text: the age of old numbers.',
  },
  'colors.notice': {
    ...color,
    default: colorText(colors.notice),
    perOutput: true,
    description: 'Errors.',
  },
  'colors.strong': {
    ...color,
    default: colorText(colors.strong),
    perOutput: true,
    description: 'The heading of the table.',
  },
};

/** What `[output.<name>]` accepts: the output kinds, Claude Code's status line, and the table of `show`. */
export const OUTPUTS: readonly string[] = [...Object.keys(OUTPUT_KINDS), 'statusline', 'show'];

/*
 * A path is a name as the file has it (`timeout`, `thresholds.warn`, `output.tmux.percent`), split at its dots. A part
 * that contains a dot (a quoted key in TOML) matches no key.
 */

const perOutput = Object.keys(KEYS).filter((name) => KEYS[name]?.perOutput);

/** All names that the file may contain, including those under `[output.<kind>]`. */
export const NAMES: readonly string[] = [
  ...Object.keys(KEYS),
  ...OUTPUTS.flatMap((output) => perOutput.map((name) => `output.${output}.${name}`)),
];

/** The key at a path; `output.tmux.percent` gives the key `percent`. Null: no such key. */
export function keyAt(path: readonly string[]): Key | null {
  if (!isPlain(path)) return null;
  const isOfOutput = path[0] === 'output' && OUTPUTS.includes(path[1] ?? '');
  const name = (isOfOutput ? path.slice(2) : path).join('.');
  const key = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
  return key === undefined || (isOfOutput && !key.perOutput) ? null : key;
}

const sections = new Set(
  NAMES.flatMap((name) => [...name.matchAll(/\./g)].map(({ index }) => name.slice(0, index))),
);

/** Whether a path names a table. */
export function isSection(path: readonly string[]): boolean {
  return isPlain(path) && sections.has(path.join('.'));
}

/** The names that a table accepts: its keys and its tables. */
export function namesBelow(path: readonly string[]): string[] {
  const prefix = path.map((part) => `${part}.`).join('');
  const below = NAMES.filter((name) => name.startsWith(prefix));
  return [...new Set(below.map((name) => name.slice(prefix.length).split('.')[0] as string))];
}

function isPlain(path: readonly string[]): boolean {
  return path.every((part) => !part.includes('.'));
}
