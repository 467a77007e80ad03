import { requestUrlProblem } from '../platform/base-url.ts';
import { PATH_ACCEPTED } from '../usage/json-path.ts';
import type { JsonPath } from '../usage/json-path.ts';
import { didYouMean } from '../usage/nearest.ts';
import { RESET_UNITS } from '../usage/own-provider.ts';
import type {
  OwnCredits,
  OwnKey,
  OwnMeasure,
  OwnMoney,
  OwnProvider,
  OwnWindow,
  ResetUnit,
} from '../usage/own-provider.ts';
import { lengthOf, nameOf } from '../usage/window-names.ts';
import { ACCOUNT_NAME, ACCOUNT_NAME_ACCEPTED } from './accounts.ts';
import { isTable, reportBelow, TableReader } from './table-reader.ts';
import type { Report, TableMistake } from './table-reader.ts';
import { quoteValue } from './warnings.ts';

/*
 * `[[provider]]` of the configuration: a provider of the user's own. Read by hand, as `[[account]]` is: every mistake is named
 * with its provider, and a provider with a mistake costs the others nothing. Messages never repeat a URL, a header, a command
 * or a body, which can contain a secret.
 */

/** What is read of the tables: the providers that can be used, and a sentence for each mistake. */
export interface ProvidersRead {
  readonly providers: readonly OwnProvider[];
  readonly mistakes: readonly TableMistake[];
}

/** Words of options, the directory of the cache's index, and the id that would have the variable of the main provider's base URL. */
const RESERVED: readonly string[] = ['all', 'auto', 'default', 'accounts', 'api'];

const PROVIDER_KEYS = [
  'id',
  'name',
  'url',
  'method',
  'body',
  'header',
  'key_variable',
  'key_command',
  'plan',
  'window',
  'credits',
];
const SHARES = ['used_percent', 'left_percent', 'used_fraction', 'left_fraction'] as const;
const MEASURES = [...SHARES, 'used', 'left'] as const;
const WINDOW_KEYS = [
  'name',
  'label',
  'part',
  ...MEASURES,
  'limit',
  'reset',
  'reset_unit',
  'starts_with_use',
  'currency',
  'minor_units',
];
const CREDITS_KEYS = ['balance', 'currency', 'minor_units'];

const MAX_WINDOWS = 32;
const MAX_HEADERS = 10;

