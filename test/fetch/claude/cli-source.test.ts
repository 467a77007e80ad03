import { describe, expect, it } from 'vitest';
import type { CachedUtilization } from '../../../src/fetch/claude/cached-utilization.ts';
import { datedNumbers } from '../../../src/fetch/claude/cli-source.ts';
import { provider } from '../../../src/fetch/registry.ts';
import { throughSource } from '../../../src/fetch/source.ts';
import { HOUR, MINUTE, SECOND } from '../../../src/usage/time.ts';
import { NOW } from '../../support/build.ts';

const answered = { five_hour: { utilization: 11, resets_at: null } };
const kept = { five_hour: { utilization: 44, resets_at: null } };
/** What Claude Code keeps, read so long before the program was started, ms. */
const of = (age: number): CachedUtilization => ({ fetchedAt: NOW - age, accountId: 'ada', data: kept });

describe('the numbers of the program of Claude Code have the time of their reading', () => {
  it.each<[string, CachedUtilization | null, CachedUtilization | null, string]>([
    ['it keeps nothing', null, null, '11, of the request'],
    ['it read them during the call', of(HOUR), of(-2 * SECOND), '11, 2000'],
    ['it had never read any before', null, of(-2 * SECOND), '11, 2000'],
    ['it repeats a read of the last minute', of(50 * SECOND), of(50 * SECOND), '11, -50000'],
    ['it repeats an older read', of(2 * MINUTE), of(2 * MINUTE), '44, -120000, rate_limited'],
    ['it repeats a read of an hour ago', of(HOUR), of(HOUR), '44, -3600000, rate_limited'],
    ['it keeps a read that it would not repeat', of(HOUR + 1), of(HOUR + 1), '11, of the request'],
    ['it has replaced what it kept, by a clock that is behind', of(HOUR), of(2 * MINUTE), '11, -120000'],
    ['it keeps a read from the future', of(-HOUR), of(-HOUR), '11, of the request'],
  ])('%s', (_, before, after, expected) => {
    const { data, readAt, refused } = datedNumbers(answered, before, after, NOW, NOW + 3 * SECOND);
    const parts = [
      (data as typeof answered).five_hour.utilization,
      readAt === undefined ? 'of the request' : readAt - NOW,
      ...(refused ? [refused.code] : []),
    ];
    expect(parts.join(', ')).toBe(expected);
  });
});

describe('the source of a provider', () => {
  it('replaces its budget, its pace in words and its connection, and nothing else', () => {
    const other = throughSource(provider, 'claude-cli');
    const changed = Object.keys(other).filter(
      (key) => other[key as keyof typeof other] !== provider[key as keyof typeof provider],
    );
    expect(changed.toSorted()).toEqual(['budget', 'connect', 'leastTimeoutMs', 'texts']);
    expect(other.budget.spacingMs).toBe(5 * MINUTE);
    expect(other.texts).toEqual({ ...provider.texts, requestLimit: 'one in five minutes and 24 an hour' });
  });

  it.each(['endpoint', 'constructor', 'other'])('%s is the usual one', (source) => {
    expect(throughSource(provider, source)).toBe(provider);
  });
});
