import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  cachedUtilization,
  storedPlan,
  storedReading,
} from '../../../src/fetch/claude/cached-utilization.ts';
import { put } from '../../support/fetch-credentials.ts';
import { fakeSystem } from '../../support/system.ts';

const body = JSON.parse(
  fs.readFileSync(new URL('../../fixtures/claude/2026-10-06-pool.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;

const cached = (more: Record<string, unknown> = {}) => ({
  fetchedAtMs: 1_790_000_000_123,
  accountUuid: '5f0c-1',
  utilization: body,
  ...more,
});
const file = (more: Record<string, unknown> = {}, account: Record<string, unknown> = {}) =>
  JSON.stringify({
    projects: { '/a': { cachedUsageUtilization: { fetchedAtMs: 1 } } },
    oauthAccount: { accountUuid: '5f0c-1', emailAddress: 'ada@example.com', ...account },
    cachedUsageUtilization: cached(more),
  });

test("Claude Code's own reading has its time, its account, and the body of the endpoint", () => {
  const system = fakeSystem();
  put(join(system.root, '.claude.json'), file({}, { organizationRateLimitTier: 'default_claude_max_20x' }));
  expect(storedReading(system)).toEqual({
    readAt: 1_790_000_000_123,
    accountId: '5f0c-1',
    plan: 'max_20x',
    data: expect.objectContaining({ five_hour: expect.objectContaining({ utilization: 27 }) }) as unknown,
  });
});

test.each<[string, Record<string, unknown>, string | null]>([
  [
    'the tier',
    { organizationRateLimitTier: 'default_claude_max_5x', organizationType: 'claude_max' },
    'max_5x',
  ],
  [
    'the type, where the tier names none',
    { organizationRateLimitTier: 'default_claude_ai', organizationType: 'claude_pro' },
    'pro',
  ],
  ['the type alone', { organizationType: 'claude_team' }, 'team'],
  ['nothing', {}, null],
  ['odd values', { organizationType: 7, organizationRateLimitTier: [] }, null],
])('the plan comes from %s', (_, account, plan) => {
  const system = fakeSystem();
  put(join(system.root, '.claude.json'), file({}, account));
  expect(storedPlan(system)).toBe(plan);
  expect(storedReading(system)?.plan).toBe(plan);
});

test.each<[string, string]>([
  ['without a reading', '{"oauthAccount":{"accountUuid":"a"}}'],
  ['that is cut off', file().slice(0, -20)],
  ['that is no JSON', '{"cachedUsageUtilization":{x}}'],
  ['whose reading is a list', '{"cachedUsageUtilization":[]}'],
  ['whose reading has no time', file({ fetchedAtMs: undefined })],
  ['whose reading has a text for a time', file({ fetchedAtMs: '1790000000123' })],
  ['whose reading has no body', file({ utilization: null })],
  ['whose reading has no limit', file({ utilization: { five_hour: null } })],
  [
    'whose reading is an error',
    file({ utilization: { type: 'error', error: { type: 'rate_limit_error' } } }),
  ],
  ['whose reading names no account', file({ accountUuid: undefined })],
])('a file %s has no reading', (_, text) => {
  const system = fakeSystem();
  put(join(system.root, '.claude.json'), text);
  expect(storedReading(system)).toBeNull();
});

test('the reading is that of the directory of the login', () => {
  const { root } = fakeSystem();
  const system = fakeSystem({ env: { CLAUDE_CONFIG_DIR: join(root, 'work') } });
  put(join(system.root, '.claude.json'), file());
  expect(storedReading(system)).toBeNull();
  put(join(root, 'work', '.claude.json'), file({ accountUuid: 'work' }));
  expect(storedReading(system)?.accountId).toBe('work');
});

test('of the two files of the default directory the later reading counts', () => {
  const system = fakeSystem();
  put(join(system.root, '.claude.json'), file());
  put(join(system.root, '.claude', '.claude.json'), file({ fetchedAtMs: 1_790_000_000_124 }));
  expect(cachedUtilization(system)?.fetchedAt).toBe(1_790_000_000_124);
});

test('a file of 60 MB is read in a second, and no further than its bound', () => {
  const system = fakeSystem();
  const path = join(system.root, '.claude.json');
  const history = `"history":[${Array.from({ length: 600 }, () => `"${'x'.repeat(100_000)}"`).join(',')}]`;
  put(path, `{${history},${file().slice(1)}`);
  expect(storedReading(system)?.accountId).toBe('5f0c-1');
  expect(storedReading(system, { bytes: 1024 * 1024, ms: 1000 })).toBeNull();
});
