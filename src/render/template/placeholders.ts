import { usualName } from '../../usage/window-names.ts';
import { nearest } from '../../usage/nearest.ts';

/** The fields of a window, each with what it shows. docs/specs/format.md describes them for users. */
export const WINDOW_FIELDS = {
  label: 'its name: `5h`, `7d`, `7d Fable`',
  percent:
    'what is used, or left, as configured; the first one on a line that shows what is left says so: `78% left`; `reset` once it has elapsed',
  used: 'percent used',
  left: 'percent left',
  bar: 'the percentage as a bar of 8 columns',
  gauge: 'the percentage as one character: `▃`',
  amount: 'the amount in money, for a limit on spending: `521/500 USD`',
  reset: 'time until its reset: `4h37m`',
  at: 'clock time of its reset: `23:02`, `Tue 21:25`',
  pace: 'points ahead of even use, `+14`, or behind it, `-9`',
  verdict: 'when it will be used up at this pace, if it is used faster than evenly: `empty in 15h`',
  empty: 'time until it is used up at this pace, if that comes before the reset: `1h21m`',
  age: 'age of this number, if it is older than the others: `16m ago`',
  tokens: 'tokens counted from local transcripts, if there are no other numbers: `~420k`',
} as const;

/** The name of a field of a window. */
export type WindowField = keyof typeof WINDOW_FIELDS;

/** The fields of the whole line, each with what it shows. */
export const LINE_FIELDS = {
  sep: ' `·` between two shown parts; nothing at either end of the line',
  extra: 'paid use beyond the subscription: `extra 7.63/20.00 EUR`',
  plan: 'the plan: `Ultra`',
  account: 'the name of the account: `Ada`',
  org: 'the name of the organisation: `Analytical Engines`',
  age: 'age of the numbers if they are stale: `12m ago`',
  error: 'the error, and the time until the next request: `rate limited 4m`',
  status: 'age and error, with a separator between',
} as const;

/** The name of a field of the line. */
export type LineField = keyof typeof LINE_FIELDS;

/** Names for windows in addition to ids and labels, each with the window that it means. */
export const WINDOW_NAMES = {
  '5h': 'the five hours',
  '7d': 'the week',
  spend: 'the limit on spending, of a gateway or an Enterprise seat',
  model: "the weekly limit of the session's model, else the fullest one of a model",
  tightest: 'the fullest of all',
} as const;

/** A parsed placeholder. */
export type Placeholder =
  | { readonly of: 'line'; readonly field: LineField }
  /** `window`: an id, a label in lower case, `model` or `tightest`; null: the current window of a section. */
  | { readonly of: 'window'; readonly window: string | null; readonly field: WindowField };

/** The id, or label in lower case, of a window name in a template; null if no window can have that name. */
export function windowNameOf(given: string): string | null {
  const window = usualName(given.trim().toLowerCase());
  return NAMES.test(window) ? window : null;
}

/** Names that a window can have. Which windows exist depends on the account. */
const NAMES =
  /^(five_hour|seven_day(_[a-z]+)*|(hourly|daily|weekly|monthly)(_[a-z]+)*(:[a-z0-9-]+)?|[1-9]\d{0,3}[hd](:[a-z0-9-]+)?|([1-9]\d{0,3}[hd]|mo) [a-z0-9 ._+:/()-]+|spend(_limit)?|model|tightest)$/;

/**
 * Parses the text between braces. For an unknown placeholder, returns a suggestion and what is accepted.
 *
 * @param inside whether it is in a section, where a field has no window name
 */
export function parsePlaceholder(name: string, inside: boolean): Placeholder | Unknown {
  if (inside) {
    return isKey(WINDOW_FIELDS, name)
      ? { of: 'window', window: null, field: name }
      : unknown(name, Object.keys(WINDOW_FIELDS), `${list(Object.keys(WINDOW_FIELDS))}, within {#windows}`);
  }
  if (isKey(LINE_FIELDS, name)) return { of: 'line', field: name };
  const dot = name.lastIndexOf('.');
  const window = dot > 0 ? windowNameOf(name.slice(0, dot)) : null;
  const field = name.slice(dot + 1);
  if (window !== null && isKey(WINDOW_FIELDS, field)) return { of: 'window', window, field };
  return unknown(name, ALL, ACCEPTED);
}

/** Whether a placeholder is `{sep}`, which shows no value. */
export function isSeparator(placeholder: Placeholder): boolean {
  return placeholder.of === 'line' && placeholder.field === 'sep';
}

const ALL = [
  ...Object.keys(LINE_FIELDS),
  ...Object.keys(WINDOW_NAMES).flatMap((name) =>
    Object.keys(WINDOW_FIELDS).map((field) => `${name}.${field}`),
  ),
];

/** The accepted placeholders, for messages. */
const ACCEPTED =
  `${list(Object.keys(LINE_FIELDS))}, or a window (5h, 7d, 7d <name>, <id>, spend, model, tightest) ` +
  `with ${Object.keys(WINDOW_FIELDS)
    .map((field) => `.${field}`)
    .join(' ')}`;

/** An unknown placeholder. `more`: the end of the message. */
interface Unknown {
  readonly more: string;
}

function unknown(name: string, names: readonly string[], accepted: string): Unknown {
  const near = nearest(name, names);
  return { more: `; accepted: ${accepted}${near === null ? '' : `; did you mean '{${near}}'?`}` };
}

function list(names: readonly string[]): string {
  return names.join(', ');
}

function isKey<T extends object>(table: T, name: string): name is keyof T & string {
  return Object.hasOwn(table, name);
}

/** Names whose limit depends on the other limits. */
const RELATIVE: ReadonlySet<string> = new Set(['model', 'tightest']);

/** Names of extra usage, which is a limit and no window. */
const EXTRA: ReadonlySet<string> = new Set(['extra', 'extra_usage']);

/** The id, or label in lower case, of a limit name on the command line; null if no limit can have that name. */
export function limitNamed(text: string): string | null {
  const name = text.trim().toLowerCase();
  if (EXTRA.has(name)) return name;
  const window = windowNameOf(name);
  return window === null || RELATIVE.has(window) ? null : window;
}
