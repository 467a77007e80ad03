import fs from 'node:fs';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseBackoff, serializeBackoff } from '../../src/cache/backoff.ts';
import type { Usage } from '../../src/usage/model.ts';
import { DAY, HOUR, SECOND } from '../../src/usage/time.ts';
import { NOW } from '../support/build.ts';
import { aSnapshot, asker, fakeProvider } from '../support/provider.ts';
import type { FakeProvider } from '../support/provider.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';
import { expectPromises } from './promises.ts';
import {
  anyBytes,
  corpus,
  damaged,
  jsonTextLike,
  numbersIn,
  PATIENCE,
  runs,
  useMemoryAsDisk,
} from './support.ts';

const textsOf = (name: string) => corpus(name).map(({ text }) => text);
const parsed = (text: string): unknown[] => {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
};
/** Texts like those of the corpus, intact and damaged, and random bytes. */
const bytesLike = (texts: readonly string[]) => {
  const text = jsonTextLike(texts.flatMap(parsed));
  return fc.oneof(
    { weight: 4, arbitrary: text.map((whole) => Buffer.from(whole)) },
    { weight: 2, arbitrary: damaged(text) },
    { weight: 1, arbitrary: anyBytes },
  );
};
const entries = textsOf('usage-files');
const locks = textsOf('lock-files');
const anyEntry = bytesLike(entries);
const anyLock = bytesLike(locks);

let system: FakeSystem;
let provider: FakeProvider;
let ask: ReturnType<typeof asker>['ask'];
let paths: { entry: string; lock: string };

beforeAll(useMemoryAsDisk);
beforeEach(() => {
  system = fakeSystem();
  provider = fakeProvider(system);
  ({ ask } = asker(system, provider));
  const directory = join(system.root, '.cache', 'usageline', 'claude');
  paths = { entry: join(directory, 'usage.json'), lock: join(directory, 'usage.lock') };
});

/** Writes a file with the given time as its mtime; null removes the file. */
function put(path: string, bytes: Buffer | null, at = NOW): void {
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.rmSync(path, { force: true });
  if (bytes === null) return;
  fs.writeFileSync(path, bytes);
  fs.utimesSync(path, at / 1000, at / 1000);
}

/** The values that a reader can find in these bytes if they are JSON. */
const numbersOf = (bytes: Buffer) => numbersIn(...parsed(bytes.toString('utf8')));

describe('any bytes as usage.json and usage.lock', () => {
  const orNone = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 4 });
  const files: [Buffer | null, Buffer | null][] = [
    ...entries.map((text): [Buffer, null] => [Buffer.from(text), null]),
    ...locks.map((text): [Buffer, Buffer] => [Buffer.from(entries[0]!), Buffer.from(text)]),
    ...locks.map((text): [null, Buffer] => [null, Buffer.from(text)]),
  ];

  it(
    'are read, decided on and shown by calls that send no request',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          orNone(anyEntry),
          orNone(anyLock),
          fc.constantFrom('cached', 'background'),
          fc.constantFrom('fingerprint-1', 'fingerprint-2', null),
          async (entry, lock, policy, fingerprint) => {
            put(paths.entry, entry);
            put(paths.lock, lock);
            provider.currentFingerprint = fingerprint;
            const { usage } = await ask({ policy, sendsUncached: false });
            expectPromises(usage, entry ? numbersOf(entry) : []);
            expectSoon(usage);
            expect(provider.sent).toEqual([]);
            if (entry) expect(fs.readFileSync(paths.entry), 'looking changes nothing').toEqual(entry);
          },
        ),
        {
          numRuns: runs(350),
          examples: files.map(([entry, lock]) => [entry, lock, 'cached', 'fingerprint-1']),
        },
      );
    },
    PATIENCE,
  );

  it(
    'lead to at most one request, and to valid files',
    async () => {
      await fc.assert(
        fc.asyncProperty(orNone(anyEntry), orNone(anyLock), fc.boolean(), async (entry, lock, succeeds) => {
          fs.rmSync(dirname(paths.entry), { recursive: true, force: true });
          put(paths.entry, entry);
          put(paths.lock, lock);
          provider.sent.length = 0;
          provider.respond = () =>
            succeeds ? { ok: true, value: aSnapshot } : { ok: false, failure: { code: 'server_error' } };
          const { usage } = await ask();
          expectPromises(usage, [...(entry ? numbersOf(entry) : []), ...numbersIn(aSnapshot)]);
          expectSoon(usage);
          expect(provider.sent.length).toBeLessThanOrEqual(1);
          if (provider.sent.length === 0) return;
          const text = fs.readFileSync(paths.lock, 'utf8');
          const written = parseBackoff(text, 0, NOW)!;
          // Numbers above a thousand are not tracked.
          const counted = text.replace('"failures":1001', '"failures":1000');
          expect(serializeBackoff(written), 'a written lock has the parts that were read').toBe(counted);
          expect(written.requests).toContain(NOW);
          if (succeeds) expect((await ask({ policy: 'cached' })).usage.state).toBe('fresh');
        }),
        { numRuns: runs(150), examples: files.map(([entry, lock]) => [entry, lock, true]) },
      );
    },
    PATIENCE,
  );

  it(
    'never block longer than a day after they were written',
    () => {
      fc.assert(
        fc.property(anyLock, fc.integer({ min: -2 * DAY, max: 2 * DAY }), (bytes, written) => {
          const lock = parseBackoff(bytes.toString('utf8'), NOW + written, NOW);
          if (lock === null) return;
          expect(lock.blockedUntil).toBeLessThanOrEqual(NOW + DAY + 5 * SECOND);
          expect(lock.writtenAt).toBeLessThanOrEqual(NOW + 5 * SECOND);
          for (const at of lock.requests) expect(at).toBeLessThanOrEqual(lock.writtenAt);
        }),
        { numRuns: runs(1000), examples: locks.map((text): [Buffer, number] => [Buffer.from(text), 0]) },
      );
    },
    PATIENCE,
  );

  /** The announced time of the next attempt is never further away than a backoff and an hour of budget. */
  function expectSoon({ error }: Usage): void {
    if (error?.retryAt == null) return;
    expect(error.retryAt).toBeLessThanOrEqual(NOW + DAY + HOUR + 10 * SECOND);
    expect(error.retryAt).toBeGreaterThan(NOW);
  }
});