/** Headers that the transport sets, or that would change what it receives. */
const REFUSED_HEADERS: readonly string[] = [
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

const TEXT = /^[A-Za-z0-9._+:/()-](?:[A-Za-z0-9 ._+:/()-]{0,18}[A-Za-z0-9._+:/()-])?$/;
const TEXT_ACCEPTED = 'at most 20 letters, digits, spaces and ._+:/()-';

/** Reads the value of `provider`. Never throws. The ids of other providers are checked where they are known, in `accounts/`. */
export function readProviders(value: unknown): ProvidersRead {
  const mistakes: TableMistake[] = [];
  const report: Report = (path, text) => mistakes.push({ path, text });
  if (!Array.isArray(value)) {
    report([], `provider is ${quoteValue(value)}; accepted: tables that begin with [[provider]]`);
    return { providers: [], mistakes };
  }
  const providers: OwnProvider[] = [];
  const ids = new Set<string>();
  for (const [index, item] of value.entries()) {
    const before = mistakes.length;
    const provider = readProvider(item, ids, reportBelow(report, `${index}`));
    if (provider !== null && mistakes.length === before) providers.push(provider);
  }
  return { providers, mistakes };
}

/** @param ids the ids of the providers above, to which its own is added */
function readProvider(item: unknown, ids: Set<string>, report: Report): OwnProvider | null {
  if (!isTable(item)) {
    report([], `provider is ${quoteValue(item)}; accepted: a table with ${PROVIDER_KEYS.join(', ')}`);
    return null;
  }
  const isNamed = typeof item.id === 'string' && ACCOUNT_NAME.test(item.id);
  const of = isNamed ? ` of the provider ${quoteValue(item.id)}` : '';
  const table = new TableReader(item, 'provider', of, report);
  table.refuseUnknown(PROVIDER_KEYS);
  const id = readId(table, ids);
  const url = readUrl(table);
  const key = readKey(table);
  const windows = readWindows(table, of, report);
  const credits = readCredits(table, of, report);
  if (!table.has('window') && !table.has('credits'))
    table.refuse('window', 'at least one [[provider.window]], or [provider.credits]');
  const name = table.text('name', TEXT, TEXT_ACCEPTED);
  const headers = readHeaders(table, key);
  const body = readBody(table);
  const plan = table.path('plan');
  if (id === null || url === null) return null;
  return { id, name: name ?? id, url, body, headers, key, plan, windows, credits };
}

function readId(table: TableReader, ids: Set<string>): string | null {
  const id = table.get('id');
  if (typeof id !== 'string' || !ACCOUNT_NAME.test(id) || RESERVED.includes(id)) {
    return table.refuse('id', `${ACCOUNT_NAME_ACCEPTED}, but not ${RESERVED.join(', ')}`);
  }
  // It would have the cache directory of another provider's account.
  if (/-[0-9a-f]{8}$/.test(id))
    return table.refuse('id', `${ACCOUNT_NAME_ACCEPTED}, without eight hex digits behind a dash at the end`);
  if (ids.has(id))
    return table.refuse('id', 'an id of its own for each provider', { shown: 'is there twice' });
  ids.add(id);
  return id;
}

function readUrl(table: TableReader): string | null {
  const url = table.get('url');
  if (typeof url !== 'string')
    return table.refuse('url', 'https://host/path, or http:// on a loopback address', {
      shown: table.has('url') ? 'is no text' : 'is missing',
    });
  const problem = requestUrlProblem(url);
  if (problem === null) return url;
  const [reason = '', accepted = ''] = problem.split('; accepted: ', 2);
  return table.refuse('url', accepted, { shown: `is refused: ${reason}` });
}

function readKey(table: TableReader): OwnKey {
  const [variable, command] = [table.get('key_variable'), table.get('key_command')];
  if (variable !== undefined && command !== undefined)
    table.refuse('key_command', 'key_variable or key_command', { shown: 'stands beside key_variable' });
  if (variable !== undefined) {
    // The key itself in the place of the variable's name must not be repeated.
    if (typeof variable === 'string' && /^[A-Za-z_]\w{0,99}$/.test(variable))
      return { kind: 'variable', name: variable };
    table.refuse('key_variable', 'the name of an environment variable, such as "MY_API_KEY"', {
      shown: 'is no such name',
    });
  }
  if (command !== undefined) {
    if (isCommand(command)) return { kind: 'command', words: command };
    table.refuse(
      'key_command',
      'a list of words, such as ["pass", "show", "my-key"]: a program in PATH, below ~/ or by its absolute path, and its arguments; no shell reads them',
      { shown: 'is no such list' },
    );
  }
  return { kind: 'none' };
}

function isCommand(value: unknown): value is [string, ...string[]] {
  if (!Array.isArray(value) || value.length === 0 || value.length > 50) return false;
  const [program] = value as unknown[];
  return (
    value.every((word) => typeof word === 'string' && word.length <= 1000 && !word.includes('\0')) &&
    /^(?:[^/\\\s][^/\\]*|(?:~\/|\/|[A-Za-z]:[\\/]).+)$/.test(program as string)
  );
}

const HEADER_ACCEPTED =
  '"Name: value" of printable ASCII, such as "Authorization: Bearer {key}", or a list of these';

function readHeaders(table: TableReader, key: OwnKey): Record<string, string> {
  const given = table.get('header');
  if (given === undefined) {
    const usual: Record<string, string> = { authorization: 'Bearer {key}' };
    return key.kind === 'none' ? {} : usual;
  }
  const lines = Array.isArray(given) ? (given as unknown[]) : [given];
  const headers: Record<string, string> = {};
  if (lines.length > MAX_HEADERS)
    table.refuse('header', `at most ${MAX_HEADERS}`, { shown: 'has too many lines' });
  for (const line of lines.slice(0, MAX_HEADERS)) {
    const match =
      typeof line === 'string'
        ? /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,60}):[ \t]*([ -~]{1,500})$/.exec(line)
        : null;
    const [, name = '', value = ''] = match ?? [];
    const lower = name.toLowerCase();
    if (match === null) table.refuse('header', HEADER_ACCEPTED, { shown: 'is no header' });
    else if (REFUSED_HEADERS.includes(lower))
      table.refuse('header', `any but ${REFUSED_HEADERS.join(', ')}`, { shown: `has ${lower}` });
    else if (Object.hasOwn(headers, lower))
      table.refuse('header', 'each name once', { shown: `has ${lower} twice` });
    else headers[lower] = value.trimEnd();
  }
  const hasPlace = Object.values(headers).some((value) => value.includes('{key}'));
  const isKeyGiven = table.has('key_variable') || table.has('key_command');
  if (hasPlace && !isKeyGiven)
    table.refuse('key_variable', 'key_variable or key_command, since header has {key}', {
      shown: 'is missing',
    });
  // A line that is refused may have had the place.
  if (!hasPlace && isKeyGiven && Object.keys(headers).length === lines.length)
    table.refuse('header', HEADER_ACCEPTED, { shown: 'has no {key}, the place of the key' });
  return headers;
}

