import { errno } from '../platform/errno.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../usage/time.ts';
import { makeDirectory } from '../cache/directory.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { mayWriteIn, readOwnFile, removeOwnFile, removeOwnTree, replaceOwnLink } from '../cache/own-files.ts';
import { pointerDirectory, pointerFile, readPointer } from '../cache/pointer.ts';
import { FILE_TAG, prerenderedDirectory, fileEnd, variantFileName } from './read.ts';
import type { Variant } from './read.ts';
import { NEAR_STAGES, removeLauncherFiles, writeLauncherFiles } from './launcher-files.ts';
import type { TimedTexts } from './launcher-files.ts';
import { removeQuietly, replaceLightly } from '../cache/replace.ts';

/** What stands in the file that is read at every prompt; the rest is in the one beside it, `<name>.later`. */
export const NEAR_MS = 4 * MINUTE;
/** Its texts, in bytes: with them and the conditions it stays a file that is read (`MAX_BYTES` in ready.ts). */
const NEAR_BYTES = 12 * 1024;

const LATER = '.later';

/** The ready lines that there are: whoever reads them gets them renewed. */
export function listVariants(system: System, directory: AccountDirectory): Variant[] {
  const path = prerenderedDirectory(directory);
  try {
    return system.fs.readdirSync(path).flatMap((file) => {
      const format = file.includes('~') ? formatIn(system, `${path}${SEPARATOR}${file}`) : undefined;
      return parseVariantFileName(file, format) ?? [];
    });
  } catch {
    return [];
  }
}

/**
 * What `readyFileName` named; null for any other file.
 *
 * @param format the format that it is of, which its name only hints at
 */
export function parseVariantFileName(file: string, format?: string): Variant | null {
  const [, kind, color, off, hash, model] =
    /^([a-z][a-z0-9]*)(-mono|-color|-terminal)?(-off)?(~[a-z0-9]+)?(?:@([a-z0-9-]+))?$/.exec(file) ?? [];
  if (kind === undefined || (hash !== undefined && format === undefined)) return null;
  const name: Variant = {
    kind,
    color: (color?.slice(1) ?? 'natural') as Variant['color'],
    network: off === undefined,
    ...(hash !== undefined && format !== undefined && { format }),
    ...(model !== undefined && { model }),
  };
  return variantFileName(name) === file ? name : null;
}

/** The format that a ready line's file says it is of. */
function formatIn(system: System, path: string): string | undefined {
  const read = readOwnFile(system, path);
  return read.kind === 'file' ? /\n~ (.*)\n# [^\n]*\n$/.exec(read.text)?.[1] : undefined;
}

/**
 * Writes a ready line; removes it when there is nothing to prepare. Nothing is lost when it fails: whoever
 * misses it asks the program.
 *
 * @param conditions see `readReady`
 */
export function writePrerendered(
  system: System,
  directory: AccountDirectory,
  name: Variant,
  prepared: TimedTexts | null,
  conditions: string,
): void {
  const path = `${prerenderedDirectory(directory)}${SEPARATOR}${variantFileName(name)}`;
  const first = prepared?.texts[0];
  if (!prepared || !first) {
    removeQuietly(system, path);
    removeQuietly(system, path + LATER);
    removeLauncherFiles(system, path);
    return;
  }
  const { from, refreshAt, texts } = prepared;
  let near = texts.findIndex(({ until }) => until >= from + NEAR_MS) + 1 || texts.length;
  near = Math.min(near, NEAR_STAGES);
  const lines = texts.map(({ until, text }) => `${seconds(until)} ${text}`);
  while (near > 1 && Buffer.byteLength(lines.slice(0, near).join('\n')) > NEAR_BYTES) near -= 1;
  const ends = texts[near - 1] as { until: number };
  const refresh = Math.min(askAt(refreshAt, from), seconds(ends.until));
  // No two in a row begin alike: by this the far part is known to be of the same moment as the near one.
  const id = `${1 + Math.floor(system.random() * 1e6)}`;
  const head = `${FILE_TAG} ${refresh} ${seconds(from)} ${id}`;
  const later = [id, ...lines.slice(near), ''].join('\n');
  const now = [head, ...lines.slice(0, near)].join('\n') + fileEnd(conditions, name.format);
  // The far part first: it says whose it is, so the near one never stands beside another's.
  if (near < texts.length) replaceLightly(system, path + LATER, later, null);
  else removeQuietly(system, path + LATER);
  // None of the last ones may stand beside the new line, nor any after one that could not be written.
  removeLauncherFiles(system, path);
  // The end of the first text is the file's own time, so that who has no clock can compare files.
  replaceLightly(system, path, now, first.until);
  const written = writeLauncherFiles(system, path, name, { from, texts }, refresh * SECOND);
  // Another process has prepared the line meanwhile: the small files are partly its own.
  if (!written || headOf(system, path) !== head) removeLauncherFiles(system, path);
}

