/*
 * Paths on the hot path. Node's own functions are compiled before they run, at every prompt; most paths are as
 * they should be, and need none of them.
 */

/** What stands between the names of this machine's paths. */
export const SEPARATOR = process.platform === 'win32' ? '\\' : '/';

export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || nodePath().isAbsolute(path);
}

/** As `join` of node:path: a base that needs no tidying is taken as it is. */
export function joinPaths(base: string, ...names: readonly string[]): string {
  const tidy = base.startsWith('/') && !base.includes('//') && !base.includes('/.') && !base.endsWith('/');
  return tidy && SEPARATOR === '/' ? [base, ...names].join('/') : nodePath().join(base, ...names);
}

function nodePath(): typeof import('node:path') {
  return process.getBuiltinModule('node:path');
}
