import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  withOwnClock,
  clockError,
  mergeBackoffs,
  otherClock,
  parseBackoff,
  readBackoff,
  serializeBackoff,
} from '../../src/cache/backoff.ts';
import type { Backoff } from '../../src/cache/backoff.ts';
import { MAX_FILE_BYTES } from '../../src/platform/files.ts';
import { provider } from '../../src/fetch/registry.ts';
import { judgeBudget } from '../../src/resolve/budget.ts';
import { LOCAL_CODES, REFRESH_CODES } from '../../src/usage/failure.ts';
import { DAY, MINUTE, SECOND } from '../../src/usage/time.ts';
import { fakeSystem } from '../support/system.ts';
import { careful, disk, failing } from './disk.ts';

const NOW = Date.parse('2026-11-20T18:25:00Z');
const now = NOW / SECOND;
/** The file was changed this long ago, ms. */
const CHANGED = 10 * SECOND;
const parse = (text: string, mtimeMs = NOW - CHANGED) => parseBackoff(text, mtimeMs, NOW);
const lock = (over: Partial<Backoff> = {}): Backoff => ({
  blockedUntil: NOW + 5 * MINUTE,
  error: 'rate_limited',
  failures: 2,
  writtenAt: NOW,
  credentials: '1795198000000:512:77 absent',
  requests: [NOW - MINUTE, NOW],
  ...over,
});
const foreignLock = (writtenAt: number): Backoff => ({
  blockedUntil: writtenAt + 30 * SECOND,
  error: null,
  failures: 0,
  writtenAt,
  credentials: null,
  requests: [],
});

