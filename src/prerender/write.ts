import type { AccountDirectory } from '../cache/directory.ts';
import { mayWriteIn, readOwnFile, removeIfPresent } from '../cache/own-files.ts';
import { replaceFile } from '../cache/replace-file.ts';
import { errno } from '../platform/errno.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { MINUTE, SECOND } from '../usage/time.ts';
import { fileEnd, fileHead, floorToSeconds, formatIn, LATER, refreshSecond, textLine } from './format.ts';
import type { TimedTexts } from './format.ts';
import { NEAR_TEXTS, removeLauncherFiles, writeLauncherFiles } from './launcher-files.ts';
import { parseVariantFileName, prerenderedFile, STATUSLINE_KIND } from './variant.ts';
import type { Variant } from './variant.ts';

/** How far the file that is read at every prompt reaches, ms. The later texts are in `<name>.later` beside it. */
export const NEAR_MS = 4 * MINUTE;
/** The size of its texts, in bytes. With head and validators it stays below the largest file that is read. */
const NEAR_BYTES = 12 * 1024;

/** What a line depends on besides the files of one account. */
export interface Watched {
  /** See `watchedValidators`. */
  readonly names: readonly string[];
  readonly validators: string;
}

/** For a line of one account. */
export const NOTHING_WATCHED: Watched = { names: [], validators: '' };

/** The variants that have a file. They are prerendered again whenever usage changes. */
export function listVariants(
  system: System,
  { prerendered }: Pick<AccountDirectory, 'prerendered'>,
): Variant[] {
  try {
    return system.fs.readdirSync(prerendered).flatMap((file) => {
      const format = file.includes('~') ? readFormat(system, `${prerendered}${SEPARATOR}${file}`) : undefined;
      return parseVariantFileName(file, format) ?? [];
    });
  } catch {
    return [];
  }
}

function readFormat(system: System, path: string): string | undefined {
  const read = readOwnFile(system, path);
  return read.kind === 'file' ? formatIn(read.text) : undefined;
}

/** Makes the directory of the prerendered lines. @returns false where nothing can be written */
export function ensurePrerenderedDirectory(system: System, { path, prerendered }: AccountDirectory): boolean {
  if (!mayWriteIn(system, path)) return false;
  try {
    system.fs.mkdirSync(prerendered, { mode: 0o700 });
  } catch (error) {
    return errno(error) === 'EEXIST' && mayWriteIn(system, prerendered);
  }
  return true;
}

/**
 * Writes a variant's texts, or removes them. A failure leaves no valid line, and a caller without one resolves usage.
 *
 * @param timed null removes them
 * @param validators what `validatorsOf` returned before the texts were made
 * @param watched what the texts depend on besides the account's files, and its validators of the same moment
 */
export function writePrerendered(
  system: System,
  directory: AccountDirectory,
  variant: Variant,
  timed: TimedTexts | null,
  validators: string,
  watched: Watched = NOTHING_WATCHED,
): void {
  const path = prerenderedFile(directory, variant);
  if (timed === null || timed.texts.length === 0) {
    removeIfPresent(system, path);
    removeIfPresent(system, path + LATER);
    if (isReadByShells(variant)) removeLauncherFiles(system, path);
    return;
  }
  const { from, texts } = timed;
  const lines = texts.map(textLine);
  const near = nearCount(timed, lines);
  // A reader of the near file starts a refresh at its end.
  const refresh = Math.min(refreshSecond(timed), floorToSeconds(texts[near - 1]!.until));
  // Different for each write, so that a reader can see that both files belong together.
  const id = `${1 + Math.floor(system.random() * 1e6)}`;
  const head = fileHead(refresh, floorToSeconds(from), id);
  const file =
    [head, ...lines.slice(0, near)].join('\n') +
    fileEnd(validators + watched.validators, variant.format, watched.names);
  if (!isReadByShells(variant)) {
    // A working session writes this file at every response. A rename over an existing file makes some disks write at
    // once, so the old file is removed first.
    removeIfPresent(system, path);
    replaceFile(system, path, file);
    return;
  }
  // The later texts first: with their own id they are ignored beside the old near file.
  if (near < lines.length) {
    replaceFile(system, path + LATER, [id, ...lines.slice(near), ''].join('\n'));
  } else removeIfPresent(system, path + LATER);
  // Before the near file, so that no old launcher file stands beside the new one.
  removeLauncherFiles(system, path);
  // The mtime is the end of the first text, for readers that compare files and have no clock.
  replaceFile(system, path, file, { mtimeMs: texts[0]!.until });
  const written = writeLauncherFiles(system, path, variant, timed, refresh * SECOND);
  // Another process has replaced the near file meanwhile: some of the launcher files are its own.
  if (!written || firstLineOf(system, path) !== head) removeLauncherFiles(system, path);
}

/** The status line has one reader, this program, which reads only the near file. */
function isReadByShells({ kind }: Variant): boolean {
  return kind !== STATUSLINE_KIND;
}

/** How many texts go into the near file: those that begin within `NEAR_MS`, as far as they fit. */
function nearCount({ from, texts }: TimedTexts, lines: readonly string[]): number {
  const within = texts.findIndex(({ until }) => until >= from + NEAR_MS) + 1 || texts.length;
  let count = Math.min(within, NEAR_TEXTS);
  while (count > 1 && Buffer.byteLength(lines.slice(0, count).join('\n')) > NEAR_BYTES) count -= 1;
  return count;
}

function firstLineOf(system: System, path: string): string | null {
  const read = readOwnFile(system, path);
  return read.kind === 'file' ? (read.text.split('\n', 1)[0] as string) : null;
}
