import { claudeReader } from '../../src/fetch/claude/reader.ts';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { parseEntry, readEntry } from '../support/claude.ts';
import { serializeEntry } from '../../src/cache/entry.ts';
import type { Entry } from '../../src/cache/entry.ts';
import { MAX_FILE_BYTES } from '../../src/platform/files.ts';
import { LOCAL_CODES, REFRESH_CODES } from '../../src/usage/failure.ts';
import { parseResponse } from '../../src/fetch/claude/data.ts';
import { usageDataSchema } from '../fetch/claude/schema.ts';
import { parseTime } from '../../src/usage/time.ts';
import { fakeSystem } from '../support/system.ts';
import { anyBody, body, CAPTURED } from '../fetch/claude/bodies.ts';
import type { Body } from '../fetch/claude/bodies.ts';
import { careful, disk, failing } from './disk.ts';

const system = fakeSystem({ fs: careful });
const path = join(system.root, 'usage.json');
const CACHED_AT = '2026-11-20T18:23:12.000Z';
const bucket = { utilization: 22, resets_at: '2026-11-20T23:02:00.000000+00:00' };

const entry = (over: Partial<Entry> = {}): Entry => ({
  cachedAt: Date.parse(CACHED_AT),
  data: { five_hour: bucket, seven_day: null },
  reader: claudeReader,
  error: null,
  plan: 'max_20x',
  accountId: '0b1d0f5e-0000-4000-8000-000000000001',
  credentials: '1795198000000:512:77 absent',
  ...over,
});

/** The four keys that other programs write. */
const file = (over: Body = {}): Body => ({
  schema_version: 1,
  cached_at: CACHED_AT,
  data: { five_hour: bucket, seven_day: null },
  error: null,
  ...over,
});
const without = (key: string) => Object.fromEntries(Object.entries(file()).filter(([name]) => name !== key));

function written(content: string | Uint8Array) {
  fs.rmSync(path, { recursive: true, force: true });
  fs.writeFileSync(path, content);
  return readEntry(system, path);
}

const MISS = { kind: 'miss', denied: null, absent: false };