const MAX_BODY = 4096;

function readBody(table: TableReader): object | null {
  const method = table.word('method', ['GET', 'POST']);
  if (!table.has('body')) return method === 'POST' ? {} : null;
  const body = table.get('body');
  if (method !== 'POST')
    return table.refuse('body', 'a body with method = "POST" only', { shown: 'is there' });
  if (isTable(body) && isJson(body) && JSON.stringify(body).length <= MAX_BODY) return body;
  return table.refuse(
    'body',
    `a table, which is sent as JSON: texts, numbers, lists, at most ${MAX_BODY} bytes`,
    {
      shown: 'cannot be sent',
    },
  );
}

/** Whether a value of TOML has the same meaning in JSON. The parser bounds its depth. */
function isJson(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isJson);
  if (isTable(value)) return Object.values(value).every(isJson);
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function readWindows(table: TableReader, of: string, report: Report): OwnWindow[] {
  const given = table.get('window');
  if (given === undefined) return [];
  if (!Array.isArray(given) || given.length === 0) {
    table.refuse('window', 'tables that begin with [[provider.window]]');
    return [];
  }
  if (given.length > MAX_WINDOWS)
    table.refuse('window', `at most ${MAX_WINDOWS}`, { shown: `is there ${given.length} times` });
  const windows: OwnWindow[] = [];
  const ids = new Set<string>();
  for (const [index, item] of given.slice(0, MAX_WINDOWS).entries()) {
    const window = readWindow(item, ids, of, reportBelow(report, 'window', `${index}`));
    if (window !== null) windows.push(window);
  }
  return windows;
}

