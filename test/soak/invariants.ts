/** What must hold in a soak, as pure functions: each takes observations and returns descriptions of violations. */

import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { listOf } from './tally.ts';

/** Requests that one account may send in any hour. */
export const REQUESTS_PER_HOUR = 24;
const SPACING_MS = MINUTE;
/** Another token waives the spacing at most once in this time. */
const WAIVER_MS = 5 * MINUTE;
/**
 * How much closer requests can arrive than their claims were: the deadline of a request (2 s), which counts from
 * its claim, and a second for a busy endpoint.
 */
const TOLERANCE_MS = 3 * SECOND;

/** A request as it arrived at the endpoint. */
export interface Arrival {
  /** When the endpoint noticed it, monotonic ms. */
  readonly at: number;
  /** The earliest time at which it can have arrived: a busy machine can delay the endpoint. */
  readonly earliest: number;
  readonly token: string;
}

/** The requests of one account that came too soon or were too many. */
export function tooManyRequests(arrivals: readonly Arrival[]): string[] {
  const wrong: string[] = [];
  let waivedAt = Number.NEGATIVE_INFINITY;
  for (const [index, { at, token }] of arrivals.entries()) {
    const before = arrivals[index - 1];
    if (before && at - before.earliest < SPACING_MS - TOLERANCE_MS) {
      const waived = token !== before.token && at - waivedAt >= WAIVER_MS - TOLERANCE_MS;
      if (waived) waivedAt = at;
      else wrong.push(`a request ${((at - before.at) / SECOND).toFixed(1)} s after the one before`);
    }
    const first = arrivals[index - REQUESTS_PER_HOUR];
    if (first && at - first.earliest < HOUR - TOLERANCE_MS)
      wrong.push(`${REQUESTS_PER_HOUR + 1} requests within ${((at - first.at) / MINUTE).toFixed(1)} min`);
  }
  return wrong;
}

/** The shortest time between two requests with the same token, ms; null where there are none. */
export function leastApart(arrivals: readonly Arrival[]): number | null {
  const gaps = arrivals
    .slice(1)
    .flatMap(({ at, token }, index) =>
      token === arrivals[index]?.token ? [at - (arrivals[index] as Arrival).at] : [],
    );
  return gaps.length > 0 ? Math.min(...gaps) : null;
}

/** Finds pieces of secrets in texts. A piece is eight characters of what makes a token unlike others. */
export class Secrets {
  readonly #pieces = new Set<string>();

  add(secret: string): void {
    for (let at = 0; at + PIECE <= secret.length; at += 1) this.#pieces.add(secret.slice(at, at + PIECE));
  }

  isIn(text: string): boolean {
    for (let at = 0; at + PIECE <= text.length; at += 1)
      if (this.#pieces.has(text.slice(at, at + PIECE))) return true;
    return false;
  }
}

const PIECE = 8;

/** What a kind of call promises of its output. */
export interface Promised {
  /** `line`: one line. `silence`: nothing. `object`: JSON. `text`: any number of lines. */
  readonly prints: 'line' | 'silence' | 'object' | 'text';
  readonly exits: readonly number[];
}

/** The end of a call. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  /** Killed by the storm: then the output may be missing, and there is no exit code. */
  readonly killed: boolean;
}

/** Describes what is wrong with the end of a call. */
export function wrongEnd({ stdout, stderr, code, killed }: Ended, { prints, exits }: Promised): string[] {
  const both = stdout + stderr;
  const wrong: string[] = [];
  if (/internal error|^\s+at .+:\d+|node:internal|^Node\.js v\d/m.test(both)) wrong.push('a trace');
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\u0000-\u0008\u000B-\u001A\u001C-\u001F\u007F]/.test(both)) wrong.push('a control character');
  if (killed) return wrong;
  if (code === null || !exits.includes(code)) wrong.push(`exit code ${code}`);
  if (prints === 'line' && !/^[^\n]+\n$/.test(stdout)) wrong.push('not one line');
  if (prints === 'silence' && both !== '') wrong.push('an output where none is promised');
  if (prints === 'object' && !isObjectText(stdout)) wrong.push('no JSON object');
  if (prints === 'text' && stdout + stderr === '') wrong.push('no output');
  return wrong;
}

/** Percentages in a text that are not those of an account: it has numbers from `least` to `most`. */
export function foreignNumbers(text: string, least: number, most: number): string[] {
  return [...text.matchAll(/(\d+)%/g)]
    .filter(([, digits]) => Number(digits) < least || Number(digits) > most)
    .map(([found]) => `${found} of another account`);
}

function isObjectText(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

/** A file that was found in the cache. */
export interface FoundFile {
  /** Relative to the cache root. */
  readonly path: string;
  readonly bytes: number;
  /** Since it was written, ms. */
  readonly age: number;
  readonly mode: number;
  readonly isDirectory: boolean;
}

/** Six logins with seven kinds of prepared lines, of 29 files at most each, and the other files of an account. */
export const MOST_FILES = 6 * (7 * 29 + 40);
/** Well above the largest number that was seen. */
export const MOST_BYTES = 4 * 1024 * 1024;
/** Temporary files of killed processes are removed with the first request after an hour. */
const OLDEST_TEMPORARY_MS = 2 * HOUR;

/** The second number is that of `write-file-atomic`. */
const TEMPORARY = /(^|\/)(\.new(\.\d+)?|[a-z]+\.(json|lock|bin|new))\.\d+$/;
const NAMES = [
  /^(CACHEDIR\.TAG|usageline\.upkeep)$/,
  /^accounts(\/[\w%.~-]+)?$/,
  /^claude(-[0-9a-f]{8})?$/,
  /^claude[^/]*\/(usage|counts|statusline|after|keychain|identity|transcripts)\.json$/,
  /^claude[^/]*\/(usage\.lock|transcripts\.(bin|new)|refresh\.mutex)$/,
  /^claude[^/]*\/(attempt|background)\.\d+$/,
  /^claude[^/]*\/ready(-[0-9a-f]{8})?(\/[\w.@~+-]+)?$/,
];

export const isTemporary = (path: string) => TEMPORARY.test(path);

/** The kinds of names, without digits and accounts, and how many there are of each; the most frequent ones. */
function kindsOf(files: readonly FoundFile[]): string {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const kind = path.replace(/^claude[^/]*/, 'claude').replace(/-[0-9a-f]{8}\b|\d+/g, '#');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return listOf(new Map([...counts].sort(([, a], [, b]) => b - a).slice(0, 12)));
}

/** Describes the files that should not be in the cache, or not like this. */
export function wrongFiles(files: readonly FoundFile[]): string[] {
  const wrong: string[] = [];
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (files.length > MOST_FILES) wrong.push(`${files.length} files: ${kindsOf(files)}`);
  if (bytes > MOST_BYTES) wrong.push(`files of ${bytes} bytes`);
  for (const { path, age, mode, isDirectory } of files) {
    if (isTemporary(path)) {
      if (age > OLDEST_TEMPORARY_MS)
        wrong.push(`a temporary file of ${Math.round(age / MINUTE)} min: ${path}`);
    } else if (!NAMES.some((name) => name.test(path))) wrong.push(`a file that has no purpose: ${path}`);
    // Files below a private directory may be readable, such as those that shells write.
    const isPrivate = isDirectory && !path.endsWith('refresh.mutex');
    if ((mode & (isPrivate ? 0o077 : 0o022)) !== 0) wrong.push(`mode ${(mode & 0o777).toString(8)}: ${path}`);
  }
  return wrong;
}
