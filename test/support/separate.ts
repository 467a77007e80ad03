import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { PATIENCE } from './patience.ts';
import { removeAtTheEnd } from './remove.ts';

export interface SeparateRun {
  /** The printed lines. */
  readonly lines: readonly string[];
  readonly stderr: string;
  /** Exit code, the signal that ended it, or `silent`: it printed nothing for too long and was killed. */
  readonly end: number | string;
}

/** The id of a user without any rights, for programs that root starts. */
export const ORDINARY_USER = 65_534;

/** Bundles a program of the tests, so that it runs by itself. Returns its path, which other users can read. */
export async function bundled(source: URL): Promise<string> {
  const directory = fs.mkdtempSync(join(tmpdir(), 'usageline-program-'));
  removeAtTheEnd(directory);
  fs.chmodSync(directory, 0o755);
  const outfile = join(directory, 'program.cjs');
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.18',
    format: 'cjs',
    // The directory of the built bundles: the package's files are found from there.
    define: { 'import.meta.dirname': JSON.stringify(fileURLToPath(new URL('../../dist', import.meta.url))) },
    logLevel: 'error',
  });
  fs.chmodSync(outfile, 0o644);
  return outfile;
}

/**
 * Runs a program of the tests in a process of its own. A watchdog can end it in any state, in an endless loop or
 * blocked on a file. It prints a line for every step.
 *
 * @param uid another user, if this process runs as root
 */
export function runSeparately(
  program: string,
  {
    args = [],
    uid,
    env = {},
  }: { args?: readonly string[]; uid?: number | undefined; env?: Record<string, string> } = {},
): Promise<SeparateRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: '/',
      env: { PATH: process.env.PATH ?? '', TMPDIR: tmpdir(), TZ: 'UTC', ...env },
      ...(uid !== undefined && { uid, gid: uid }),
    });
    let [stdout, stderr, silent] = ['', '', false];
    const kill = () => {
      silent = true;
      child.kill('SIGKILL');
    };
    let watchdog = setTimeout(kill, PATIENCE);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      clearTimeout(watchdog);
      watchdog = setTimeout(kill, PATIENCE);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(watchdog);
      resolve({
        lines: stdout.trimEnd().split('\n'),
        stderr,
        end: silent ? 'silent' : (code ?? signal ?? ''),
      });
    });
  });
}
