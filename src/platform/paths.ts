/*
 * Path functions for the hot path. Those of `node:path` are compiled at every start; most paths are normalized already
 * and do not need them.
 */

/** The separator in paths of this machine. */
export const SEPARATOR = process.platform === 'win32' ? '\\' : '/';

/** As `isAbsolute` of node:path. */
export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || nodePath().isAbsolute(path);
}

/** As `join` of node:path, but without normalizing a base that is normalized already. */
export function joinPaths(base: string, ...names: readonly string[]): string {
  const normalized =
    base.startsWith('/') && !base.includes('//') && !base.includes('/.') && !base.endsWith('/');
  return normalized && SEPARATOR === '/' ? [base, ...names].join('/') : nodePath().join(base, ...names);
}

function nodePath(): typeof import('node:path') {
  return process.getBuiltinModule('node:path');
}