describe('usage.json', () => {
  it.each<[string, Partial<Entry>]>([
    ['data with plan, account and fingerprint', {}],
    ['data of an unknown account', { plan: null, accountId: null, credentials: null }],
    ['data of an account in an organisation', { organizationId: 'o-1' }],
    ['names', { accountName: 'Ada', organizationName: 'Analytical Engines' }],
    ['data of an account that could not be read', { accountId: null, accountUnread: true }],
    ['data without any window', { data: {} }],
    ['a failure without data', { data: null, error: 'timeout', plan: null, accountId: null }],
    ['the token of the request', { token: 'abcdef01:23456789' }],
    ['the end of the login', { loginUntil: Date.parse(CACHED_AT) + 20 * 86_400_000 }],
    ['a time with milliseconds', { cachedAt: Date.parse(CACHED_AT) + 345 }],
    ['unknown keys', { data: { unknown_buckets: { omelette_promotional: null, cached_at: 1 } } }],
  ])('is read as it was written: %s', (_case, over) => {
    const before = entry(over);
    expect(written(serializeEntry(before))).toEqual({ kind: 'entry', entry: before });
  });

  it.each(CAPTURED)('keeps the captured response %s', (name) => {
    const before = entry({ data: parseResponse(body(name)) });
    expect(parseEntry(serializeEntry(before))).toEqual(before);
  });

  it.each(REFRESH_CODES)('keeps the failure %s', (error) => {
    expect(parseEntry(serializeEntry(entry({ data: null, error })))).toMatchObject({ data: null, error });
  });

  it('is one line, with the four public keys first', () => {
    const text = serializeEntry(entry());
    expect(text.endsWith('}\n')).toBe(true);
    expect(text.trimEnd()).not.toContain('\n');
    expect(Object.keys(JSON.parse(text) as Body).slice(0, 4)).toEqual(Object.keys(file()));
    expect(JSON.parse(text)).toMatchObject(file());
  });

  it('needs the four public keys only', () => {
    expect(written(JSON.stringify(file()))).toEqual({
      kind: 'entry',
      entry: entry({ plan: null, accountId: null, credentials: null }),
    });
  });

  it.each<[string, Body]>([
    ['unknown keys', file({ more: { five_hour: 1 }, __proto__x: 1 })],
    ['no error at all', without('error')],
    ['an error of a wrong kind', file({ error: 'timeout' })],
    ['an error of an unknown code', file({ error: { code: 'x' } })],
    ['a plan that is no text', file({ plan: 20, account_id: {}, credentials: [], token: 7 })],
    ['an end of the login that is no time', file({ login_until: 'Friday' })],
    ['an organisation that is no text', file({ organization_id: 7, account_unread: 'true' })],
    ['names that are none', file({ account_name: '\u001b[]', organization_name: [] })],
  ])('is also read with %s', (_case, any) => {
    expect(parseEntry(JSON.stringify(any))).toEqual(
      entry({ plan: null, accountId: null, credentials: null }),
    );
  });

  it('has sanitized names, whatever is in the file', () => {
    const names = { account_name: 'Ada`$(id)`\n', organization_name: `${'x'.repeat(50)}` };
    expect(parseEntry(JSON.stringify(file(names)))).toMatchObject({
      accountName: 'Ada(id)',
      organizationName: 'x'.repeat(40),
    });
  });

  it('has its data where there is an error as well', () => {
    expect(parseEntry(JSON.stringify(file({ error: { code: 'timeout' } })))).toMatchObject({
      data: { five_hour: bucket },
      error: null,
    });
  });

  it('loses a broken part, and no other', () => {
    const data = { five_hour: { utilization: '22' }, spend: 7, seven_day: bucket, limits: [{ percent: -1 }] };
    expect(parseEntry(JSON.stringify(file({ data })))?.data).toEqual({
      five_hour: { utilization: null, resets_at: null },
      seven_day: bucket,
      limits: [],
    });
  });

  it.each<[string, string]>([
    ['empty', ''],
    ['white space', ' \n'],
    ['not JSON', 'usage'],
    ['cut off', JSON.stringify(file()).slice(0, -1)],
    ['followed by more', `${JSON.stringify(file())}{}`],
    ['null', 'null'],
    ['a list', JSON.stringify([file()])],
    ['a number', '1'],
    ['behind a byte order mark', `\uFEFF${JSON.stringify(file())}`],
    ['of no version', JSON.stringify(without('schema_version'))],
    ['of another version', JSON.stringify(file({ schema_version: 2 }))],
    ['of the version "1"', JSON.stringify(file({ schema_version: '1' }))],
    ['of the version [1]', JSON.stringify(file({ schema_version: [1] }))],
    ['of the version true', JSON.stringify(file({ schema_version: true }))],
    ['without its time', JSON.stringify(without('cached_at'))],
    ['with a time that is null', JSON.stringify(file({ cached_at: null }))],
    ['with a time that is a number', JSON.stringify(file({ cached_at: 1_795_198_992 }))],
    ['with a time without a zone', JSON.stringify(file({ cached_at: '2026-11-20T18:23:12' }))],
    ['with a day for a time', JSON.stringify(file({ cached_at: '2026-11-20' }))],
    ['with a time that is none', JSON.stringify(file({ cached_at: '2026-13-20T18:23:12Z' }))],
    ['without data and error', JSON.stringify({ schema_version: 1, cached_at: CACHED_AT })],
    ['with neither data nor error', JSON.stringify(file({ data: null }))],
    ['with data that are a list', JSON.stringify(file({ data: [] }))],
    ['with data that are a text', JSON.stringify(file({ data: '{}' }))],
    ['with an unknown error alone', JSON.stringify(file({ data: null, error: { code: 'x' } }))],
    ['with an error alone that is a text', JSON.stringify(file({ data: null, error: 'timeout' }))],
  ])('is a miss when it is %s', (_case, text) => {
    expect(written(text)).toEqual(MISS);
  });

  it.each(LOCAL_CODES)('never has %s, which is no outcome of a request', (code) => {
    expect(parseEntry(JSON.stringify(file({ data: null, error: { code } })))).toBeNull();
  });

  it('is a miss wherever it is cut off', () => {
    const whole = Buffer.from(
      serializeEntry(entry({ data: parseResponse(body('2026-07-03-limits')) })).trim(),
    );
    for (let length = 0; length < whole.length; length += 1) {
      expect(written(whole.subarray(0, length)), `${length} bytes`).toEqual(MISS);
    }
    expect(written(whole).kind).toBe('entry');
  });

  it.each<[string, () => unknown]>([
    ['not UTF-8', () => fs.writeFileSync(path, Buffer.from(JSON.stringify(file({ plan: 'é' })), 'latin1'))],
    ['over 1 MiB', () => fs.writeFileSync(path, JSON.stringify(file()).padEnd(MAX_FILE_BYTES + 1))],
    ['a directory', () => fs.mkdirSync(path)],
    ['a FIFO', () => execFileSync('mkfifo', [path])],
    ['a link to a device', () => fs.symlinkSync('/dev/zero', path)],
    [
      'a link to a good one',
      () => {
        fs.writeFileSync(`${path}.there`, serializeEntry(entry()));
        fs.symlinkSync(`${path}.there`, path);
      },
    ],
    ['a link to nowhere', () => fs.symlinkSync('/nowhere', path)],
  ])('is a miss when it is %s', (_case, arrange) => {
    fs.rmSync(path, { recursive: true, force: true });
    arrange();
    expect(readEntry(system, path)).toEqual(MISS);
  });

  it('is a miss when it is a device', () => {
    expect(readEntry(system, '/dev/null')).toEqual(MISS);
  });

  it('is read up to 1 MiB', () => {
    expect(written(JSON.stringify(file()).padEnd(MAX_FILE_BYTES)).kind).toBe('entry');
  });

  it('is absent where there is no file', () => {
    expect(readEntry(system, join(system.root, 'none', 'usage.json'))).toEqual({ ...MISS, absent: true });
  });

  it.each(['EACCES', 'EPERM'])('is a miss with the reason %s when it may not be read', (denied) => {
    const refused = { ...system, fs: disk({ readFileSync: failing(denied) }) };
    expect(readEntry(refused, path)).toEqual({ kind: 'miss', denied, absent: false });
  });

  it('is a miss without a reason after any other error', () => {
    expect(readEntry({ ...system, fs: disk({ readFileSync: failing('EIO') }) }, path)).toEqual(MISS);
  });

  it.each([
    ['an unknown key', (deep: unknown) => ({ unknown_buckets: { deep } })],
    ['a known part', (deep: unknown) => ({ five_hour: { ...bucket, deep } })],
  ])('can be written when a response is nested very deeply in %s', (_case, around) => {
    const deep: unknown = JSON.parse(`${'{"a":['.repeat(20_000)}1${']}'.repeat(20_000)}`);
    const data = parseResponse({ seven_day: bucket, ...around(deep) });
    const text = serializeEntry(entry({ data }));
    expect(text.length).toBeLessThan(2000);
    const { data: read, ...rest } = parseEntry(text)!;
    expect(rest).toEqual({ ...rest, plan: 'max_20x' });
    expect(read?.seven_day).toEqual(bucket);
  });
});

