import type { AccountDirectory } from '../cache/directory.ts';
import { removeIfPresent } from '../cache/own-files.ts';
import { replaceFile, replaceLink } from '../cache/replace-file.ts';
import { findConfigFile } from '../config/config-file.ts';
import { provider } from '../fetch/registry.ts';
import { isAbsolutePath, joinPaths, SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { SECOND } from '../usage/time.ts';

/*
 * The validators for shells, which can compare the mtimes of files and nothing else: two files for each file that a
 * line depends on.
 */

/** The files whose versions shells check, by name: the credentials files, named by number, and the configuration. */
export function referencedFiles(system: System): (readonly [name: string, path: string])[] {
  const logins = provider.credentialFiles(system).map((path, index) => [`${index + 1}`, path] as const);
  const { path } = findConfigFile(system);
  return path === null ? logins : [...logins, ['config', path]];
}

/** How a shell, which can only compare files, recognizes the version of a file. */
export interface Reference {
  /** Modification time, epoch ms; before 1970 it is negative. */
  readonly mtime: number;
  /**
   * null: the mtime distinguishes versions. A path: the mtime does not, and this is the target of the link that leads to
   * the file. `'unknown'`: nothing distinguishes versions.
   */
  readonly target: string | null;
}

/** An earlier mtime was set by a packer, since neither this program nor the files that it reads existed then. Epoch ms. */
const PACKED_BEFORE = Date.UTC(2000, 0, 1);
/** The target of `since.<name>` when a shell cannot recognize the file's version, and of `home.<variable>` without a value. It never exists. */
const UNKNOWN = '.unknown';

/**
 * The present version of a file; null for an absent file. Stores and images give all their files one time (Nix 1 s,
 * OSTree 0 s after 1970): there the target of a link differs between two versions. Other packers use whole seconds. A
 * link on the way to the home directory itself does not count.
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

/** The mtime that stands for an absent file, epoch ms: its `till` is of 1970. */
const ABSENT = -1;

/**
 * Writes the files with which shells check validators. Where the mtime of a file distinguishes versions, `since.<name>`
 * is a millisecond older than the file and `till.<name>` a millisecond younger. Where it does not, `since.<name>` is a
 * link to the target of the file (or to nothing, so that the shell starts the program). For an absent file there is no
 * `since`, and the mtime of `till` is of 1970.
 */
export function writeReferences(
  system: System,
  directory: AccountDirectory,
  references: readonly (readonly [name: string, reference: Reference | null])[],
): void {
  for (const [name, reference] of references) {
    const [since, till] = ['since', 'till'].map(
      (side) => `${directory.prerendered}${SEPARATOR}${side}.${name}`,
    ) as [string, string];
    if (reference === null) removeIfPresent(system, since);
    else if (reference.target === null) mark(system, since, reference.mtime, -1);
    else link(system, since, reference.target === 'unknown' ? UNKNOWN : reference.target);
    mark(system, till, reference === null ? ABSENT : reference.mtime, 1);
  }
}

/** The number of the first other login; the account of the directory has two at most. */
const FIRST_OTHER = 3;
/** The largest number of other logins that shells check. */
const MAX_OTHERS = 40;

/** What a line of several accounts depends on besides the files of its directory's account. */
export interface OtherLogins {
  /** Paths of login files. */
  readonly files: readonly string[];
  /** Variables that name directories of logins, with their values; empty where one is not set. */
  readonly directories: Readonly<Record<string, string>>;
}

/**
 * Writes the files with which shells check the logins of the other accounts of a line: `login.<n>` from 3 on, a link to the
 * file, beside its `since` and `till`. The first missing number ends the list. And `home.<variable>`, a link to the directory
 * that the variable names, or to nothing: shells of one user can have different values.
 */
export function writeOtherLogins(
  system: System,
  directory: AccountDirectory,
  { files: logins, directories }: OtherLogins,
): void {
  writeDirectories(system, directory, directories);
  const known = new Set(referencedFiles(system).map(([, path]) => path));
  const others = [...new Set(logins)].filter((path) => !known.has(path)).slice(0, MAX_OTHERS);
  for (const [index, path] of others.entries()) {
    const name = `${FIRST_OTHER + index}`;
    link(system, `${directory.prerendered}${SEPARATOR}login.${name}`, path);
    writeReferences(system, directory, [[name, referenceOf(system, path)]]);
  }
  for (let number = FIRST_OTHER + others.length; number < FIRST_OTHER + MAX_OTHERS; number += 1) {
    const names = ['login', 'since', 'till'].map(
      (side) => `${directory.prerendered}${SEPARATOR}${side}.${number}`,
    );
    if (system.fs.lstatSync(names[0] as string, { throwIfNoEntry: false }) === undefined) break;
    for (const name of names) removeIfPresent(system, name);
  }
}

const HOME = 'home.';

function writeDirectories(
  system: System,
  { prerendered }: AccountDirectory,
  directories: OtherLogins['directories'],
): void {
  for (const [variable, value] of Object.entries(directories)) {
    const path = isAbsolutePath(value) ? value : joinPaths(system.cwd() ?? '', value);
    const name = `${prerendered}${SEPARATOR}${HOME}${variable}`;
    if (value === '') link(system, name, UNKNOWN);
    else if (system.fs.existsSync(path)) link(system, name, path);
    // Shells cannot compare it.
    else removeIfPresent(system, name);
  }
  for (const name of system.fs.readdirSync(prerendered)) {
    const isOld = name.startsWith(HOME) && !Object.hasOwn(directories, name.slice(HOME.length));
    if (isOld) removeIfPresent(system, `${prerendered}${SEPARATOR}${name}`);
  }
}

/** The distances that are tried between the two mtimes, ms: file systems round to up to 2 s. */
const ROUNDED_BY = [0, SECOND, 2 * SECOND];

/**
 * Gives a file an mtime before or after the mtime of another file. The file system of the cache may round it to whole
 * seconds, so the written mtime is read back.
 *
 * @param mtime the mtime of the other file, epoch ms
 * @param side -1: before it, 1: after it
 */
function mark(system: System, path: string, mtime: number, side: -1 | 1): void {
  // Node takes a negative time for the present one.
  const wanted = ROUNDED_BY.map((by) => Math.max(0, mtime + side * (1 + by)));
  const present = timeOf(system, path);
  const off = present === null ? Number.POSITIVE_INFINITY : Math.abs(present - (wanted[0] as number));
  // Times are written as seconds with a fraction, which keeps them to a microsecond.
  if (off < 0.01) return;
  // A network file system can round a time later, which only the next call can read.
  const rounded = present !== null && off <= 2 * SECOND && (present - mtime) * side <= 0;
  for (const time of rounded ? wanted.slice(-1) : wanted) {
    if (replaceFile(system, path, '', { mtimeMs: time }) !== null) return;
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
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink() && fs.readlinkSync(path) === target) return;
    if (replaceLink(system, path, target) === null) return;
  } catch {
    // Handled as where it cannot be made, below.
  }
  // Without the link, shells see a new version and start the program.
  removeIfPresent(system, path);
}
