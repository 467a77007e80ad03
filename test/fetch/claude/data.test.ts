import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseResponse, parseUsageData } from '../../../src/fetch/claude/data.ts';
import { anyBody, body, CAPTURED } from './bodies.ts';
import type { Body } from './bodies.ts';
import { parseBySchema, usageDataSchema } from './schema.ts';

const bucket = (utilization: unknown, resets_at: unknown = null) => ({ utilization, resets_at });
const RUNS = { numRuns: 1000 };

describe('the parser by hand and the schema', () => {
  it('read the same from any data of a cache file', () => {
    fc.assert(
      fc.property(anyBody, (any) => {
        expect(parseUsageData(any)).toEqual(usageDataSchema.parse(any));
      }),
      RUNS,
    );
  });

  it('read the same from any response', () => {
    fc.assert(
      fc.property(anyBody, (any) => {
        expect(parseResponse(any)).toEqual(parseBySchema(any));
      }),
      RUNS,
    );
  });

  it('both accept nothing but an object', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(fc.jsonValue()), fc.constantFrom(null, 0, '', true)), (any) => {
        expect(parseUsageData(any)).toBeNull();
        expect(usageDataSchema.safeParse(any).success).toBe(false);
      }),
    );
  });

  it('read from the cache exactly the response, for any response', () => {
    fc.assert(
      fc.property(anyBody, (any) => {
        const written = JSON.parse(JSON.stringify(parseResponse(any))) as Body;
        expect(parseUsageData(written)).toEqual(written);
      }),
      RUNS,
    );
  });
});

describe.each([
  ['by hand', (any: Body) => parseResponse(any)],
  ['by schema', (any: Body) => parseBySchema(any)],
])('a response read %s', (_name, parse) => {
  const part = (name: string, any: unknown) => (parse({ [name]: any }) as Body)[name];

  it.each([
    ['null', null, null],
    ['without a reset', bucket(22), bucket(22)],
    ['whose reset is missing', { utilization: 22 }, bucket(22)],
    ['with more keys', { ...bucket(22), more: 1 }, { ...bucket(22), more: 1 }],
    ['over 100', bucket(140), bucket(140)],
    ['below 0', bucket(-1), bucket(null)],
    ['as text', bucket('22'), bucket(null)],
    ['beyond all numbers', bucket(Infinity), bucket(null)],
    ['without a percentage', bucket(null), bucket(null)],
    ['that is empty', {}, bucket(null)],
    ['that is a number', 22, undefined],
    ['that is a list', [22], undefined],
    [
      'with microseconds',
      bucket(1, '2026-04-19T05:00:00.112536+00:00'),
      bucket(1, '2026-04-19T05:00:00.112536+00:00'),
    ],
    ['whose reset is no RFC 3339 time', bucket(1, 'April 19, 2026'), bucket(1)],
    ['whose reset is a number', bucket(1, 1_776_574_800), bucket(1)],
  ])('has a bucket %s', (_case, any, read) => {
    expect(part('five_hour', any)).toEqual(read);
  });

  it('keeps the valid limits beside broken ones', () => {
    const good = { kind: 'session', percent: 5, resets_at: null, scope: null, is_active: false };
    expect(part('limits', [null, { kind: 'session' }, { ...good, percent: -1 }, good, 'x'])).toEqual([good]);
    expect(part('limits', {})).toBeUndefined();
  });

  it.each([
    [{ model: { display_name: 7 } }, { model: { display_name: 7 } }],
    [
      { model: null, surface: 'cowork' },
      { model: null, surface: 'cowork' },
    ],
    [{}, {}],
    ['cowork', null],
    [[], null],
    [undefined, null],
  ])('keeps the scope %j of a limit when it is an object', (scope, read) => {
    const limit = { kind: 'weekly_scoped', percent: 5, resets_at: null };
    expect(part('limits', [{ ...limit, scope }])).toEqual([{ ...limit, scope: read }]);
  });

  it.each([
    [null, null],
    [{}, {}],
    [{ rows: null }, { rows: [] }],
    [{ rows: {} }, { rows: [] }],
    ['x', undefined],
    [[], undefined],
    [
      { as_of: 1, rows: [null, 7, { percent: 'x' }, { percent: -1 }, { percent: 3, key: 'chat', more: 1 }] },
      { as_of: 1, rows: [{ percent: 3, key: 'chat', more: 1 }] },
    ],
  ])('keeps the rows of the breakdown %j that have a percentage', (any, read) => {
    expect(part('seven_day_breakdown', any)).toEqual(read);
  });

  it.each([
    ['null', null, null],
    [
      'off',
      { is_enabled: false },
      { is_enabled: false, monthly_limit: null, used_credits: null, utilization: null, currency: null },
    ],
    ['without saying whether', { used_credits: 5 }, undefined],
    [
      'with broken amounts',
      { is_enabled: true, used_credits: '5', monthly_limit: -1, utilization: [], currency: 9 },
      { is_enabled: true, monthly_limit: null, used_credits: null, utilization: null, currency: null },
    ],
  ])('has extra usage %s', (_case, any, read) => {
    expect(part('extra_usage', any)).toEqual(read);
  });

  it.each([
    [2, { amount_minor: 5, currency: 'USD', exponent: 2 }],
    [0, { amount_minor: 5, currency: 'USD', exponent: 0 }],
    [8, { amount_minor: 5, currency: 'USD', exponent: 8 }],
    [9, null],
    [-1, null],
    [1.5, null],
    ['2', null],
  ])('has spend of the exponent %j', (exponent, used) => {
    const spend = { enabled: true, used: { amount_minor: 5, currency: 'USD', exponent }, limit: null };
    expect(part('spend', spend)).toEqual({ enabled: true, percent: null, used, limit: null });
  });

  it('keeps unknown keys of any name under `unknown_buckets`', () => {
    const any = JSON.parse('{"cached_at":1,"__proto__":{"a":1},"toString":2,"five_hour":null}') as Body;
    const data = parse(any) as unknown as Body;
    expect(Object.keys(data).sort()).toEqual(['five_hour', 'unknown_buckets']);
    expect(Object.entries(data.unknown_buckets as Body).sort()).toEqual([
      ['__proto__', { a: 1 }],
      ['cached_at', 1],
      ['toString', 2],
    ]);
  });

  it('takes a key `unknown_buckets` of the endpoint for an unknown key', () => {
    expect(parse({ b: 2, unknown_buckets: { a: 1 } })).toEqual({
      unknown_buckets: { b: 2, unknown_buckets: { a: 1 } },
    });
  });

  it('is empty for an empty object', () => {
    expect(parse({})).toEqual({});
  });

  it.each(CAPTURED)('loses nothing of the captured response %s', (name) => {
    const { unknown_buckets: unknown = {}, ...data } = parse(body(name)) as unknown as Body;
    // What is absent may be null.
    expect({ ...data, ...(unknown as Body) }).toMatchObject(body(name));
  });
});

describe('data of a cache file', () => {
  it('are read in bounded time with as many unknown keys as a file can have', () => {
    const drawer = Object.fromEntries(Array.from({ length: 130_000 }, (_, index) => [`k${index}`, 1]));
    const data = parseUsageData({ unknown_buckets: drawer }) as unknown as Body;
    expect(Object.keys(data.unknown_buckets as Body)).toHaveLength(130_000);
  });

  it('have unknown keys outside of `unknown_buckets` moved into it', () => {
    expect(parseUsageData({ a: 1, unknown_buckets: { b: 2 } })).toEqual({ unknown_buckets: { a: 1, b: 2 } });
  });
});
