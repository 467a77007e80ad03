import fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as fc from 'fast-check';

/** The share of its runs that a property has in `npm test`. `npm run test:all` has all of them. */
const SHARE = process.env.TESTS === 'all' ? 1 : 0.35;

/** The number of runs of a property: a share of the ordinary number, or twenty times that number with `FUZZ_RUNS=20`. */
export function runs(ordinary: number): number {
  const times = Number(process.env.FUZZ_RUNS);
  return Math.ceil(ordinary * (Number.isFinite(times) && times > 0 ? times : SHARE));
}

/** How long a property may take, ms; longer when more runs are asked for. A busy machine takes ten times as long. */
export const PATIENCE = Math.max(180_000, runs(180_000));

/** Inputs that once failed or were interesting, each with its reason. They always run first. */
export function corpus<T = { why: string; text: string }>(name: string): T[] {
  return JSON.parse(fs.readFileSync(new URL(`corpus/${name}.json`, import.meta.url), 'utf8')) as T[];
}

/** A directory in memory where the platform has one. On a real disk most of the time would be spent flushing. */
export function useMemoryAsDisk(): void {
  process.env.TMPDIR = fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

/** Texts that are special to shells, prompts, terminals and JavaScript. */
const HOSTILE = corpus('texts').map(({ text }) => text);

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  // Lone surrogates: valid in a JavaScript string, invalid in UTF-8.
  {
    weight: 1,
    arbitrary: fc
      .array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 8 })
      .map((units) => String.fromCharCode(...units)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...HOSTILE), fc.constantFrom(...HOSTILE), fc.nat(300))
      .map(([a, b, times]) => `${a}${b.repeat(times)}`.slice(0, 20_000)),
  },
);

const TIMES = [
  '2026-11-20T18:24:00Z',
  '2026-11-20T18:25:00.000001+00:00',
  '2026-11-20T23:02:00.112536+00:00',
  '2026-11-24T21:25:00Z',
  '2026-02-30T05:00:00Z',
  '2026-11-20T24:00:00Z',
  '2026-11-20T23:59:60Z',
  '0000-01-01T00:00:00+23:59',
  '9999-12-31T23:59:59-23:59',
  '2026-11-20 18:24:00',
  'now',
];
const NUMBERS = [0, -0, -1, 1, 5e-324, 0.004, 0.5, 22, 49.999, 50, 79.9999, 80, 99.5, 99.999999, 100, 140];
const HUGE = [1e21, 1.7976931348623157e308, 2 ** 53, -(2 ** 63), 1_795_199_192];

/** `1e999` is valid JSON and not a number. A placeholder stands for it until the text is written. */
const BEYOND = '\u0000beyond all numbers';

const KEYS = [
  'five_hour',
  'seven_day',
  'seven_day_opus',
  'seven_day_sonnet',
  'seven_day_oauth_apps',
  'limits',
  'extra_usage',
  'spend',
  'unknown_buckets',
  'utilization',
  'resets_at',
  'kind',
  'percent',
  'scope',
  'model',
  'display_name',
  'is_enabled',
  'enabled',
  'used',
  'limit',
  'used_credits',
  'monthly_limit',
  'currency',
  'amount_minor',
  'exponent',
  '__proto__',
  'constructor',
  'toString',
  'toJSON',
];

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, '', [], {}, BEYOND, ...NUMBERS, ...HUGE),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: 0, max: 140, noNaN: true }),
  fc.constantFrom(...TIMES),
  fc.constantFrom('session', 'weekly_all', 'weekly_scoped', 'EUR', 'JPY', 'All models', 'Opus', 'Fable'),
  hostileText,
);

const key = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 1, arbitrary: hostileText },
);

const tree: fc.Arbitrary<unknown> = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 3, arbitrary: leaf },
    { weight: 1, arbitrary: fc.array(tie('tree'), { maxLength: 4 }) },
    { weight: 2, arbitrary: fc.array(fc.tuple(key, tie('tree')), { maxLength: 5 }).map(objectOf) },
  ),
})).tree;

function objectOf(entries: readonly (readonly [string, unknown])[]): unknown {
  // fromEntries, because it treats a key named `__proto__` as a key.
  return Object.fromEntries(entries);
}

type Change = { at: number; kind: 'replace' | 'remove' | 'add'; key: string; value: unknown };

const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record<Change>({
    at: fc.nat(),
    kind: fc.constantFrom('replace', 'replace', 'remove', 'add'),
    key,
    value: tree,
  }),
  { maxLength: 4 },
);

/** JSON texts: arbitrary ones, and the given ones with values replaced, removed or added at any depth. */
export function jsonTextLike(samples: readonly unknown[]): fc.Arbitrary<string> {
  const mutated = fc
    .tuple(fc.constantFrom(...samples), changes)
    .map(([sample, list]) => textOf(list.reduce(changed, structuredClone(sample))));
  return fc.oneof({ weight: 3, arbitrary: mutated }, { weight: 1, arbitrary: tree.map(textOf) });
}

function changed(whole: unknown, { at, kind, key: name, value }: Change): unknown {
  const places = placesIn(whole);
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return value;
  const [parent, child] = place;
  if (kind === 'remove') delete parent[child];
  else
    Object.defineProperty(parent, kind === 'add' && !Array.isArray(parent) ? name : child, {
      value: structuredClone(value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return whole;
}

type Tree = Record<string, unknown>;

/** Every property of every object in a tree. */
function placesIn(node: unknown): [Tree, string][] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.keys(node).flatMap((child) => [
    [node as Tree, child] as [Tree, string],
    ...placesIn((node as Tree)[child]),
  ]);
}

function textOf(value: unknown): string {
  // JSON has one zero, and no text can contain a method named toJSON.
  return (JSON.stringify(value) ?? 'null').replaceAll(JSON.stringify(BEYOND), '1e999');
}

/** Texts cut off, doubled, or with changed bytes, as a bad disk damages files. */
export function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  return fc
    .tuple(text, fc.constantFrom('cut', 'flip', 'double', 'mark', 'none'), fc.nat(), fc.nat(255))
    .map(([whole, how, at, byte]) => {
      const bytes = Buffer.from(whole);
      const place = bytes.length === 0 ? 0 : at % bytes.length;
      if (how === 'cut') return bytes.subarray(0, place);
      if (how === 'double') return Buffer.concat([bytes, bytes]);
      if (how === 'mark') return Buffer.concat([Buffer.from('\uFEFF'), bytes]);
      if (how === 'flip' && bytes.length > 0) bytes[place] = byte;
      return bytes;
    });
}

export const anyBytes: fc.Arbitrary<Buffer> = fc
  .uint8Array({ maxLength: 300 })
  .map((bytes) => Buffer.from(bytes));

/** Every number in a value. Not recursive, because the depth is unlimited. */
export function numbersIn(...values: unknown[]): number[] {
  const found: number[] = [];
  for (const todo = values; todo.length > 0;) {
    const value = todo.pop();
    if (typeof value === 'number') found.push(value);
    else if (typeof value === 'object' && value !== null)
      for (const item of Object.values(value)) todo.push(item);
  }
  return found;
}