function headOf(system: System, path: string): string | null {
  const read = readOwnFile(system, path);
  return read.kind === 'file' ? (read.text.split('\n', 1)[0] as string) : null;
}

/**
 * Writes the next texts of a ready line that nobody but this program reads, and that is written at every response of
 * a session at work. A rename that takes the place of a file has some disks written at once, so the old one goes
 * first: who finds nothing asks the program, as it would have a moment ago.
 */
export function writePrerenderedSoon(
  system: System,
  directory: AccountDirectory,
  name: Variant,
  { from, refreshAt, texts }: TimedTexts,
  conditions: string,
): void {
  const path = `${prerenderedDirectory(directory)}${SEPARATOR}${variantFileName(name)}`;
  const lines = texts.map(({ until, text }) => `${seconds(until)} ${text}`);
  const head = `${FILE_TAG} ${askAt(refreshAt, from)} ${seconds(from)} 0`;
  removeQuietly(system, path);
  replaceLightly(system, path, [head, ...lines].join('\n') + fileEnd(conditions, name.format), null);
}

/**
 * How a reader that can only compare files recognizes the version of a file that a line depends on; null for an absent
 * file.
 */
export interface Reference {
  /** Modification time, epoch ms; before 1970 it is negative. */
  readonly mtime: number;
  /**
   * null: the mtime distinguishes versions. A path: the mtime does not, and this is the target of the link that leads to
   * the file. `'unknown'`: nothing distinguishes versions.
   */
  readonly target: string | null;
}

/** A time before this one was set by a packer: neither the program nor what it reads existed then. */
const PACKED_BEFORE = Date.UTC(2000, 0, 1);
/** What `since.<name>` links to when no shell can recognize the file. It never exists. */
const UNKNOWN = '.unknown';

/**
 * Looks at a file for `writeReferences`. Stores and images give all their files one time (Nix 1 s, OSTree 0 s after
 * 1970): there the target of a link differs between two versions. Other packers use whole seconds.
 *
 * @param home a link on the way to the home directory itself counts for none
 */
export function referenceOf({ fs, home }: System, path: string): Reference | null {
  try {
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return null;
    const mtime = stat.mtimeMs;
    if (mtime % SECOND !== 0 && mtime >= PACKED_BEFORE) return { mtime, target: null };
    const target = fs.realpathSync(path);
    const start = home();
    const below = start !== null && path.startsWith(`${start}${SEPARATOR}`);
    const plain = below ? fs.realpathSync(start) + path.slice(start.length) : path;
    if (target !== plain) return { mtime, target };
    return { mtime, target: mtime < PACKED_BEFORE ? 'unknown' : null };
  } catch {
    return null;
  }
}

/** The time of an absent file, for its `till`, which is of 1970. Epoch ms. */
const ABSENT = -1;

/**
 * Files for readers that can compare files and nothing else. Where the time of a file is enough, `since.<name>` is a
 * millisecond older than the file and `till.<name>` a millisecond younger. Where it is not, `since.<name>` is a link to
 * the target of the file (or to nothing, so that the reader asks the program). For an absent file there is no `since`,
 * and its `till` is of 1970.
 */
export function writeReferences(
  system: System,
  directory: AccountDirectory,
  witnesses: readonly (readonly [name: string, witness: Reference | null])[],
): void {
  for (const [name, witness] of witnesses) {
    const [since, till] = ['since', 'till'].map(
      (side) => `${prerenderedDirectory(directory)}${SEPARATOR}${side}.${name}`,
    ) as [string, string];
    if (witness === null) removeQuietly(system, since);
    else if (witness.target === null) mark(system, since, witness.mtime, -1);
    else link(system, since, witness.target === 'unknown' ? UNKNOWN : witness.target);
    mark(system, till, witness === null ? ABSENT : witness.mtime, 1);
  }
}

/** How much a file's time is moved until it is on the right side, ms: file systems round to as much as 2 s. */
const ROUNDED_BY = [0, SECOND, 2 * SECOND];

/**
 * Gives a reference a time before or after another file's, as the file system of the cache keeps it: it may round to
 * whole seconds, and the other file's may not.
 *
 * @param mtime of the other file, epoch ms
 * @param side -1: before it, 1: after it
 */
function mark(system: System, path: string, mtime: number, side: -1 | 1): void {
  // Node takes a negative time for the present one.
  const wanted = ROUNDED_BY.map((by) => Math.max(0, mtime + side * (1 + by)));
  const seen = timeOf(system, path);
  const off = seen === null ? Number.POSITIVE_INFINITY : Math.abs(seen - (wanted[0] as number));
  // Times are written as seconds with a fraction, which keeps them to a microsecond.
  if (off < 0.01) return;
  // A time that has been rounded since it was written, behind a cache of the network's: to be seen only now.
  const rounded = seen !== null && off <= 2 * SECOND && (seen - mtime) * side <= 0;
  for (const time of rounded ? wanted.slice(-1) : wanted) {
    if (!replaceLightly(system, path, '', time)) return;
    const got = timeOf(system, path);
    if (got === null || (got - mtime) * side > 0) return;
  }
}

