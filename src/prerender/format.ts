import { isFromFuture, SECOND } from '../usage/time.ts';

/*
 * The format of a prerendered line's file, for this program; docs/specs/files.md describes it for shells, which
 * read it as well, so it consists of lines and numbers. On the hot path.
 */

/** The first words of the file: the name and the version of the format. */
export const FILE_TAG = 'usageline-ready 1';

/** The end of the name of the file with the later texts, which begins with the id of the near file. */
export const LATER = '.later';

/** The largest near file that is read, in bytes: its texts, and the names of what a line of a hundred accounts depends on. */
export const MAX_FILE_BYTES = 64 * 1024;

/**
 * A prerendered text is printed as it is. So it must not contain control characters other than colours (which bash's
 * kind puts between two marks), nor characters that change the direction of writing.
 */
const COLOR = '\u001B\\[[0-9;]*m';
const UNSEEN = '\\u0000-\\u001F\\u007F-\\u009F\\u2028-\\u202E\\u2066-\\u2069';
const PRINTABLE = new RegExp(`^(?:[^${UNSEEN}]|${COLOR}|\u0001${COLOR}\u0002)*$`);

/** A text that is shown until `until` (epoch ms), from the end of the text before it. */
export interface TimedText {
  readonly until: number;
  readonly text: string;
}

/** What is prerendered for one variant. */
export interface TimedTexts {
  /** When the first text begins, epoch ms. */
  readonly from: number;
  /** When a refresh is due, epoch ms. */
  readonly refreshAt: number;
  /** In order and without a gap. */
  readonly texts: readonly TimedText[];
}

/** The first line of a file. All times are epoch seconds; `id` is shared with the file of the later texts. */
export function fileHead(refreshAt: number, from: number, id: string): string {
  return `${FILE_TAG} ${refreshAt} ${from} ${id}`;
}

/** What begins a line that names something besides the account's files on which the line depends. */
const WATCHED = '\n@ ';

/**
 * The end of a file: what it depends on besides the account's files, the requested format, if any, and the validators.
 *
 * @param watched see `watchedText`
 */
export function fileEnd(
  validators: string,
  format: string | undefined,
  watched: readonly string[] = [],
): string {
  const names = watched.map((name) => WATCHED + name).join('');
  return `${names}\n${format === undefined ? '' : `~ ${format}\n`}# ${validators}\n`;
}

/** What a file depends on besides the account's files. */
export function watchedIn(file: string): string[] {
  return file.includes(WATCHED) ? [...file.matchAll(/\n@ (.*)/g)].map(([, name]) => name as string) : [];
}

/** The requested format in the end of a file; undefined where there is none. */
export function formatIn(file: string): string | undefined {
  return /\n~ (.*)\n# [^\n]*\n$/.exec(file)?.[1];
}

/** A text as a line of a file. */
export function textLine({ until, text }: TimedText): string {
  return `${floorToSeconds(until)} ${text}`;
}

/** Epoch ms → epoch s, rounded down: a text ends up to a second early, never late. */
export function floorToSeconds(ms: number): number {
  return Math.floor(ms / SECOND);
}

/**
 * When a refresh is due, epoch s. Rounded up, so that a caller that starts one does not find it too early; unless it is
 * due already.
 */
export function refreshSecond({ refreshAt, from }: TimedTexts): number {
  return refreshAt <= from ? floorToSeconds(from) : Math.ceil(refreshAt / SECOND);
}

/** The result of reading a file: a text that is valid now, or the time for a refresh. */
export type FileText = { readonly isDue: false; readonly text: string } | { readonly isDue: true };

/**
 * The text of a file that is valid now; null when the validators differ, no text covers this time, or the text is not
 * printable.
 *
 * @param now epoch ms
 * @param validators what `validatorsOf` returns now
 * @param format the requested format
 */
export function parseFile(file: string, now: number, validators: string, format?: string): FileText | null {
  if (!file.startsWith(`${FILE_TAG} `) || !file.endsWith(fileEnd(validators, format))) return null;
  const [, , refresh, from] = file.split(' ', 4);
  // A time that is no number is NaN, which counts as from the future.
  if (isFromFuture(Number(from) * SECOND, now)) return null;
  // A refresh time that is NaN is no time in the future either: the refresh is due.
  if (!(now / SECOND < Number(refresh))) return { isDue: true };
  const text = textAt(file, now);
  return text === null ? null : { isDue: false, text };
}

/** The text that covers a time (epoch ms) in a file or its file of later texts; null when none does, or it is not printable. */
export function textAt(file: string, now: number): string | null {
  const second = now / SECOND;
  // The first line is skipped, because it begins with no number that is followed by a blank.
  for (const line of file.split('\n')) {
    const space = line.indexOf(' ');
    if (second < Number(line.slice(0, space))) {
      const text = line.slice(space + 1);
      return PRINTABLE.test(text) ? text : null;
    }
  }
  return null;
}
