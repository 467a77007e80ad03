import { readTextFile } from '../files.ts';
import type { System } from '../system.ts';
import type { StatuslineMemory } from './edits/statusline.ts';
import { replaceKeeping } from './disk.ts';
import { INIT_TARGETS } from './names.ts';
import type { InitTarget } from './names.ts';
import type { Step } from './target.ts';

/** A file that `--install` has changed. */
export interface Record extends StatuslineMemory {
  readonly target: InitTarget;
  readonly kind: Step['kind'];
  readonly path: string;
}

/**
 * What has been installed. Most of it can be taken away without it: this says where it is when that was not the usual
 * place, and what cannot be seen from the files.
 */
export interface Installed {
  readonly files: readonly Record[];
  /** Directories of our making. */
  readonly directories: readonly string[];
}

export function installedPath(dataHome: string): string {
  return `${dataHome}/installed.json`;
}

/** A file that cannot be read, or is none of ours, says that nothing has been installed. */
export function readInstalled({ fs }: System, path: string): Installed {
  const read = readTextFile(fs, path, 'refuse');
  try {
    const { files, directories } = JSON.parse(read.kind === 'file' ? read.text : '{}');
    return {
      files: listOf(files).flatMap((file) => (isRecord(file) ? [file] : [])),
      directories: listOf(directories).filter((name) => isPath(name)),
    };
  } catch {
    return { files: [], directories: [] };
  }
}

/** @returns the errno name of what went wrong, or null */
export function writeInstalled(system: System, path: string, installed: Installed): string | null {
  return replaceKeeping(system, path, `${JSON.stringify(installed, null, 2)}\n`, 0o600);
}

/** Notes a file, in the place of what was noted of it before. */
export function noted(installed: Installed, record: Record): Installed {
  const others = installed.files.filter((file) => !isSame(file, record));
  const before = installed.files.find((file) => isSame(file, record));
  // What it was at first is what it goes back to.
  return { ...installed, files: [...others, before ? { ...before, target: record.target } : record] };
}

export function isSame(one: Pick<Record, 'kind' | 'path'>, other: Pick<Record, 'kind' | 'path'>): boolean {
  return one.kind === other.kind && one.path === other.path;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Record {
  const { target, kind, path, created, command } = (value ?? {}) as { [key in keyof Record]?: unknown };
  return (
    typeof target === 'string' &&
    Object.hasOwn(INIT_TARGETS, target) &&
    (kind === 'block' || kind === 'whole' || kind === 'statusline') &&
    isPath(path) &&
    typeof created === 'boolean' &&
    (command === null || typeof command === 'string')
  );
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('/');
}