/** The modification time of a regular file, epoch ms. */
function timeOf({ fs }: System, path: string): number | null {
  try {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    return stat?.isFile() ? stat.mtimeMs : null;
  } catch {
    return null;
  }
}

function link(system: System, path: string, target: string): void {
  const { fs } = system;
  try {
    const there = fs.lstatSync(path, { throwIfNoEntry: false });
    if (there?.isSymbolicLink() && fs.readlinkSync(path) === target) return;
    replaceOwnLink(system, path, target);
  } catch {
    // Without it readers take the file for a new version, and start the program.
    removeQuietly(system, path);
  }
}

/** Notes which directory an account's is, for readers that cannot afford to find out. */
export function writePointer(system: System, directory: AccountDirectory, key: string | null): void {
  const path = key === null ? null : pointerFile(directory.root, key);
  if (key === null || path === null) return;
  const name = directory.path.slice(directory.root.length + 1);
  try {
    if (readPointer(system, directory.root, key) === name) return;
    if (makeDirectory(system, pointerDirectory(directory.root), 1) !== null) return;
  } catch {
    return;
  }
  replaceLightly(system, path, name, null);
}

/** Removes the pointer that an earlier version wrote for a spelling of the default directory. */
export function dropPointer(system: System, { root }: AccountDirectory, key: string): void {
  const path = pointerFile(root, key);
  try {
    if (path !== null) removeOwnFile(system, path);
  } catch {
    // There is none.
  }
}

/** How the name of an empty file begins that bin/usageline-prompt makes when it has a refresh started. */
const ASKED = '.asked.';
/** It looks no further back than 10 s. */
const ASKED_MS = MINUTE;

/** Makes the directory of the ready lines. False: they cannot be kept, so nobody needs to prepare any. */
export function ensurePrerenderedDirectory(system: System, directory: AccountDirectory): boolean {
  const path = prerenderedDirectory(directory);
  if (!mayWriteIn(system, directory.path)) return false;
  try {
    system.fs.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    return errno(error) === 'EEXIST' && mayWriteIn(system, path);
  }
  return true;
}

/** To be called when lines are in place for which nobody need be asked. */
export function removeAskMarkers(system: System, directory: AccountDirectory): void {
  sweepOld(system, prerenderedDirectory(directory), ASKED, 0);
}

/** Removes what a killed process left behind more than an hour ago, among the ready lines and the pointers to them. */
export function sweepPrerendered(system: System, directory: AccountDirectory): void {
  sweepOld(system, prerenderedDirectory(directory), ASKED, ASKED_MS);
  sweepOld(system, prerenderedDirectory(directory), '.');
  // The name of a pointer is somebody's choice, and may begin with a dot.
  sweepOld(system, pointerDirectory(directory.root), '.new.');
}

function sweepOld(system: System, place: string, prefix: string, age = HOUR): void {
  const { fs, now } = system;
  try {
    for (const file of fs.readdirSync(place)) {
      if (!file.startsWith(prefix)) continue;
      const path = `${place}${SEPARATOR}${file}`;
      if (age === 0 || Math.abs(now() - fs.lstatSync(path).ctimeMs) > age) removeOwnFile(system, path);
    }
  } catch {
    // A courtesy.
  }
}

/** Rounded up, or whoever asks then finds that it was not yet time; unless it is time already. */
function askAt(refreshAt: number, from: number): number {
  return refreshAt <= from ? seconds(from) : Math.ceil(refreshAt / SECOND);
}

/** Nobody has shown this variant's lines for so long, ms. */
const FORGOTTEN_MS = 7 * DAY;

/** Removes the lines of environments that nobody has had for a week. */
export function sweepOldEnvironments(system: System, directory: AccountDirectory): void {
  const { fs, now } = system;
  if (!mayWriteIn(system, directory.path)) return;
  try {
    for (const name of fs.readdirSync(directory.path)) {
      const path = `${directory.path}${SEPARATOR}${name}`;
      if (!/^ready-[0-9a-f]{8}$/.test(name) || path === directory.prerendered) continue;
      // Every line that is prepared is a change of its directory.
      if (Math.abs(now() - fs.lstatSync(path).mtimeMs) > FORGOTTEN_MS) removeOwnTree(system, path);
    }
  } catch {
    // A courtesy.
  }
}

/** Rounded down: a text ends a little early rather than late. */
function seconds(ms: number): number {
  return Math.floor(ms / SECOND);
}
