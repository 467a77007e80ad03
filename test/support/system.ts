import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { System } from '../../src/system.ts';

/** 2026-11-20T18:25:00Z, the time at which every test starts. */
const START = Date.UTC(2026, 10, 20, 18, 25);

export interface FakeSystem extends System {
  setNow(ms: number): void;
  /** Moves the wall clock and the monotonic one. */
  advance(ms: number): void;
  /** A fresh temporary directory, which is HOME. Removed when the test file is done. */
  readonly root: string;
}

const roots: string[] = [];
afterAll(() => {
  for (const root of roots.splice(0)) fs.rmSync(root, { recursive: true, force: true });
});

/** Another machine: a home of its own, an empty environment, a clock that stands still, real files. */
export function fakeSystem(overrides: Partial<System> & { env?: Record<string, string> } = {}): FakeSystem {
  const root = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-'));
  roots.push(root);
  let now = START;
  let monotonic = 0;
  return {
    now: () => now,
    monotonic: () => monotonic,
    random: () => 0,
    env: {},
    platform: 'linux',
    home: () => root,
    userName: () => 'ada',
    uid: process.getuid?.() ?? null,
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
