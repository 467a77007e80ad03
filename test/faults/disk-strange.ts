import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Observed } from './harness.ts';

/** What can be instead of a file. `text` is the valid content. */
export type Strange = (path: string, text: string) => void | Promise<void>;

const victims = new Map<string, string>();

/** Files with the wrong content. */
export const CONTENTS: Record<string, Strange> = {
  nothing: (path) => fs.writeFileSync(path, ''),
  'random bytes': (path) => fs.writeFileSync(path, Buffer.from('9f8a00ff1bfe7b22c328a0a1e28280', 'hex')),
  'UTF-16': (path, text) => fs.writeFileSync(path, Buffer.from(`\uFEFF${text}`, 'utf16le')),
  'half of it': (path, text) => fs.writeFileSync(path, text.slice(0, text.length / 2)),
};

/** Paths that are no regular file, or a file larger than is read. */
export const NO_FILES: Record<string, Strange> = {
  'a sparse file of 1 GB': (path) => {
    fs.writeFileSync(path, '');
    fs.truncateSync(path, 2 ** 30);
  },
  'a FIFO': (path) => void execFileSync('mkfifo', [path]),
  '/dev/zero': (path) => void execFileSync('mknod', [path, 'c', '1', '5']),
  'a link to /dev/zero': (path) => fs.symlinkSync('/dev/zero', path),
  'a socket': (path) => listening(path),
  'a link to itself': (path) => fs.symlinkSync(path, path),
  'a link to nowhere': (path) => fs.symlinkSync(join(dirname(path), 'nowhere'), path),
};

/** A link to another user's file with valid content. */
export const LINK: Strange = (path, text) => {
  const victim = join(dirname(path), 'victim');
  fs.writeFileSync(victim, text);
  victims.set(victim, text);
  fs.symlinkSync(victim, path);
  onTestFinished(() => {
    // Never written through, and never removed.
    if (fs.existsSync(dirname(path))) expect(fs.readFileSync(victim, 'utf8')).toBe(victims.get(victim));
  });
};

export const DIRECTORY: Strange = (path) => {
  fs.mkdirSync(path, { recursive: true });
  fs.writeFileSync(join(path, 'foreign'), '');
};

async function listening(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  onTestFinished(() => void server.close());
}

/** Puts something instead of a file. */
export async function plant(strange: Strange, path: string, text = '{}'): Promise<void> {
  fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  fs.rmSync(path, { recursive: true, force: true });
  await strange(path, text);
}

/** Runs the same row for many cases, two at a time, with the same expectation. The slowest run stands for all. */
export async function alike<T>(
  cases: Record<string, T>,
  happen: (what: T) => Promise<Observed>,
): Promise<Observed> {
  const queue = Object.entries(cases);
  const rows: [string, Observed][] = [];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [name, what] = next;
      rows.push([name, await happen(what)]);
    }
  };
  await Promise.all([worker(), worker()]);
  const [[, first]] = rows as [[string, Observed]];
  const same = ({ run, requests }: Observed) => ({
    stdout: run.stdout,
    stderr: run.stderr,
    code: run.code,
    requests,
  });
  for (const [name, observed] of rows) expect(same(observed), name).toEqual(same(first));
  return rows.map(([, observed]) => observed).reduce((a, b) => (b.run.ms > a.run.ms ? b : a));
}
