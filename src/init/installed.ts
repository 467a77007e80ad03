import { readTextFile } from '../platform/files.ts';
import type { System } from '../platform/system.ts';
import { inspectFile } from './user-file.ts';
import type { OriginalStatusline } from './edits/statusline.ts';
import { INIT_TARGETS } from './names.ts';
import type { InitTarget } from './names.ts';
import { writeWithMode } from './write.ts';
import type { Step } from './target.ts';

/** A file that `--install` has changed. */
export interface InstalledFile extends OriginalStatusline {
  readonly target: InitTarget;
  readonly kind: Step['kind'];
  readonly path: string;
  /** The targets that use a shared file; null for a file of one target. */
  readonly users: readonly InitTarget[] | null;
}

/**
 * What has been installed. Most of it can be taken away without it: this says where it is when that was not the usual
 * place, and what cannot be seen from the files.
 */
export interface Installed {
  readonly files: readonly InstalledFile[];
  /** Directories of our making. */
  readonly directories: readonly string[];
}

export function installedPath(dataHome: string): string {
  return `${dataHome}/installed.json`;
}

/** A file that cannot be read, or is none of ours, says that nothing has been installed. */
export function readInstalled({ fs }: System, path: string): Installed {
  const read = readTextFile(fs, path, 'refuse');
  const { files = [], directories = [] } = (read.kind === 'file' && listsIn(read.text)) || {};
  return {
    files: files.flatMap((file) => (isInstalledFile(file) ? [knownFields(file)] : [])),
    directories: directories.filter((name) => isPath(name)),
  };
}

/** Why the notes cannot be relied on, in words: to go on would forget what has been installed. Null when they can. */
export function installedProblem(system: System, path: string): string | null {
  const found = inspectFile(system, path);
  if (typeof found === 'string') return `${path}: ${found}`;
  return found.real === path ? null : `${path}: it is a link`;
}

/** @returns the errno name of what went wrong, or null */
export function writeInstalled(system: System, path: string, installed: Installed): string | null {
  return writeWithMode(system, path, `${JSON.stringify(installed, null, 2)}\n`, 0o600);
}

/**
 * Where nothing is installed: the directories of our making, the innermost first. The directory of the notes has
 * usageline's name, and is one of them even when no note says so. Null where something is installed, or the notes are
 * not understood.
 */
export function directoriesToRemove(system: System, path: string): readonly string[] | null {
  const read = readTextFile(system.fs, path, 'refuse');
  const files = read.kind === 'file' ? listsIn(read.text)?.files : read.kind === 'absent' && [];
  if (!files || files.length > 0) return null;
  return innermostFirst([...readInstalled(system, path).directories, path.slice(0, path.lastIndexOf('/'))]);
}

export function innermostFirst(directories: readonly string[]): string[] {
  return directories.toSorted((one, other) => other.length - one.length);
}

/** Notes a file, in the place of what was noted of it before. */
export function withFile(installed: Installed, record: InstalledFile): Installed {
  const others = installed.files.filter((file) => !isSameFile(file, record));
  const before = installed.files.find((file) => isSameFile(file, record));
  if (before === undefined) return { ...installed, files: [...others, record] };
  // What it was at first is what it goes back to.
  const { target } = before.users === null || record.users === null ? record : before;
  const users = record.users && [...new Set([...(before.users ?? []), ...record.users])];
  return { ...installed, files: [...others, { ...before, target, users }] };
}

/** The other targets that use a shared file and are still installed. */
export function otherUsers({ files }: Installed, record: InstalledFile, target: InitTarget): InitTarget[] {
  // The launcher of `init sh` has been installed for its own sake.
  const isInstalled = (user: InitTarget) =>
    user === 'sh' || files.some((file) => file.users === null && file.target === user);
  return (record.users ?? []).filter((user) => user !== target && isInstalled(user));
}

export function isSameFile(
  one: Pick<InstalledFile, 'kind' | 'path'>,
  other: Pick<InstalledFile, 'kind' | 'path'>,
): boolean {
  return one.kind === other.kind && one.path === other.path;
}

/** The lists in the notes, unchecked; null for what is no JSON object. */
function listsIn(text: string): { [key in keyof Installed]: readonly unknown[] } | null {
  try {
    const { files, directories } = JSON.parse(text);
    return { files: listOf(files), directories: listOf(directories) };
  } catch {
    return null;
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isInstalledFile(value: unknown): value is InstalledFile {
  const { target, kind, path, created, command } = (value ?? {}) as {
    [key in keyof InstalledFile]?: unknown;
  };
  return (
    typeof target === 'string' &&
    Object.hasOwn(INIT_TARGETS, target) &&
    (kind === 'block' || kind === 'whole' || kind === 'statusline') &&
    isPath(path) &&
    typeof created === 'boolean' &&
    (command === null || typeof command === 'string')
  );
}

/** The keys that are known, and no others: what is nested without end cannot be written again. */
function knownFields(file: InstalledFile): InstalledFile {
  const { target, kind, path, created, command } = file;
  return { target, kind, path, created, command, users: validUsers(file) };
}

/** The users of a record; versions before this field had one shared file, the launcher. */
function validUsers({ target, users }: InstalledFile): InstalledFile['users'] {
  if (!Array.isArray(users)) return target === 'sh' ? ['sh'] : null;
  return users.filter((user) => typeof user === 'string' && Object.hasOwn(INIT_TARGETS, user));
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('/');
}
