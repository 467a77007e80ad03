import { readTextFile } from '../platform/files.ts';
import type { System } from '../platform/system.ts';
import { CRONTAB } from './crontab.ts';
import type { OriginalStatusline } from './edits/statusline.ts';
import { INIT_TARGETS } from './target.ts';
import type { InitTarget, Step } from './target.ts';
import { inspectFile } from './user-file.ts';
import { writeWithMode } from './write.ts';

/*
 * The record of what is installed, `installed.json`. Most installations could be removed without it: it has the paths
 * that are not the default ones, and facts that the files do not show.
 */

/** A file that `--install` has changed. */
export interface InstalledFile extends OriginalStatusline {
  readonly target: InitTarget;
  readonly kind: Step['kind'];
  readonly path: string;
  /**
   * The targets that use a shared file; null for a file of one target. `sh` among them means that the user has
   * installed the launcher itself, or that other users of the file are unknown.
   */
  readonly users: readonly InitTarget[] | null;
  /** The hash of the host's own configuration of which the file was created as a copy; absent for none. */
  readonly seed?: string;
}

/** The contents of `installed.json`. */
export interface Installed {
  readonly files: readonly InstalledFile[];
  /** Directories that `init` has created. */
  readonly directories: readonly string[];
}

const KINDS: Readonly<Record<Step['kind'], true>> = {
  block: true,
  whole: true,
  statusline: true,
  crontab: true,
  waybar: true,
  polybar: true,
  'oh-my-posh': true,
};

/** The path of `installed.json`. */
export function installedPath(dataHome: string): string {
  return `${dataHome}/installed.json`;
}

/** Reads the record. A file that cannot be read or understood counts as an empty record. */
export function readInstalled({ fs }: System, path: string): Installed {
  const read = readTextFile(fs, path, 'refuse');
  const { files = [], directories = [] } = (read.kind === 'file' && parseLists(read.text)) || {};
  return {
    files: files.flatMap((file) => (isInstalledFile(file) ? [knownFields(file)] : [])),
    directories: directories.filter((name) => isPath(name)),
  };
}

/**
 * Why the record cannot be used, in words; null if it can. Without it, `init` would forget what is installed.
 */
export function installedProblem(system: System, path: string): string | null {
  const found = inspectFile(system, path);
  if (typeof found === 'string') return `${path}: ${found}`;
  return found.real === path ? null : `${path}: it is a link`;
}

/**
 * Replaces the record.
 *
 * @returns the errno name of a failure, or null
 */
export function writeInstalled(system: System, path: string, installed: Installed): string | null {
  return writeWithMode(system, path, `${JSON.stringify(installed, null, 2)}\n`, 0o600);
}

/**
 * The directories to remove when nothing is installed, the innermost first: those that `init` has created, and the
 * record's own, which bears usageline's name. Null if something is installed, or the record cannot be understood.
 */
export function directoriesToRemove(system: System, path: string): readonly string[] | null {
  const read = readTextFile(system.fs, path, 'refuse');
  const files = read.kind === 'file' ? parseLists(read.text)?.files : read.kind === 'absent' && [];
  if (!files || files.length > 0) return null;
  return innermostFirst([...readInstalled(system, path).directories, path.slice(0, path.lastIndexOf('/'))]);
}

/** Sorts directories so that each one stands before its parents. */
export function innermostFirst(directories: readonly string[]): string[] {
  return directories.toSorted((one, other) => other.length - one.length);
}

/** Adds a file to the record. If the file is recorded already, what it was at first stays recorded. */
export function withFile(installed: Installed, record: InstalledFile): Installed {
  const others = installed.files.filter((file) => !isSameFile(file, record));
  const before = installed.files.find((file) => isSameFile(file, record));
  if (before === undefined) return { ...installed, files: [...others, record] };
  const { target } = before.users === null || record.users === null ? record : before;
  const users = record.users && [...new Set([...(before.users ?? []), ...record.users])];
  return { ...installed, files: [...others, { ...before, target, users }] };
}

/** Whether two records are about the same change of the same file. */
export function isSameFile(
  one: Pick<InstalledFile, 'kind' | 'path'>,
  other: Pick<InstalledFile, 'kind' | 'path'>,
): boolean {
  return one.kind === other.kind && one.path === other.path;
}

/** The lists of the record, with elements that are not validated yet; null for a text that is no JSON object. */
function parseLists(text: string): { [key in keyof Installed]: readonly unknown[] } | null {
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
    typeof kind === 'string' &&
    Object.hasOwn(KINDS, kind) &&
    (isPath(path) || (kind === 'crontab' && path === CRONTAB)) &&
    typeof created === 'boolean' &&
    (command === null || typeof command === 'string')
  );
}

/** Drops unknown fields: one that is nested too deeply could be parsed and not be written again. */
function knownFields(file: InstalledFile): InstalledFile {
  const { target, kind, path, created, command, seed } = file;
  const known = { target, kind, path, created, command, users: validUsers(file) };
  return typeof seed === 'string' ? { ...known, seed } : known;
}

/** Versions before this field had one shared file, the launcher. */
function validUsers({ target, users }: InstalledFile): InstalledFile['users'] {
  if (!Array.isArray(users)) return target === 'sh' ? ['sh'] : null;
  return users.filter((user) => typeof user === 'string' && Object.hasOwn(INIT_TARGETS, user));
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('/');
}