/** The whole file as a zod schema, with which the hand-written parser is compared. */
const schema = z.pipe(
  z.object({
    schema_version: z.literal(1),
    cached_at: z.string().check(z.refine((value) => parseTime(value) !== null)),
    data: z.catch(z.nullable(usageDataSchema), null),
    error: z.catch(z.nullable(z.object({ code: z.enum(REFRESH_CODES) })), null),
    plan: z.catch(z.nullable(z.string()), null),
    account_id: z.catch(z.nullable(z.string()), null),
    account_unread: z.catch(z.optional(z.literal(true)), undefined),
    organization_id: z.catch(z.optional(z.string()), undefined),
    account_name: z.catch(z.optional(z.string()), undefined),
    organization_name: z.catch(z.optional(z.string()), undefined),
    credentials: z.catch(z.nullable(z.string()), null),
    token: z.catch(z.optional(z.string()), undefined),
    login_until: z.catch(z.nullable(z.string().check(z.refine((value) => parseTime(value) !== null))), null),
  }),
  z.transform((read, context): Entry => {
    if (read.data === null && read.error === null) {
      context.issues.push({ code: 'custom', input: read, message: 'nothing in it' });
    }
    return {
      cachedAt: Date.parse(read.cached_at),
      data: read.data,
      reader: claudeReader,
      error: read.data === null ? (read.error?.code ?? null) : null,
      plan: read.plan,
      accountId: read.account_id,
      ...(read.account_unread && { accountUnread: true }),
      ...(read.organization_id && { organizationId: read.organization_id }),
      ...(read.account_name && { accountName: read.account_name }),
      ...(read.organization_name && { organizationName: read.organization_name }),
      credentials: read.credentials,
      ...(read.token && { token: read.token }),
      ...(read.login_until !== null && { loginUntil: Date.parse(read.login_until) }),
    };
  }),
);

