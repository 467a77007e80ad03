import { describe, expect, it } from 'vitest';
import type { Backoff } from '../../src/cache/backoff.ts';
import type { Claim } from '../../src/cache/claims.ts';
import { provider } from '../../src/fetch/registry.ts';
import { judgeBudget } from '../../src/resolve/budget.ts';
import type { Spent } from '../../src/resolve/budget.ts';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { NOW } from '../support/build.ts';

const at = (ms: number, credentials: string | null = 'a'): Claim => ({
  number: 1,
  at: NOW - ms,
  until: NOW - ms + 2 * SECOND,
  credentials,
});
const backoff = (requests: number[], credentials: string | null = 'a', more: Partial<Backoff> = {}) => ({
  requests: requests.map((ms) => NOW - ms),
  credentials,
  tokenHash: 'abcdef01:23456789',
  ...more,
});
const apart = (at: number, other: number) => ({ otherClock: { at: NOW + at, other: NOW + other } });
const every = (count: number, ms: number) => Array.from({ length: count }, () => ms);

/** The requests on record and the present login → the judgement. */
const table: [string, Partial<Spent>, string][] = [
  ['nothing spent', {}, 'granted'],
  ['an attempt right now', { attempts: [at(0)] }, 'running until 2000'],
  ['an attempt within its deadline', { attempts: [at(1999)] }, 'running until 1'],
  ['an attempt that is over', { attempts: [{ ...at(1000), until: NOW - 1000 }] }, 'refused until 59000'],
  ['an attempt beyond its deadline', { attempts: [at(2000)] }, 'refused until 58000'],
  ['59.999 s after the last', { attempts: [at(59_999)] }, 'refused until 1'],
  ['a minute after the last', { attempts: [at(MINUTE)] }, 'granted'],
  [
    'an attempt with other credentials',
    { attempts: [at(10_000, 'b')], backoff: backoff([10_000], 'b') },
    'refused until 50000, waivable',
  ],
  [
    'a running attempt with other credentials',
    { attempts: [at(1000, 'b')], backoff: backoff([1000], 'b') },
    'running until 1000, waivable',
  ],
  [
    'an attempt with other credentials and a token that is not known',
    { attempts: [at(10_000, 'b')] },
    'refused until 50000',
  ],
  [
    'an attempt with other credentials, waived less than 5 min ago',
    { attempts: [at(10_000, 'b')], backoff: backoff([10_000], 'b', { waivedAt: NOW - 299_999 }) },
    'refused until 50000',
  ],
  [
    'an attempt with other credentials, waived 5 min ago',
    { attempts: [at(10_000, 'b')], backoff: backoff([10_000], 'b', { waivedAt: NOW - 300_000 }) },
    'refused until 50000, waivable',
  ],
  ['an attempt of unknown credentials', { attempts: [at(10_000, null)] }, 'refused until 50000'],
  [
    'credentials changed and back',
    { attempts: [at(5000, 'b'), at(20_000)], backoff: backoff([5000, 20_000], 'b') },
    'refused until 55000, waivable',
  ],
  ['an attempt from the future', { attempts: [at(-6000)] }, 'granted'],
  ['an attempt a moment ahead', { attempts: [at(-4000)] }, 'running until 6000'],
  ['a request on record, 30 s ago', { backoff: backoff([30_000]) }, 'refused until 31000'],
  ['a request on record, 61 s ago', { backoff: backoff([61_000]) }, 'granted'],
  ['a request on record, 60.5 s ago: rounded down', { backoff: backoff([60_500]) }, 'refused until 500'],
  ['a record of other credentials', { backoff: backoff([30_000], 'b') }, 'refused until 31000, waivable'],
  [
    'a record by a clock that may be 5 min behind',
    { backoff: backoff([300_000], 'a', apart(-600_000, -300_000)) },
    'refused until 61000',
  ],
  [
    'a record by another clock, which is ahead',
    { backoff: backoff([100_000], 'a', apart(-200_000, 100_000)) },
    'granted',
  ],
  [
    '24 in a little more than an hour, by clocks that are apart',
    { backoff: backoff(every(24, HOUR + 2 * MINUTE), 'a', apart(-600_000, -300_000)) },
    `refused until ${SECOND + 3 * MINUTE}`,
  ],
  ['a record of unknown credentials', { backoff: backoff([30_000], null) }, 'refused until 31000'],
  [
    'the record of the same attempt, rounded',
    { attempts: [at(59_000)], backoff: backoff([59_900]) },
    'refused until 1000',
  ],
  [
    'a later record than the last attempt',
    { attempts: [at(59_000)], backoff: backoff([20_000]) },
    'refused until 41000',
  ],
  ['23 in the hour', { backoff: backoff(every(23, 90_000)) }, 'granted'],
  ['24 in the hour', { backoff: backoff(every(24, 90_000)) }, `refused until ${HOUR + SECOND - 90_000}`],
  [
    '24 in the hour, new credentials',
    { backoff: backoff(every(24, 90_000), 'b') },
    `refused until ${HOUR + SECOND - 90_000}`,
  ],
  [
    '24, the first of them an hour ago',
    { backoff: backoff([...every(23, 90_000), HOUR + SECOND]) },
    'granted',
  ],
  [
    '30 in the hour: the slot is when only 23 are left',
    { backoff: backoff([...every(6, HOUR - 1000), ...every(24, MINUTE * 30)]) },
    `refused until ${HOUR / 2 + SECOND}`,
  ],
  ['24 from the future', { backoff: backoff(every(24, -6000)) }, 'granted'],
];

describe('the budget', () => {
  it.each(table)('%s', (_case, spent, expected) => {
    const verdict = judgeBudget({ backoff: null, attempts: [], ...spent }, NOW, 'a', provider.budget);
    const until =
      verdict.kind === 'running' ? verdict.until : verdict.kind === 'refused' ? verdict.nextAt : null;
    const waivable = verdict.kind !== 'granted' && verdict.waivable ? ', waivable' : '';
    expect(until === null ? verdict.kind : `${verdict.kind} until ${until - NOW}${waivable}`).toBe(expected);
  });
});
