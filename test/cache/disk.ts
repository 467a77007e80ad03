import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const cache = join(dirname(fileURLToPath(import.meta.url)), '../../src/cache');

/** Node's own functions, but for those that are given. */
export function disk(changes: { [name in keyof typeof fs]?: unknown }): typeof fs {
  return { ...fs, ...changes } as typeof fs;
}

/** What a system call fails with. */
export function failure(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

export function failing(code: string): () => never {
  return () => {
    throw failure(code);
  };
}

/** Refuses to open what would hang on a FIFO: the test would never end. */
export const careful = disk({
  openSync: (path: string, flags: string | number, mode?: number) => {
    if (typeof flags === 'number' && !(flags & fs.constants.O_NONBLOCK)) throw new Error('would hang');
    return fs.openSync(path, flags, mode);
  },
});

export const modeOf = (path: string) => fs.statSync(path).mode & 0o777;

/**
 * A program for another process: TypeScript whose imports are relative to `src/cache`, bundled into a file
 * that Node can run.
 */
export async function program(directory: string, source: string): Promise<string> {
  const outfile = join(directory, 'program.cjs');
  await build({
    stdin: { contents: source, resolveDir: cache, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
  return outfile;
}