describe('the text of usage.lock', () => {
  it.each<[string, Partial<Backoff>]>([
    ['a failure', {}],
    ['no failure', { blockedUntil: 0, error: null, failures: 0 }],
    ['a failure with a detail', { error: 'token_expired', detail: '/home/ada/.codex/auth.json' }],
    ['no credentials', { credentials: null }],
    ['no requests', { requests: [] }],
    ['the longest block there is', { blockedUntil: NOW + DAY }],
    ['a token that was sent', { tokenHash: `${'0'.repeat(32)}:${'f'.repeat(32)}` }],
    ['a waiver', { waivedAt: NOW - MINUTE }],
    ['another clock', { otherClock: { at: NOW - MINUTE, other: NOW + MINUTE } }],
  ])('is read as it was written: %s', (_case, over) => {
    expect(parse(serializeBackoff(lock(over)))).toEqual(lock(over));
  });

  it('has whole Unix seconds, the end of the backoff rounded up and other times rounded down', () => {
    const text = serializeBackoff(
      lock({ blockedUntil: NOW + 1, writtenAt: NOW + 999, requests: [NOW - 1, NOW + 999] }),
    );
    expect(JSON.parse(text)).toEqual({
      blocked_until: now + 1,
      error: 'rate_limited',
      failures: 2,
      written_at: now,
      credentials: '1795198000000:512:77 absent',
      requests: [now - 1, now],
    });
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('holds another clock under `apart`: the times that this clock and the other one showed, rounded down', () => {
    const otherClock = { at: NOW + 999, other: NOW + 300 * SECOND + 999 };
    const file = JSON.parse(serializeBackoff(lock({ otherClock })));
    expect(file.apart).toEqual([now, now + 300]);
    expect(parse(JSON.stringify({ blocked_until: now + 1, apart: [now, now + 300] }))?.otherClock).toEqual({
      at: NOW,
      other: NOW + 300 * SECOND,
    });
    expect(JSON.parse(serializeBackoff(lock()))).not.toHaveProperty('apart');
  });

  it('leaves out an absent error and absent credentials', () => {
    const keys = Object.keys(JSON.parse(serializeBackoff(lock({ error: null, credentials: null }))));
    expect(keys).toEqual(['blocked_until', 'failures', 'written_at', 'requests']);
  });

  it('needs only blocked_until; the mtime stands for the time of writing', () => {
    expect(parse(`{"blocked_until":${now + 60}}`)).toEqual({
      ...foreignLock(NOW - CHANGED),
      blockedUntil: NOW + MINUTE,
    });
  });

  it('is not in force when its end is past', () => {
    expect(parse(`{"blocked_until":${now - 1},"written_at":${now - 300}}`)?.blockedUntil).toBe(NOW - SECOND);
  });

  it.each<[string, string]>([
    ['is empty', ''],
    ['is not JSON', 'locked by 4711'],
    ['is cut off', '{"blocked_until":17951'],
    ['is null', 'null'],
    ['is a number', '1795199192'],
    ['is a list', '[1795199192]'],
    ['is a text', '"1795199192"'],
    ['has no keys', '{}'],
    ['has its time as a text', '{"blocked_until":"1795199192"}'],
    ['has null for its time', '{"blocked_until":null}'],
    ['has true for its time', '{"blocked_until":true}'],
    ['has its time in a list', '{"blocked_until":[1795199192]}'],
    ['has its time under another name', '{"blockedUntil":1795199192,"written_at":1795199192}'],
    ['is behind a byte order mark', '\uFEFF{"blocked_until":1795199192}'],
  ])('is foreign when it %s, and in force for 30 s from the mtime', (_case, text) => {
    expect(parse(text)).toEqual(foreignLock(NOW - CHANGED));
  });

  it.each<[string, string, number]>([
    ['2^63', '9223372036854775808', DAY],
    ['beyond all numbers', '1e999', DAY],
    ['in milliseconds', String(NOW + MINUTE), DAY],
    ['a second too far', String(now + 86_401), DAY],
    ['as far as can be', String(now + 86_400), DAY],
    ['in range', String(now + 86_399), DAY - SECOND],
    ['with a fraction', `${now}.5`, SECOND / 2],
  ])('with the end %s is in force for at most a day after it was written', (_case, until, wait) => {
    expect(parse(`{"blocked_until":${until},"written_at":${now}}`)?.blockedUntil).toBe(NOW + wait);
    expect(parse(`{"blocked_until":${until}}`, NOW)?.blockedUntil).toBe(NOW + wait);
  });

  it.each(['0', '-1', '-9223372036854775808', '-1e999'])('with the end %s is not in force', (until) => {
    expect(parse(`{"blocked_until":${until}}`)?.blockedUntil).toBeLessThanOrEqual(0);
  });

  it('is not in force when it was written long ago, whatever its end', () => {
    const text = `{"blocked_until":1e999,"written_at":${now - 86_400}}`;
    expect(parse(text)?.blockedUntil).toBe(NOW);
  });

  it.each(['"1795198892"', 'null', '1e999', '{}'])(
    'with the time %s counts as written at the mtime',
    (at) => {
      expect(parse(`{"blocked_until":1e999,"written_at":${at}}`)?.blockedUntil).toBe(NOW - CHANGED + DAY);
    },
  );

  it.each<[string, number | null, number, boolean]>([
    ['now', now, NOW, true],
    ['5 s ahead', now + 5, NOW, true],
    ['more than 5 s ahead', now + 5.001, NOW, false],
    ['a year ahead', now + 365 * 86_400, NOW, false],
    ['at 2^63', 2 ** 63, NOW, false],
    ['now, although its file is from tomorrow', now, NOW + DAY, true],
    ['at no time, its file 5 s ahead', null, NOW + 5 * SECOND, true],
    ['at no time, its file more than 5 s ahead', null, NOW + 5001, false],
  ])('written %s is in force: %j', (_case, at, mtimeMs, counts) => {
    const file = { blocked_until: now + 60, requests: [now - 5], ...(at !== null && { written_at: at }) };
    const read = parse(JSON.stringify(file), mtimeMs);
    expect(read).toMatchObject({ blockedUntil: counts ? NOW + MINUTE : 0, requests: [NOW - 5 * SECOND] });
    expect(read?.ahead === undefined).toBe(counts);
  });

  it('from the future is not in force, and its requests count as sent now at the latest', () => {
    const requests = [now - 100, now + 3, now + 300, now + 9999];
    const file = { blocked_until: now + 900, error: 'timeout', failures: 3, written_at: now + 300, requests };
    expect(parse(JSON.stringify({ ...file, credentials: 'c', token: 'abcdef01:23456789' }))).toEqual({
      blockedUntil: 0,
      error: null,
      failures: 0,
      writtenAt: NOW,
      credentials: 'c',
      requests: [NOW - 100 * SECOND, NOW, NOW, NOW],
      tokenHash: 'abcdef01:23456789',
      ahead: 300 * SECOND,
    });
  });

  it('from the future has the present time once it was written again, and records the other clock', () => {
    const read = parse(`{"blocked_until":1,"written_at":${now + 300},"requests":[${now + 300}]}`)!;
    const again = parseBackoff(serializeBackoff(withOwnClock(read, NOW)), NOW, NOW + MINUTE);
    expect(again).toEqual({
      ...lock({ blockedUntil: 0, error: null, failures: 0, credentials: null, requests: [NOW] }),
      otherClock: { at: NOW, other: NOW + 300 * SECOND },
    });
    const far = parse(`{"blocked_until":1,"written_at":${now + 86_400},"requests":[]}`)!;
    expect(withOwnClock(far, NOW)).not.toHaveProperty('otherClock');
    expect(withOwnClock(lock(), NOW)).toEqual(lock());
  });

  it.each<[string, number, number]>([
    ['can only be the one behind', 299, 0],
    ['may be the one ahead', 300, 300],
    ['may be the one ahead for an hour', 3899, 300],
    ['has not seen the other one for an hour', 3900, 0],
  ])('of two clocks allows for the difference where the own one %s', (_case, later, error) => {
    const apart = { at: NOW, other: NOW + 300 * SECOND };
    expect(clockError(lock({ otherClock: apart }), NOW + later * SECOND)).toBe(error * SECOND);
  });

  it.each<[string, unknown]>([
    ['token', 'sk-ant-oat01-x'],
    ['token', 'abcdef01'],
    ['token', 7],
    ['waived_at', '1'],
    ['waived_at', null],
    ['apart', [now]],
    ['apart', [now + 60, now]],
    ['apart', [now + 60, now + 120]],
    ['apart', 'x'],
  ])('with the key %s and the value %j counts as without this key', (key, value) => {
    const text = JSON.stringify({ ...JSON.parse(serializeBackoff(lock())), [key]: value });
    expect(parse(text)).toEqual(lock());
  });

  it('with a waiver from the future has one of now', () => {
    expect(parse(`{"blocked_until":1,"waived_at":${now + 900}}`)?.waivedAt).toBe(NOW);
  });

  it.each<[string, number, boolean]>([
    ['5 s ahead', NOW + 5 * SECOND, true],
    ['more than 5 s ahead', NOW + 5001, false],
  ])('that is foreign and was changed %s is in force: %j', (_case, mtimeMs, counts) => {
    expect(parse('x', mtimeMs)).toEqual(counts ? foreignLock(mtimeMs) : null);
  });

  it.each(REFRESH_CODES)('can have the error %s', (error) => {
    expect(parse(serializeBackoff(lock({ error })))?.error).toBe(error);
  });

  it.each<unknown>([...LOCAL_CODES, 'none', '', null, 429, { code: 'timeout' }])(
    'about %j is about nothing, and blocks all the same',
    (error) => {
      const text = JSON.stringify({ blocked_until: now + 60, error });
      expect(parse(text)).toMatchObject({ error: null, blockedUntil: NOW + MINUTE });
    },
  );

  it.each<[string, number]>([
    ['3', 3],
    ['0', 0],
    ['-1', 0],
    ['1.5', 0],
    ['"3"', 0],
    ['null', 0],
    ['1e999', 0],
    ['9007199254740993', 1000],
  ])('with %s failures counts %i', (failures, counted) => {
    expect(parse(`{"blocked_until":1,"failures":${failures}}`)?.failures).toBe(counted);
  });

  it.each<unknown>([null, 7, ['x'], {}])('of the credentials %j is of none', (credentials) => {
    expect(parse(JSON.stringify({ blocked_until: 1, credentials }))?.credentials).toBeNull();
  });

  it.each<[string, string, number[]]>([
    ['numbers', `[${now - 120},${now - 60.5}]`, [NOW - 2 * MINUTE, NOW - 60_500]],
    ['numbers and rubbish', `["${now}",null,${now - 60},[1],1e999,{}]`, [NOW - MINUTE]],
    ['one later than it was written', `[${now + 1},${now + 99_999}]`, [NOW, NOW]],
    ['null', 'null', []],
    ['a number', '5', []],
    ['an object', `{"0":${now}}`, []],
  ])('with requests %s', (_case, requests, read) => {
    expect(parse(`{"blocked_until":1,"written_at":${now},"requests":${requests}}`)?.requests).toEqual(read);
  });

  it('without written_at has no request later than the mtime', () => {
    expect(parse(`{"blocked_until":1,"requests":[${now}]}`)?.requests).toEqual([NOW - CHANGED]);
  });

  it('with 500 000 requests does not break the budget', () => {
    const requests = Array.from({ length: 500_000 }, () => 1);
    const read = parse(JSON.stringify({ blocked_until: 1, requests }));
    expect(judgeBudget({ backoff: read, attempts: [] }, NOW, null, provider.budget).kind).toBe('granted');
  });

  it('ends within a day and throws nothing, whatever it contains', () => {
    const value = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(2 ** 63, now, now + 4), fc.jsonValue());
    const keys = { blocked_until: value, written_at: value, requests: fc.array(value), failures: value };
    const text = fc.oneof(
      fc.record(keys, { requiredKeys: [] }).map((any) => JSON.stringify(any)),
      fc.string(),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: NOW - 2 * DAY, max: NOW + 2 * DAY }), (any, mtimeMs) => {
        const read = parse(any, mtimeMs);
        if (read === null) return;
        expect(read.blockedUntil).toBeLessThanOrEqual(NOW + DAY + 5 * SECOND);
        expect(read.writtenAt).toBeLessThanOrEqual(NOW + 5 * SECOND);
        for (const at of read.requests) expect(at).toBeLessThanOrEqual(read.writtenAt);
        if (read.ahead !== undefined) expect(read.blockedUntil).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the file usage.lock', () => {
  const system = fakeSystem({ fs: careful });
  const path = join(system.root, 'the text of usage.lock');
  const read = () => readBackoff(system, path, NOW);
  const fresh = (arrange: () => unknown) => {
    fs.rmSync(path, { recursive: true, force: true });
    arrange();
    return read();
  };

  it('is read with its mtime', () => {
    fresh(() => fs.writeFileSync(path, '{"blocked_until":1e999}'));
    fs.utimesSync(path, now - 100, now - 100);
    expect(read()).toMatchObject({ writtenAt: NOW - 100 * SECOND, blockedUntil: NOW - 100 * SECOND + DAY });
  });

  it('is foreign when it is not UTF-8', () => {
    fresh(() => fs.writeFileSync(path, Uint8Array.of(0xff)));
    fs.utimesSync(path, now - 7, now - 7);
    expect(read()).toEqual(foreignLock(NOW - 7 * SECOND));
    fs.utimesSync(path, now + 60, now + 60);
    expect(read()).toBeNull();
  });

  it.each<[string, () => unknown]>([
    ['is not there', () => {}],
    ['is a directory', () => fs.mkdirSync(path)],
    ['is a FIFO', () => execFileSync('mkfifo', [path])],
    ['is over 1 MiB', () => fs.writeFileSync(path, '{"blocked_until":1e999}'.padEnd(MAX_FILE_BYTES + 1))],
    [
      'is a link',
      () => {
        fs.writeFileSync(`${path}.there`, '{"blocked_until":1e999}');
        fs.symlinkSync(`${path}.there`, path);
      },
    ],
  ])('counts as absent when it %s', (_case, arrange) => {
    expect(fresh(arrange)).toBeNull();
  });

  it('counts as absent when it may not be read', () => {
    fresh(() => fs.writeFileSync(path, '{"blocked_until":1e999}'));
    expect(readBackoff({ ...system, fs: disk({ readFileSync: failing('EACCES') }) }, path, NOW)).toBeNull();
  });
});

describe('two backoffs of one account', () => {
  const early = lock({
    blockedUntil: NOW + MINUTE,
    error: 'timeout',
    writtenAt: NOW,
    requests: [NOW - 9, NOW - 5],
  });
  const late = lock({ blockedUntil: NOW + 2 * MINUTE, writtenAt: NOW - 8, requests: [NOW - 8, NOW - 5] });

  it.each([
    ['first', early, late],
    ['last', late, early],
  ])('are merged to the later end and all requests, with the earlier one %s', (_case, a, b) => {
    expect(mergeBackoffs(a, b)).toEqual({
      ...late,
      writtenAt: NOW,
      requests: [NOW - 9, NOW - 8, NOW - 5],
    });
  });

  it.each([
    ['the first', early, null, early],
    ['the second', null, late, late],
    ['neither', null, null, null],
  ])('are %s when there is no other', (_case, a, b, merged) => {
    expect(mergeBackoffs(a, b)).toEqual(merged);
  });

  it('keep two requests of the same second apart', () => {
    const twice = lock({ requests: [NOW, NOW] });
    expect(mergeBackoffs(twice, lock({ requests: [] }))?.requests).toEqual([NOW, NOW]);
    expect(mergeBackoffs(lock({ requests: [] }), twice)?.requests).toEqual([NOW, NOW]);
  });
});

describe('two backoffs of one account with a token, a waiver or the clock of another machine', () => {
  const older = (over: Partial<Backoff>) => lock({ writtenAt: NOW - MINUTE, ...over });
  const clock = { at: NOW - MINUTE, other: NOW };
  const secondClock = { at: NOW - 2 * MINUTE, other: NOW };

  it.each<[string, Partial<Backoff>, Partial<Backoff>, Partial<Backoff>]>([
    ['the token of the later backoff', { tokenHash: 'a:1' }, { tokenHash: 'b:2' }, { tokenHash: 'b:2' }],
    [
      'the token of the earlier backoff, if the later has none',
      { tokenHash: 'a:1' },
      {},
      { tokenHash: 'a:1' },
    ],
    [
      'the token of the later backoff, if the earlier has none',
      {},
      { tokenHash: 'b:2' },
      { tokenHash: 'b:2' },
    ],
    ['the later waiver', { waivedAt: 7 }, { waivedAt: 5 }, { waivedAt: 7 }],
    ['the only waiver', {}, { waivedAt: 5 }, { waivedAt: 5 }],
    [
      'the other clock of the later backoff',
      { otherClock: clock },
      { otherClock: secondClock },
      { otherClock: secondClock },
    ],
    [
      'the other clock of the earlier backoff, if the later has none',
      { otherClock: clock },
      {},
      { otherClock: clock },
    ],
    [
      'the other clock of the later backoff, if the earlier has none',
      {},
      { otherClock: clock },
      { otherClock: clock },
    ],
    ['the larger lead over the own clock', { ahead: 7 }, { ahead: 5 }, { ahead: 7 }],
    ['the only lead', {}, { ahead: 5 }, { ahead: 5 }],
  ])('keep %s, in either order', (_, first, second, kept) => {
    const a = older(first);
    const b = lock(second);
    expect(mergeBackoffs(a, b)).toMatchObject(kept);
    expect(mergeBackoffs(b, a)).toMatchObject(kept);
  });

  it('lack the fields that neither record has', () => {
    const merged = mergeBackoffs(older({}), lock());
    for (const key of ['tokenHash', 'waivedAt', 'otherClock', 'ahead'])
      expect(merged).not.toHaveProperty(key);
  });
});

/** The text of a backoff, with some fields replaced. */
const textWith = (fields: object) =>
  JSON.stringify({ ...(JSON.parse(serializeBackoff(lock())) as object), ...fields });

describe('the clock of another machine in usage.lock', () => {
  const read = (value: unknown) => parse(textWith({ apart: value }))?.otherClock;

  it.each([
    ['is read', [now - 60, now], { at: NOW - MINUTE, other: NOW }],
    ['is read where both clocks agree', [now, now], { at: NOW, other: NOW }],
    [
      'is read up to 5 s in the future',
      [now + 5, now + 9],
      { at: NOW + 5 * SECOND, other: NOW + 9 * SECOND },
    ],
    ['is left out more than 5 s in the future', [now + 6, now + 9], undefined],
    ['is left out where it is behind the own clock', [now, now - 1], undefined],
    ['is left out with one number', [now], undefined],
    ['is left out with a text', ['x', now], undefined],
    ['is left out as an object', { at: now, other: now }, undefined],
  ])('%s', (_, value, expected) => {
    expect(read(value)).toEqual(expected);
  });

  it.each([
    [
      'is recorded from a lead of up to fifteen minutes',
      15 * MINUTE,
      { otherClock: { at: NOW, other: NOW + 15 * MINUTE } },
    ],
    ['is not recorded from a longer lead, which shows that a clock was set back', 15 * MINUTE + 1, {}],
  ])('%s', (_, ahead, expected) => {
    expect(otherClock(lock({ ahead }), NOW)).toEqual(expected);
  });

  it('is kept for an hour after the last write of that clock', () => {
    const recorded = { otherClock: { at: NOW - 2 * MINUTE, other: NOW } };
    expect(otherClock(lock(recorded), NOW + 60 * MINUTE - 1)).toEqual(recorded);
    expect(otherClock(lock(recorded), NOW + 60 * MINUTE)).toEqual({});
    expect(otherClock(lock(), NOW)).toEqual({});
    expect(otherClock(null, NOW)).toEqual({});
  });

  it('leaves a backoff without a future time as it is', () => {
    const kept = lock({ writtenAt: NOW - MINUTE });
    expect(withOwnClock(kept, NOW)).toEqual(kept);
  });

  it('gives a backoff with a future time the present time', () => {
    const ahead = lock({ writtenAt: NOW + MINUTE, ahead: MINUTE });
    const { ahead: _, ...rest } = ahead;
    const clock = { at: NOW, other: NOW + MINUTE };
    expect(withOwnClock(ahead, NOW)).toEqual({ ...rest, writtenAt: NOW, otherClock: clock });
  });
});

describe('the token in usage.lock', () => {
  const read = (token: unknown) => parse(textWith({ token }))?.tokenHash;
  const half = '0123456789abcdef';

  it.each([
    ['is read as a key and a hash', `${half}:${half}`, `${half}:${half}`],
    ['is ignored with text before them', `x${half}:${half}`, undefined],
    ['is ignored with text after them', `${half}:${half}x`, undefined],
    ['is ignored as a number', 7, undefined],
    ['is ignored as a list', [`${half}:${half}`], undefined],
  ])('%s', (_, token, expected) => {
    expect(read(token)).toBe(expected);
  });
});