function bySchema(text: string): Entry | null {
  let any: unknown;
  try {
    any = JSON.parse(text);
  } catch {
    return null;
  }
  const read = schema.safeParse(any);
  return read.success ? read.data : null;
}

const oddities = fc.oneof(
  fc.constantFrom<unknown>(null, 1, 2, '1', '', [], {}, true, CACHED_AT, 'timeout', { code: 'timeout' }),
  fc.jsonValue({ maxDepth: 2 }),
);
const mostly = (good: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: oddities });

const envelope = fc.record(
  {
    schema_version: mostly(fc.constant(1)),
    cached_at: mostly(
      fc.constantFrom(
        CACHED_AT,
        '2026-11-20t18:23:12z',
        '2026-11-20T18:23:12.123456+05:30',
        '0000-01-01T00:00:00Z',
      ),
    ),
    data: mostly(anyBody),
    error: mostly(
      fc.constantFrom(
        ...[...REFRESH_CODES, 'budget'].map((code) => ({
          code,
        })),
      ),
    ),
    plan: oddities,
    account_id: oddities,
    credentials: oddities,
    login_until: oddities,
    more: oddities,
    __proto__x: oddities,
  },
  { requiredKeys: [] },
);

/** A real entry with a stretch of its text replaced. */
const damaged = fc
  .tuple(fc.constantFrom(...CAPTURED), fc.nat(), fc.nat(12), fc.string({ maxLength: 4 }))
  .map(([name, at, length, put]) => {
    const text = serializeEntry(entry({ data: parseResponse(body(name)) }));
    const start = at % text.length;
    return text.slice(0, start) + put + text.slice(start + length);
  });

describe('the parser agrees with the schema on', () => {
  const agree = (text: string): void => {
    expect(parseEntry(text)).toEqual(bySchema(text));
  };

  it('any envelope', () => {
    let hits = 0;
    const property = fc.property(envelope, (any) => {
      const text = JSON.stringify(any);
      agree(text);
      if (parseEntry(text)) hits += 1;
    });
    fc.assert(property, { numRuns: 2000 });
    expect(hits).toBeGreaterThan(200);
  });

  it('any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => agree(text)),
      { numRuns: 500 },
    );
  });

  it('any text', () => {
    fc.assert(fc.property(fc.string(), (text) => agree(text)));
  });

  it('real entries with damage', () => {
    fc.assert(
      fc.property(damaged, (text) => agree(text)),
      { numRuns: 2000 },
    );
  });
});
