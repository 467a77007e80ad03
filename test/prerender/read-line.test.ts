import fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readPrerendered } from '../../src/prerender/read.ts';
import { prerender } from '../../src/prerender/store.ts';
import { readPrerenderedStatusline } from '../../src/prerender/read-statusline.ts';
import { parseFastArgs, parseStatuslineArgs } from '../../src/cli/fast-args.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';
import { disk } from '../cache/disk.ts';

let system: FakeSystem;
let caches: string;

/** A machine with two prerendered lines of an account that has a pointer. */
beforeEach(async () => {
  system = fakeSystem();
  const account = join(system.root, 'work');
  fs.mkdirSync(account);
  system = { ...system, env: { CLAUDE_CONFIG_DIR: account } };
  caches = join(system.root, '.cache');
  await prerenderLines();
});

async function prerenderLines(): Promise<void> {
  const { provider } = await import('../../src/fetch/registry.ts');
  const cache = join(caches, 'usageline', provider.account(system).directory);
  fs.mkdirSync(cache, { recursive: true, mode: 0o700 });
  const data = { five_hour: { utilization: 42, resets_at: null } };
  const cachedAt = new Date(system.now()).toISOString();
  const entry = { schema_version: 1, cached_at: cachedAt, data, error: null };
  fs.writeFileSync(join(cache, 'usage.json'), JSON.stringify(entry), { mode: 0o600 });
  for (const kind of ['plain', 'statusline']) {
    await prerender(system, { kind, color: 'natural', network: true });
  }
}

const line = (machine: FakeSystem) => readPrerendered(machine, parseFastArgs([])!);
const status = (machine: FakeSystem) => readPrerenderedStatusline(machine, parseStatuslineArgs([])!, null);

describe.each([
  ['the line of a prompt', line],
  ['the status line', status],
])('%s', (_case, shown) => {
  it('is printed as it was prerendered', () => {
    expect(shown(system)).toContain('5h');
  });

  it.each(['.', 'usageline'])('is not read where others can write %s in the directory of caches', (name) => {
    fs.chmodSync(join(caches, name), 0o777);
    expect(shown(system)).toBeNull();
  });

  it('is not read where others can write the home directory', () => {
    fs.chmodSync(system.root, 0o777);
    expect(shown(system)).toBeNull();
  });

  it('is not read for root in the cache of another user', () => {
    const lstatSync = (path: string) =>
      Object.assign(fs.lstatSync(path), { uid: path.startsWith(system.root) ? 1000 : 0 });
    expect(shown({ ...system, uid: 0, fs: disk({ lstatSync }) })).toBeNull();
  });

  it('examines each directory on the way once', () => {
    const appearance: string[] = [];
    const lstatSync = (path: string, options: fs.StatSyncOptions) => {
      appearance.push(path);
      return fs.lstatSync(path, options);
    };
    expect(shown({ ...system, fs: disk({ lstatSync }) })).not.toBeNull();
    const directories = appearance.filter((path) => fs.statSync(path).isDirectory());
    expect(new Set(directories).size).toBe(directories.length);
    expect(directories.length).toBe(caches.split('/').length - 1 + 2);
  });
});
