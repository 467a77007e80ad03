import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, onTestFinished } from 'vitest';

/** Rows that mount, or that run as another user: both need root. In CI they must not be skipped. */
export function describeAsRoot(name: string, tests: () => void): void {
  const may = spawnSync('sh', [
    '-c',
    'd=$(mktemp -d) && mount -t tmpfs none "$d" && umount "$d"; s=$?; rmdir "$d"; exit $s',
  ]);
  const can = process.getuid?.() === 0 && may.status === 0;
  if (!can && process.env.CI) throw new Error(`"${name}" cannot be tested: this user may not mount`);
  describe.skipIf(!can)(can ? name : `${name} (skipped: needs root and the right to mount)`, tests);
}

/** Mounts a file system at a path, until the end of the test. */
export function mountTmpfs(path: string, options: string): void {
  fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `mode=700,${options}`, 'tmpfs', path]);
  onTestFinished(() => void spawnSync('umount', ['-l', path]));
}

/** Fills a file system, except for `spare` bytes. */
export function fill(path: string, spare = 0): void {
  const filler = `${path}/filler`;
  const fd = fs.openSync(filler, 'w');
  let size = 0;
  try {
    for (;;) size += fs.writeSync(fd, Buffer.alloc(1024));
  } catch {
    // Full.
  } finally {
    fs.closeSync(fd);
  }
  fs.truncateSync(filler, size - spare);
}

/** Mounts a directory onto itself until the end of the test. The returned function makes it read-only. */
export function mountedOnItself(path: string): () => void {
  execFileSync('mount', ['--bind', path, path]);
  onTestFinished(() => void spawnSync('umount', ['-l', path]));
  return () => void execFileSync('mount', ['-o', 'remount,ro,bind', path]);
}

/** Runs `chattr`, undone after the test. False where the file system does not support it. */
export function chattr(flag: 'i' | 'a', path: string): boolean {
  const done = spawnSync('chattr', [`+${flag}`, path]).status === 0;
  if (done) onTestFinished(() => void spawnSync('chattr', [`-${flag}`, path]));
  return done;
}

const NOBODY = 65_534;

/** The command line for a user other than root; `user` is a number. */
export function as(user: number, command: readonly string[]): string[] {
  return ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--', ...command];
}

export const asNobody = (command: readonly string[]) => as(NOBODY, command);

/** Gives everything below a path to a user other than root. */
export function giveAway(path: string): void {
  execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, path]);
}
