import * as z from 'zod/mini';
import { formatMistake } from '../render/format/index.ts';
import { DEFAULT_APPEARANCE } from '../render/appearance.ts';
import { OUTPUT_KINDS } from '../render/outputs/kinds.ts';
import { SECOND } from '../usage/time.ts';
import { COLOR_PATTERN, colorText } from './color-words.ts';
import { defaultSettings, NETWORK_CHOICES, TIMEOUT_RANGE } from './settings.ts';

/*
 * Every key of the configuration: what it means, what it accepts and what applies without it. Everything else is
 * made from this: what is validated, the JSON Schema for editors, `config show`, and the check of the documentation.
 */

// For one small file, functions made of text cost more than they save.
z.config({ jitless: true });

export interface Key {
  readonly schema: z.ZodMiniType;
  readonly default: unknown;
  readonly description: string;
  /** What it accepts, in words. */
  readonly accepted: string;
  /** What is wrong with a text, where that can be said better than by what is accepted; null when nothing is. */
  readonly mistakeIn?: (text: string) => string | null;
  /** The variable that goes before the file. */
  readonly variable?: string;
  /** May also stand under `[output.<kind>]`, for that kind alone. */
  readonly perOutput?: true;
}

type Kind = Pick<Key, 'schema' | 'accepted' | 'mistakeIn'>;

const choice = (values: readonly [string, ...string[]]): Kind => ({
  schema: z.enum(values as [string, ...string[]]),
  accepted: values.map((value) => JSON.stringify(value)).join(', '),
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

const color = matching(
  COLOR_PATTERN,
  'a colour ("green", "bright-red", "#ff8800"), "bold", "dim", some of them ("bold red"), or "none"',
);

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

const usual = defaultSettings({});
const { thresholds, colors } = DEFAULT_APPEARANCE;

export const KEYS: Readonly<Record<string, Key>> = {
  network: {
    ...choice(NETWORK_CHOICES),
    default: 'auto',
    variable: 'USAGELINE_NETWORK',
    description:
      'Whether requests are made. "auto": unless CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC is set. "never": what ' +
      "Claude Code's status line and local transcripts tell is shown all the same.",
  },
  cache_duration: {
    ...seconds(150, 86_400),
    default: usual.cacheDurationMs / SECOND,
    description: 'How long numbers count as current, in seconds.',
  },
  scoped_refresh: {
    ...seconds(150, 86_400),
    default: usual.scopedRefreshMs / SECOND,
    description:
      "How often the endpoint is asked for what only it knows while Claude Code's status line tells the rest, in seconds.",
  },
  max_stale: {
    ...seconds(150, 604_800),
    default: usual.maxStaleMs / SECOND,
    description: 'How old numbers may be on the line, in seconds.',
  },
  timeout: {
    ...seconds(TIMEOUT_RANGE.min, TIMEOUT_RANGE.max),
    default: usual.timeoutMs / SECOND,
    variable: 'USAGELINE_TIMEOUT',
    description: 'The deadline of a request, DNS included, in seconds.',
  },
  api_base_url: {
    // Any text: whether the token may be sent there is asked where it is used, which never repeats the value.
    schema: z.string(),
    accepted: 'https://host, or http:// on a loopback address',
    default: 'https://api.anthropic.com',
    variable: 'USAGELINE_API_BASE_URL',
    description: 'Where the endpoint is. One that the token may not be sent to is refused (exit 2).',
  },
  user_agent: {
    ...matching(
      /^[\u0021-\u007E](?:[\u0020-\u007E]{0,198}[\u0021-\u007E])?$/,
      'printable ASCII, at most 200 characters',
    ),
    default: 'usageline/<version>',
    variable: 'USAGELINE_USER_AGENT',
    description: 'What requests call themselves.',
  },
  format: {
    ...format,
    default: DEFAULT_APPEARANCE.format,
    variable: 'USAGELINE_FORMAT',
    perOutput: true,
    description: 'How the line is put together: the name of a preset, or a template.',
  },
  color: {
    ...choice(['auto', 'always', 'never']),
    default: 'auto',
    perOutput: true,
    description:
      'Colour, where neither an option nor NO_COLOR, FORCE_COLOR or CLICOLOR_FORCE says something.',
  },
  percent: {
    ...choice(['used', 'left']),
    default: DEFAULT_APPEARANCE.percent,
    perOutput: true,
    description: 'What a percentage counts. Levels and thresholds always go by what is used.',
  },
  clock: {
    ...choice(['24h', '12h']),
    default: DEFAULT_APPEARANCE.clock,
    perOutput: true,
    description: 'How clock times are written.',
  },
  hide: {
    ...list,
    default: DEFAULT_APPEARANCE.hide,
    perOutput: true,
    description:
      'Windows that are not shown: ids ("seven_day", "weekly_scoped:fable") or labels ("7d Fable").',
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
    description: 'What matters less: the age of old numbers.',
  },
  'colors.notice': {
    ...color,
    default: colorText(colors.notice),
    perOutput: true,
    description: 'What went wrong.',
  },
  'colors.strong': {
    ...color,
    default: colorText(colors.strong),
    perOutput: true,
    description: 'The heading of the table.',
  },
};

/** What can have looks of its own: the output kinds, Claude Code's status line, and the table of `show`. */
export const OUTPUTS: readonly string[] = [...Object.keys(OUTPUT_KINDS), 'statusline', 'show'];
