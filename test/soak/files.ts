import fs from 'node:fs';
import { join, relative } from 'node:path';
import type { FoundFile, Secrets } from './invariants.ts';

/** All files below a directory. Processes and files can disappear meanwhile. */
export function filesOf(root: string): FoundFile[] {
  return below(root).flatMap((path) => {
    const stat = unlessGone(() => fs.lstatSync(path));
    if (stat === undefined) return [];
    return {
      path: relative(root, path),
      bytes: stat.isFile() ? stat.size : 0,
      age: Date.now() - stat.mtimeMs,
      mode: stat.mode,
      isDirectory: stat.isDirectory(),
    };
  });
}

/** The files that contain a piece of a token. */
export function secretsInFiles(roots: readonly string[], secrets: Secrets): string[] {
  return roots.flatMap(below).filter((path) => {
    if (!unlessGone(() => fs.lstatSync(path))?.isFile()) return false;
    const text = unlessGone(() => fs.readFileSync(path, 'latin1'));
    return text !== undefined && secrets.isIn(text);
  });
}

function below(directory: string): string[] {
  const names = unlessGone(() => fs.readdirSync(directory)) ?? [];
  return names.flatMap((name) => {
    const path = join(directory, name);
    const isDirectory = unlessGone(() => fs.lstatSync(path))?.isDirectory() ?? false;
    return isDirectory ? [path, ...below(path)] : [path];
  });
}

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
