import * as fc from 'fast-check';
import { BUCKETS } from '../../../src/fetch/claude/wire.ts';
import { fixture } from '../../render/usages.ts';

export type Body = Record<string, unknown>;

export const CAPTURED = [
  '2026-04-18-max',
  '2026-07-03-limits',
  '2026-08-05-max',
  'enterprise-null-five-hour',
  'extra-usage-eur',
  '2026-10-06-pool',
  'ultra-assumed-absent',
  'ultra-assumed-null',
] as const;

export function body(name: (typeof CAPTURED)[number]): Body {
  return JSON.parse(fixture(name)) as Body;
}

/** The week's use by product, as the endpoint has sent it since September 2026; the percentages are made up. */
export const BREAKDOWN = {
  as_of: '2026-09-17T09:00:00+00:00',
  window_started_at: '2026-09-12T13:00:00+00:00',
  rows: [
    { key: 'claude_code', display_name: 'Claude Code', percent: 71 },
    { key: 'chat', display_name: 'Chat', percent: 18 },
    { key: 'cowork', display_name: 'Cowork', percent: 9 },
    { key: 'other', display_name: 'Other', percent: 2 },
  ],
};

/** Values that have broken parsers before, beside ordinary JSON. */
const value = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(null, 0, -0, -1, 1e-9, 140, Infinity, '', '22', true, [], {}),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      '2026-04-19T05:00:00Z',
      '2026-02-30T05:00:00Z',
      'now',
      'EUR',
      8,
      9,
      1.5,
    ),
  },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3, noUnicodeString: false }) },
);

const key = fc.oneof(
  fc.constantFrom(
    ...BUCKETS,
    'limits',
    'extra_usage',
    'spend',
    'seven_day_breakdown',
    'rows',
    'scope',
    'locked_reason',
    'limit_dollars',
    'decimal_places',
    'unknown_buckets',
    '__proto__',
    'constructor',
    'toString',
  ),
  fc.string({ maxLength: 6 }),
);

/** Objects of our keys and others, with any values: mostly nonsense. */
const nonsense = fc
  .array(fc.tuple(key, value), { maxLength: 8 })
  .map((entries) => parsed(Object.fromEntries(entries)));

type Change = {
  readonly at: number;
  readonly kind: 'replace' | 'remove' | 'add';
  readonly key: string;
  readonly value: unknown;
};

const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({ at: fc.nat(), kind: fc.constantFrom('replace', 'remove', 'add'), key, value }),
  { minLength: 1, maxLength: 4 },
);

/** Captured responses with some values replaced, removed or added, at any depth. */
const mutated = fc.tuple(fc.constantFrom(...CAPTURED), changes).map(([name, list]) => {
  const whole = { ...body(name), seven_day_breakdown: structuredClone(BREAKDOWN) };
  for (const change of list) apply(whole, change);
  return parsed(whole);
});

export const anyBody: fc.Arbitrary<Body> = fc.oneof(nonsense, mutated);

function apply(whole: Body, { at, kind, key: name, value: put }: Change): void {
  const places = placesIn(whole);
  const place = places[at % places.length];
  if (place === undefined) return;
  const [parent, child] = place;
  if (kind === 'remove') delete parent[child];
  else if (kind === 'replace') define(parent, child, put);
  else define(parent, name, put);
}

/** Every property of every object in a tree. */
function placesIn(node: unknown): [Body, string][] {
  if (typeof node !== 'object' || node === null) return [];
  const object = node as Body;
  const places: [Body, string][] = [];
  for (const child of Object.keys(object)) places.push([object, child], ...placesIn(object[child]));
  return places;
}

/** A key named __proto__ is a key. JSON cannot set the length of an array. */
function define(object: Body, name: string, put: unknown): void {
  if (Array.isArray(object) && name === 'length') return;
  Object.defineProperty(object, name, { value: put, enumerable: true, configurable: true, writable: true });
}

/**
 * As it arrives: through JSON, where `1e999` is written for what no number of JSON can be. Inside a part
 * `__proto__` is left out: zod drops it there, the parser by hand keeps it as the harmless key it is.
 */
function parsed(object: Body): Body {
  const text = JSON.stringify(object, (_name, any: unknown) => (any === Infinity ? '\u0000' : any));
  // Where it stands for a value: as a name it is one like any other.
  const whole = JSON.parse(text.replace(/"\\u0000"(?!:)/g, '1e999')) as Body;
  for (const part of Object.values(whole)) {
    for (const [parent, child] of placesIn(part)) if (child === '__proto__') delete parent[child];
  }
  return whole;
}
