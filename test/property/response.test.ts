import { claudeReader } from '../../src/fetch/claude/reader.ts';
import fs from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEntry } from '../support/claude.ts';
import { serializeEntry } from '../../src/cache/entry.ts';
import type { Entry } from '../../src/cache/entry.ts';
import { defaultSettings } from '../../src/config/settings.ts';
import { provider } from '../../src/fetch/registry.ts';
import { toUsage } from '../../src/resolve/to-usage.ts';
import { judgeEntry } from '../../src/resolve/freshness.ts';
import { isObject } from '../../src/usage/values.ts';
import type { Usage } from '../../src/usage/model.ts';
import { parseResponse } from '../../src/fetch/claude/data.ts';
import { DAY, MINUTE, SECOND } from '../../src/usage/time.ts';
import { extraUsageOf, windowsOf } from '../../src/fetch/claude/windows.ts';
import { NOW } from '../support/build.ts';
import { expectPromises } from './promises.ts';
import { corpus, hostileText, jsonTextLike, numbersIn, PATIENCE, runs } from './support.ts';

const captured = fs
  .readdirSync(new URL('../fixtures/claude/', import.meta.url))
  .filter((name) => !name.startsWith('credentials'))
  .map((name) => JSON.parse(fs.readFileSync(new URL(`../fixtures/claude/${name}`, import.meta.url), 'utf8')));
const interesting = corpus('bodies').map(({ text }) => text);
const samples = [...captured, ...interesting.map((text) => JSON.parse(text) as unknown)];

const anyText = jsonTextLike(samples);
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const circumstances = fc.record({
  plan: orNull(hostileText),
  accountId: orNull(hostileText),
  credentials: orNull(hostileText),
  /** The age of the entry when it is shown, ms. */
  age: fc.oneof(
    fc.constantFrom(0, 59 * SECOND, 179_999, 180_000, DAY - 1, DAY, -5 * SECOND, -5001),
    fc.integer({ min: -DAY, max: 8 * DAY }),
  ),
});
type Circumstances = typeof circumstances extends fc.Arbitrary<infer T> ? T : never;
const plainly: Circumstances = {
  plan: 'max_20x',
  accountId: 'ada',
  credentials: 'fingerprint-1',
  age: MINUTE,
};

describe('any response', () => {
  const settings = defaultSettings({});

  const shown = (entry: Entry, age: number): Usage => {
    const now = entry.cachedAt + age;
    const { freshness } = judgeEntry(entry, now, entry.credentials, settings, () => 'unknown');
    const [error, source, pending, account] = [null, 'cache', false, 'default'] as const;
    const decidedAt = now;
    return toUsage({
      entry,
      provider,
      freshness,
      error,
      source,
      pending,
      account,
      decidedAt,
      now,
      settings,
    });
  };

  /** JSON.parse keeps -0, and `JSON.stringify` writes 0. */
  const unsigned = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

  it(
    'is stored, read again and shown: only with its own numbers, and without control characters',
    () => {
      fc.assert(
        fc.property(anyText, circumstances, (text, { age, ...about }) => {
          const body: unknown = JSON.parse(text);
          if (!isObject(body)) return;
          const data = parseResponse(body);
          const cachedAt = NOW - MINUTE;
          const entry: Entry = { cachedAt, data, reader: claudeReader, error: null, ...about };
          const written = serializeEntry(entry);
          expect(Buffer.from(written).toString(), 'valid UTF-8').toBe(written);
          const read = parseEntry(written);
          expect(read).toMatchObject({ cachedAt, error: null, ...about });
          for (const at of [cachedAt, cachedAt + age]) {
            expect(windowsOf(read!.data!, cachedAt, at)).toEqual(unsigned(windowsOf(data, cachedAt, at)));
          }
          expect(extraUsageOf(read!.data!)).toEqual(unsigned(extraUsageOf(data)));
          expect(serializeEntry(read!), 'nothing changes by being read').toBe(written);
          expectPromises(shown(read!, age), numbersIn(body));
        }),
        { numRuns: runs(700), examples: interesting.map((text) => [text, plainly]) },
      );
    },
    PATIENCE,
  );

  it(
    'nested deeper than JSON can be written is cut off and not lost',
    () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 30_000 }), fc.constantFrom('[', '{"a":'), (depth, open) => {
          const close = open === '[' ? ']' : '}';
          const deep = `${open.repeat(depth)}1${close.repeat(depth)}`;
          const text = `{"five_hour":{"utilization":7,"resets_at":null,"deep":${deep}},"other":${deep}}`;
          const data = parseResponse(JSON.parse(text) as Record<string, unknown>);
          const entry = parseEntry(
            serializeEntry({ ...plainly, cachedAt: NOW, data, reader: claudeReader, error: null }),
          );
          expect(shown(entry!, 0).windows.map(({ usedPercent }) => usedPercent)).toEqual([7]);
        }),
        {
          numRuns: runs(30),
          examples: [
            [30_000, '['],
            [30_000, '{"a":'],
          ],
        },
      );
    },
    PATIENCE,
  );
});
