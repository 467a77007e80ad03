import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { prerender } from '../../src/prerender/store.ts';
import { MINUTE } from '../../src/usage/time.ts';
import { fakeSystem } from '../support/system.ts';

it.each([0, 300, 999])('a stale line has its refresh due at once, %d ms into a second', async (ms) => {
  const system = fakeSystem({ env: {} });
  let now = system.now() + ms;
  const cache = join(system.root, '.cache', 'usageline', 'claude');
  fs.mkdirSync(cache, { recursive: true, mode: 0o700 });
  const cachedAt = new Date(now - 12 * MINUTE).toISOString();
  const data = { five_hour: { utilization: 42, resets_at: null } };
  const entry = { schema_version: 1, cached_at: cachedAt, data, error: null };
  fs.writeFileSync(join(cache, 'usage.json'), JSON.stringify(entry), { mode: 0o600 });

  // Each reading of the clock takes time.
  await prerender({ ...system, now: () => (now += 1) }, { kind: 'plain', color: 'natural', network: true });

  const [head = '', line] = fs.readFileSync(join(cache, 'ready', 'plain'), 'utf8').split('\n');
  const [, , due, from] = head.split(' ');
  expect(line).toContain('42%');
  expect(due).toBe(from);
});
