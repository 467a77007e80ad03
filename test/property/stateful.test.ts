import * as fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { ENDPOINT_CODES, FAULT_CODES } from '../../src/usage/failure.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { corpus, PATIENCE, runs, useMemoryAsDisk } from './support.ts';
import { World } from './world.ts';
import type { ReportedPart, Status } from './sessions.ts';
import type { NextResponse, Options, Event } from './world.ts';

beforeAll(useMemoryAsDisk);

/** Times at which something ends or begins are more likely than others. */
const borders = [
  1,
  999,
  5 * SECOND,
  10 * SECOND,
  59_999,
  MINUTE,
  61 * SECOND,
  180 * SECOND,
  5 * MINUTE,
  HOUR,
];
const duration = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 4 * MINUTE }) },
  { weight: 3, arbitrary: fc.constantFrom(...borders) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 2 * HOUR }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 * DAY }) },
  { weight: 1, arbitrary: fc.constantFrom(HOUR + SECOND, DAY, DAY - 1, DAY + 5 * SECOND) },
);
const clockChange = fc.oneof(
  { weight: 8, arbitrary: duration },
  { weight: 1, arbitrary: duration.map((ms) => -ms) },
  { weight: 1, arbitrary: fc.constantFrom(-4 * SECOND, -5001, -DAY) },
);

const question: fc.Arbitrary<Options> = fc.record({
  policy: fc.constantFrom('wait', 'wait', 'wait', 'background', 'cached'),
  force: fc.boolean(),
  sendsUncached: fc.boolean(),
  waitsForOthers: fc.boolean(),
});
const response: fc.Arbitrary<NextResponse> = fc.record(
  {
    comes: fc.constantFrom(
      'usage',
      'usage',
      'usage',
      'killed',
      'rate_limited',
      'unauthorized',
      'forbidden',
      ...ENDPOINT_CODES,
      ...FAULT_CODES,
    ),
    takes: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(0, 40, 300, 2000) },
      { weight: 1, arbitrary: clockChange },
    ),
    resets: fc.oneof({ weight: 4, arbitrary: duration }, { weight: 1, arbitrary: fc.constant(-MINUTE) }),
    retryAfter: fc.constantFrom(
      null,
      '0',
      '-1',
      '1',
      '59',
      '3037',
      '86400',
      '999999999999',
      '1e3',
      'soon',
      '',
    ),
    weekResets: fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 7 * DAY }) },
      { weight: 1, arbitrary: duration },
    ),
    meanwhile: fc.constantFrom('nothing', 'nothing', 'nothing', 'nothing', 'renewed', 'switched'),
  },
  { requiredKeys: ['comes', 'takes', 'resets'] },
);
const file = fc.constantFrom('usage.json', 'statusline.json', 'usage.lock', 'attempt', 'everything');
const scraps = ['usage-files', 'lock-files'].flatMap((name) => corpus(name).map(({ text }) => text));

const part: fc.Arbitrary<ReportedPart> = fc.record({
  number: fc.constantFrom('new', 'new', 'new', 'again', 'again', 'again', 'copy', 'none', 'broken'),
  use: fc.oneof(fc.constantFrom(0, 1, 20, 99, 120), fc.nat(100)),
  reset: fc.constantFrom(
    'same',
    'same',
    'same',
    'same',
    'jitter',
    'jitter',
    'earlier',
    'next',
    'past',
    'impossible',
    'none',
  ),
  form: fc.constantFrom('seconds', 'text'),
  noise: fc.boolean(),
});
const status = fc.record({
  do: fc.constant('status'),
  status: fc.record<Status>({
    session: fc.constantFrom('a', 'a', 'b', 'c'),
    five_hour: part,
    seven_day: part,
  }),
  response,
}) as fc.Arbitrary<Event>;

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ do: fc.constant('pass'), ms: clockChange }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('resolve'), question, response }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('both'), question: fc.tuple(question, question), response }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('sign in'),
      as: fc.constantFrom('same', 'same', 'other', 'unknown', 'before'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('sign out', 'expire', 'lapse', 'no fingerprint', 'touch', 'touch'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove'), file }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('damage'), file, text: fc.constantFrom(...scraps) }) },
) as fc.Arbitrary<Event>;

/** Reports of Claude Code's sessions, and other events now and then. */
const working: fc.Arbitrary<Event[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: status },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('pass'), ms: clockChange }) as fc.Arbitrary<Event> },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('sign in'),
        as: fc.constantFrom('same', 'other', 'before'),
      }) as fc.Arbitrary<Event>,
    },
    { weight: 4, arbitrary: event },
  ),
  { minLength: 4, maxLength: 30, size: 'max' },
);

/** A user who forces refreshes without a pause, for whom the hourly budget exists. */
const hammering: fc.Arbitrary<Event[]> = fc
  .array(fc.tuple(fc.integer({ min: 55 * SECOND, max: 130 * SECOND }), response), {
    minLength: 26,
    maxLength: 45,
  })
  .map((rounds) =>
    rounds.flatMap(([ms, { takes, resets }]): Event[] => [
      { do: 'pass', ms },
      {
        do: 'resolve',
        question: { policy: 'wait', force: true, sendsUncached: true, waitsForOthers: false },
        response: { comes: 'usage', takes: takes > 0 && takes < MINUTE ? takes : 0, resets },
      },
    ]),
  );

const history: fc.Arbitrary<Event[]> = fc.oneof(
  { weight: 9, arbitrary: fc.array(event, { minLength: 1, maxLength: 40, size: 'max' }) },
  { weight: 1, arbitrary: hammering },
  {
    weight: 1,
    arbitrary: fc
      .tuple(hammering, fc.array(fc.tuple(fc.nat(200), event), { maxLength: 6, size: 'max' }))
      .map(([rounds, others]) =>
        others.reduce((all, [at, one]) => all.toSpliced(at % all.length, 0, one), rounds),
      ),
  },
);

describe('any sequence of events', () => {
  it(
    'keeps budget, backoff and honest ages',
    async () => {
      await fc.assert(
        fc.asyncProperty(history, async (events) => {
          const world = new World();
          for (const one of events) await world.happen(one);
          await world.expectAnEnd();
        }),
        {
          numRuns: runs(70),
          examples: corpus<{ why: string; events: Event[] }>('histories').map(({ events }) => [events]),
        },
      );
    },
    PATIENCE,
  );

  it(
    'keeps them beside sessions of Claude Code, whose numbers are shown with their source',
    async () => {
      await fc.assert(
        fc.asyncProperty(working, async (events) => {
          const world = new World();
          for (const one of events) await world.happen(one);
          await world.expectAnEnd();
        }),
        { numRuns: runs(30) },
      );
    },
    PATIENCE,
  );
});