/** @param ids what identifies the windows above, to which that of this one is added */
function readWindow(item: unknown, ids: Set<string>, ofProvider: string, report: Report): OwnWindow | null {
  if (!isTable(item)) {
    report(
      [],
      `provider.window${ofProvider} is ${quoteValue(item)}; accepted: a table with ${WINDOW_KEYS.join(', ')}`,
    );
    return null;
  }
  const length = lengthOf(item.name);
  const of = length === null ? ofProvider : ` of the window ${quoteValue(item.name)}${ofProvider}`;
  const table = new TableReader(item, 'provider.window', of, report);
  table.refuseUnknown(WINDOW_KEYS);
  if (length === null) {
    const near = typeof item.name === 'string' ? didYouMean(item.name, ['5h', '7d', 'monthly'], '"') : '';
    table.refuse('name', '"5h", "7d", "monthly", hours ("3h", up to 8784) or days ("30d", up to 366)', {
      near,
    });
  }
  const label = table.text('label', TEXT, TEXT_ACCEPTED);
  const part = table.text('part', TEXT, TEXT_ACCEPTED);
  if (part !== null && !/[A-Za-z0-9]/.test(part)) table.refuse('part', 'a text with a letter or a digit');
  const measure = readMeasure(table);
  const reset = readReset(table);
  const startsWithUse = table.truth('starts_with_use');
  const money = readMoney(table);
  if (money !== null && measure !== null && !('limit' in measure))
    table.refuse(table.has('currency') ? 'currency' : 'minor_units', 'amounts, with used or left and limit', {
      shown: `stands beside ${measure.kind}`,
    });
  if (length === null) return null;
  const id = `${nameOf(length)?.id}:${slugOf(part ?? '')}`;
  if (ids.has(id))
    return table.refuse('part', 'a part of its own for each window of this length', {
      shown: part === null ? 'is missing: the window is there twice' : 'is there twice',
    });
  ids.add(id);
  if (measure === null) return null;
  return { name: item.name as string, length, label, part, measure, reset, startsWithUse, money };
}

/** A part as ids have it. */
function slugOf(part: string): string {
  return part.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

function readMeasure(table: TableReader): OwnMeasure | null {
  const given = MEASURES.filter((key) => table.has(key));
  const [kind, second] = given;
  if (kind === undefined) {
    return table.refuse('used_percent', `one of ${MEASURES.join(', ')}`);
  }
  if (second !== undefined) {
    return table.refuse(second, `one of ${MEASURES.join(', ')}`, { shown: `stands beside ${kind}` });
  }
  const path = table.path(kind);
  if (kind !== 'used' && kind !== 'left') {
    if (table.has('limit'))
      table.refuse('limit', 'a limit with used or left', { shown: `stands beside ${kind}` });
    return path && { kind, path };
  }
  const limit = readLimit(table);
  return path && limit !== null ? { kind, path, limit } : null;
}

function readLimit(table: TableReader): JsonPath | number | null {
  const limit = table.get('limit');
  if (typeof limit === 'string') return table.path('limit');
  if (typeof limit === 'number' && Number.isFinite(limit) && limit > 0) return limit;
  return table.refuse('limit', `a number above 0, or ${PATH_ACCEPTED}`);
}

function readReset(table: TableReader): { path: JsonPath; unit: ResetUnit } | null {
  const path = table.path('reset');
  const unit = table.word('reset_unit', RESET_UNITS);
  const units = RESET_UNITS.map((word) => `"${word}"`).join(', ');
  if (table.has('reset') && !table.has('reset_unit')) table.refuse('reset_unit', units);
  if (!table.has('reset') && table.has('reset_unit')) table.refuse('reset', PATH_ACCEPTED);
  return path !== null && unit !== null ? { path, unit } : null;
}

function readMoney(table: TableReader): OwnMoney | null {
  const currency = table.text('currency', /^[A-Z]{3}$/, 'three letters, such as "USD"');
  const digits = table.get('minor_units');
  const isDigits = typeof digits === 'number' && Number.isInteger(digits) && digits >= 0 && digits <= 8;
  if (digits !== undefined && !isDigits)
    table.refuse('minor_units', '0 where amounts are whole units, 2 where they are cents, up to 8');
  if (currency === null && digits === undefined) return null;
  return { currency, minorDigits: isDigits ? digits : 0 };
}

function readCredits(table: TableReader, of: string, report: Report): OwnCredits | null {
  const given = table.get('credits');
  if (given === undefined) return null;
  if (!isTable(given)) return table.refuse('credits', `a table with ${CREDITS_KEYS.join(', ')}`);
  const credits = new TableReader(given, 'provider.credits', of, reportBelow(report, 'credits'));
  credits.refuseUnknown(CREDITS_KEYS);
  const balance = credits.path('balance');
  if (!credits.has('balance')) credits.refuse('balance', PATH_ACCEPTED);
  const { currency, minorDigits } = readMoney(credits) ?? { currency: null, minorDigits: 0 };
  return balance && { balance, currency, minorDigits };
}
