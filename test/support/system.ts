import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { System } from '../../src/platform/system.ts';
import { removeAtTheEnd } from './remove.ts';

/** 2026-11-20T18:25:00Z, the time at which every test starts. */
const START = Date.UTC(2026, 10, 20, 18, 25);

export interface FakeSystem extends System {
  setNow(ms: number): void;
  /** Moves the wall clock and the monotonic one. */
  advance(ms: number): void;
  /** A fresh temporary directory, which is HOME. Removed when the test file is done. */
  readonly root: string;
}

/** Another machine: a home of its own, an empty environment, a clock that stands still, real files. */
export function fakeSystem(overrides: Partial<System> & { env?: Record<string, string> } = {}): FakeSystem {
  const root = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-'));
  removeAtTheEnd(root);
  let now = START;
  let monotonic = 0;
  return {
    now: () => now,
    monotonic: () => monotonic,
    random: () => 0,
    env: {},
    platform: 'linux',
    home: () => root,
    cwd: () => root,
    userName: () => 'ada',
    uid: process.getuid?.() ?? null,
    gid: process.getgid?.() ?? null,
    fs,
    securityCommand: join(root, 'no-security-command'),
    ...overrides,
    root,
    setNow(ms) {
      now = ms;
    },
    advance(ms) {
      now += ms;
      monotonic += ms;
    },
  };
}
