import { describe, expect, it } from 'vitest';
import {
  backoffAfterFailure,
  backoffAfterSuccess,
  backoffWithRequest,
  parseRetryAfter,
} from '../../src/resolve/backoff.ts';
import type { Backoff } from '../../src/cache/backoff.ts';
import type { RefreshCode } from '../../src/usage/failure.ts';
import { RENEWAL_CODES, SIGN_IN_CODES } from '../../src/usage/failure.ts';
import { HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { aLock, NOW } from '../support/build.ts';

/** Seconds from now until the next try, without jitter. */
function wait(code: RefreshCode, failures: number, retryAfter: string | null = null, random = 0): number {
  const previous = failures > 1 ? aLock({ error: code, failures: failures - 1 }) : null;
  const lock = backoffAfterFailure(previous, { code, retryAfter }, 'fingerprint-1', NOW, random);
  expect(lock.failures).toBe(failures);
  return (lock.blockedUntil - NOW) / SECOND;
}

describe('the wait after a 429', () => {
  it.each([
    ['120', [120, 420, 720, 1020, 1020]],
    ['3037', [3037, 3337, 3637, 3937, 3937]],
    ['1', [1, 301, 601, 901, 901]],
    ['0', [300, 600, 1200, 2400, 3600, 3600]],
    [null, [300, 600, 1200, 2400, 3600, 3600]],
  ] as const)('with Retry-After %s', (retryAfter, waits) => {
    expect(waits.map((_, index) => wait('rate_limited', index + 1, retryAfter))).toEqual(waits);
  });

  it('is at most a day, however long the server demands', () => {
    expect(wait('rate_limited', 1, '99999999999999999999')).toBe(86_400);
    expect(wait('rate_limited', 1, '86400', 0.99)).toBe(86_400);
  });
});

describe('Retry-After', () => {
  it.each([
    ['120', 120],
    [' 120 ', 120],
    ['Fri, 20 Nov 2026 18:30:00 GMT', 300],
    ['Friday, 20-Nov-26 18:30:00 GMT', 300],
    ['Fri Nov 20 18:30:00 2026 GMT', 300],
  ])('%s is %i s', (header, seconds) => {
    expect(parseRetryAfter(header, NOW)).toBe(seconds * SECOND);
  });

  it.each([
    null,
    '',
    '0',
    '-5',
    '+5',
    '1.5',
    '1e3',
    '0x10',
    'soon',
    '5, 10',
    '2027-01-01T00:00:00Z',
    'Fri, 20 Nov 2026 18:25:00 GMT',
    'Fri, 20 Nov 2020 18:30:00 GMT',
    'Fri, 99 Foo 2026 99:99:99 GMT',
    'Never',
  ])('%s is ignored', (header) => {
    expect(parseRetryAfter(header, NOW)).toBeNull();
  });
});

describe('the wait after other failures', () => {
  it.each(['timeout', 'network_error', 'server_error', 'bad_response'] as const)('%s', (code) => {
    expect([1, 2, 3, 4, 5, 6, 200].map((n) => wait(code, n))).toEqual([60, 120, 240, 480, 900, 900, 900]);
  });

  it.each([...SIGN_IN_CODES, ...RENEWAL_CODES])('%s is five minutes each time', (code) => {
    expect([1, 2, 9].map((n) => wait(code, n))).toEqual([300, 300, 300]);
  });

  it.each([...SIGN_IN_CODES, ...RENEWAL_CODES])(
    '%s: one minute where a change of the credentials is not noticed',
    (code) => {
      const unseen = backoffAfterFailure(null, { code }, 's', NOW, 0, false);
      expect((unseen.blockedUntil - NOW) / SECOND, 'a fingerprint that does not change').toBe(60);
      const lock = backoffAfterFailure(null, { code }, null, NOW, 0);
      expect(lock.blockedUntil).toBe(NOW + MINUTE);
    },
  );

  it('is up to a tenth longer than its base, and never shorter', () => {
    expect(wait('timeout', 1, null, 0)).toBe(60);
    expect(wait('timeout', 1, null, 0.5)).toBe(63);
    expect(wait('timeout', 1, null, 0.999_999)).toBeCloseTo(66, 3);
  });
});

describe('consecutive failures', () => {
  it.each([
    ['timeout', 'server_error', 4],
    ['network_error', 'bad_response', 4],
    ['unauthorized', 'token_expired', 4],
    ['timeout', 'rate_limited', 1],
    ['rate_limited', 'timeout', 1],
    ['unauthorized', 'timeout', 1],
  ] as const)('%s, then %s: %i', (before, after, failures) => {
    const lock = backoffAfterFailure(aLock({ error: before, failures: 3 }), { code: after }, 's', NOW, 0);
    expect(lock.failures).toBe(failures);
  });

  it('are counted from one again after a success', () => {
    const cleared = backoffAfterSuccess(aLock({ error: 'timeout', failures: 3 }), 's', NOW);
    expect(cleared).toMatchObject({ error: null, failures: 0 });
    expect(cleared.blockedUntil).toBeLessThanOrEqual(NOW);
    expect(backoffAfterFailure(cleared, { code: 'timeout' }, 's', NOW, 0).failures).toBe(1);
  });
});

describe('the record of requests', () => {
  const requests = [NOW - 2 * HOUR, NOW - HOUR + SECOND, NOW - MINUTE];

  it('is kept for an hour, after a success and after a failure', () => {
    const kept = requests.slice(1);
    expect(backoffAfterSuccess(aLock({ requests }), 's', NOW).requests).toEqual(kept);
    expect(backoffAfterFailure(aLock({ requests }), { code: 'timeout' }, 's', NOW, 0).requests).toEqual(kept);
  });

  it('contains a request before it is sent, and then no wait is in force', () => {
    const recorded = backoffWithRequest(aLock({ error: 'unauthorized', requests }), 'fingerprint-2', NOW);
    expect(recorded.requests).toEqual([...requests.slice(1), NOW]);
    expect(recorded).toMatchObject({ credentials: 'fingerprint-2', error: 'unauthorized', failures: 1 });
    expect(recorded.blockedUntil).toBeLessThanOrEqual(NOW);
  });

  it('drops the failure of a lapsed token with the next request, which has another token', () => {
    const recorded = backoffWithRequest(
      aLock({ error: 'token_lapsed', failures: 97, requests }),
      'fingerprint-2',
      NOW,
    );
    expect(recorded).toMatchObject({ credentials: 'fingerprint-2', error: null, failures: 0 });
    expect(recorded.requests).toEqual([...requests.slice(1), NOW]);
  });

  it('has whole seconds, like the file', () => {
    expect(backoffWithRequest(null, null, NOW + 999).requests).toEqual([NOW]);
  });

  it('starts with the first request', () => {
    expect(backoffWithRequest(null, null, NOW).requests).toEqual([NOW]);
  });
});

describe('what the next backoff inherits besides the requests', () => {
  const TOKEN = 'aaaaaaaa:bbbbbbbb';
  const kept = { tokenHash: TOKEN, waivedAt: NOW - MINUTE };
  const failure = { code: 'timeout', retryAfter: null } as const;
  const writers = {
    'after a failure': (previous: Backoff | null) =>
      backoffAfterFailure(previous, failure, 'fingerprint-1', NOW, 0),
    'after a success': (previous: Backoff | null) => backoffAfterSuccess(previous, 'fingerprint-1', NOW),
    'with one more request': (previous: Backoff | null) => backoffWithRequest(previous, 'fingerprint-1', NOW),
  };

  describe.each(Object.entries(writers))('%s', (_, write) => {
    it('is the hash of the token that was sent last, and the time of the last waiver', () => {
      expect(write(aLock(kept))).toMatchObject(kept);
    });

    it.each([null, aLock()])('is nothing where there was nothing', (previous) => {
      for (const key of ['tokenHash', 'waivedAt', 'otherClock', 'ahead'])
        expect(write(previous)).not.toHaveProperty(key);
    });

    it('is the clock of another machine, as long as it counts', () => {
      const otherClock = { at: NOW - MINUTE, other: NOW };
      expect(write(aLock({ otherClock }))).toMatchObject({ otherClock });
      const long = { at: NOW - HOUR - MINUTE, other: NOW - HOUR };
      expect(write(aLock({ otherClock: long }))).not.toHaveProperty('otherClock');
    });
  });

  it('is replaced by the hash of the token that is sent, and the time of its waiver', () => {
    const other = 'cccccccc:dddddddd';
    expect(backoffWithRequest(aLock(kept), 'fingerprint-1', NOW, other)).toMatchObject({
      tokenHash: other,
      waivedAt: NOW - MINUTE,
    });
    expect(backoffWithRequest(aLock(kept), 'fingerprint-1', NOW, other, true)).toMatchObject({
      tokenHash: other,
      waivedAt: NOW,
    });
    expect(backoffWithRequest(null, 'fingerprint-1', NOW, other)).not.toHaveProperty('waivedAt');
  });

  it('contains a request for longer where the other clock was behind', () => {
    const otherClock = { at: NOW - 10 * MINUTE, other: NOW - 5 * MINUTE };
    const requests = [NOW - HOUR - 5 * MINUTE - SECOND, NOW - HOUR - 5 * MINUTE, NOW - HOUR];
    expect(backoffAfterSuccess(aLock({ otherClock, requests }), 'fingerprint-1', NOW).requests).toEqual(
      requests.slice(1),
    );
    expect(backoffAfterSuccess(aLock({ requests }), 'fingerprint-1', NOW).requests).toEqual(
      requests.slice(2),
    );
  });

  it('contains a request for an hour and the second by which it was rounded', () => {
    const requests = [NOW - HOUR - SECOND, NOW - HOUR - SECOND + 1];
    expect(backoffAfterSuccess(aLock({ requests }), 'fingerprint-1', NOW).requests).toEqual(
      requests.slice(1),
    );
  });
});
