import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import type { Endpoint } from '../support/endpoint.ts';
import { fakeServer, reply } from '../support/fetch-servers.ts';
import { Machine, until } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';
import { aWorkingMachine, fault, goodDataKept, know, KNOWN, lockWords, recordRows } from './harness.ts';
import { AT_ONCE, DEADLINE, filesOf, newDataKept, slowest, WAIT } from './network-machine.ts';
import { AUTHORITY, requestsTo } from './network-servers.ts';
import { movableClock, put, putEntry, putLock, runAt, runSuspended } from './time-clock.ts';

recordRows('time');

const YEAR = 365 * DAY;
/** Rows that need a round time, on a date without any history. */
const NOON = Date.parse('2026-11-20T12:00:00Z');
const FRESH = /^5h 22% 4h3\dm · 7d 33% 4d/;

const answerOf = (now: number, changes: Record<string, unknown> = {}) =>
  json({ ...fixture('2026-04-18-max.json', now), ...changes });
const answersAt = (endpoint: Endpoint, now: number) => {
  endpoint.answer = answerOf(now);
};

describeWith('faketime', 'the clock is set', () => {
  fault(
    'time-01',
    'back by an hour, a day, ten years and to 1970 after an answer: a minute of rest, one more request, then quiet',
    { prints: FRESH, requests: 8, within: AT_ONCE },
    () =>
      slowest(FRESH, [HOUR, DAY, 10 * YEAR, Date.now() - MINUTE], async (back) => {
        const { endpoint, machine } = await aWorkingMachine();
        expect((await machine.run(WAIT)).stdout).toMatch(FRESH);
        const then = Date.now() - back;
        answersAt(endpoint, then);
        expect((await runAt(machine, then, WAIT)).stdout).toMatch(PAUSED);
        const run = await runAt(machine, then + 65 * SECOND, WAIT);
        expect((await runAt(machine, then + 85 * SECOND, WAIT)).stdout).toMatch(FRESH);
        return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
      }),
  );

  fault(
    'time-02',
    'back by an hour, a day and ten years after a 429: requests wait for a minute at most',
    { prints: FRESH, requests: 6, within: AT_ONCE },
    () =>
      slowest(FRESH, [HOUR, DAY, 10 * YEAR], async (back) => {
        const { endpoint, machine } = await aWorkingMachine(json('{}', 429, { 'retry-after': '3600' }));
        expect((await machine.run(WAIT)).stdout).toMatch(/^rate limited (1h|59m)/);
        const then = Date.now() - back;
        answersAt(endpoint, then);
        expect((await runAt(machine, then, WAIT)).stdout).toMatch(PAUSED);
        const run = await runAt(machine, then + 65 * SECOND, WAIT);
        return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
      }),
  );

  fault(
    'time-03',
    'back by three seconds after a response: no request',
    { prints: FRESH, requests: 1, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine();
      await machine.run(WAIT);
      const run = await runAt(machine, machine.read('usage.lock').written_at * SECOND - 3 * SECOND, WAIT);
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );

  fault(
    'time-04',
    'back by an hour while the endpoint is down: numbers from the future are not shown, and not lost',
    { prints: 'server error', requests: 1, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine(json('', 500));
      know(machine);
      const run = await runAt(machine, Date.now() - HOUR, WAIT);
      expect((await machine.run(['--cached'])).stdout).toBe(`${KNOWN}\n`);
      return { run, requests: endpoint.requests.length, files: filesOf(machine) };
    },
  );

  fault(
    'time-05',
    'forward by an hour, a day and ten years after a response: one more request, then none',
    { prints: FRESH, requests: 6, within: AT_ONCE },
    () =>
      slowest(FRESH, [HOUR, DAY, 10 * YEAR], async (forth) => {
        const { endpoint, machine } = await aWorkingMachine();
        await machine.run(WAIT);
        const then = Date.now() + forth;
        answersAt(endpoint, then);
        const run = await runAt(machine, then, WAIT);
        expect((await runAt(machine, then + 20 * SECOND, WAIT)).stdout).toMatch(FRESH);
        return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
      }),
  );

  fault(
    'time-06',
    'forward while the endpoint is down: numbers of a day ago and more are not shown, and not lost',
    { prints: 'server error', requests: 2, within: AT_ONCE },
    () =>
      slowest('server error', [DAY, 10 * YEAR], async (forth) => {
        const { endpoint, machine } = await aWorkingMachine(json('', 500));
        know(machine);
        const run = await runAt(machine, Date.now() + forth, WAIT);
        return { run, requests: endpoint.requests.length, files: filesOf(machine) };
      }),
  );

  fault(
    'time-07',
    'forward after a 429: no request before the end of the backoff, one after it',
    { prints: FRESH, requests: 2, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine(json('{}', 429, { 'retry-after': '3600' }));
      await machine.run(WAIT);
      const now = Date.now();
      // 3600 s, and up to a tenth more.
      expect((await runAt(machine, now + 59 * MINUTE, WAIT)).stdout).toMatch(/^rate limited \d+m\n$/);
      expect(endpoint.requests).toHaveLength(1);
      answersAt(endpoint, now + 67 * MINUTE);
      const run = await runAt(machine, now + 67 * MINUTE, WAIT);
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );

  fault(
    'time-08',
    'forward by ten years and back again, with requests in between',
    { prints: FRESH, requests: 3, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine();
      await machine.run(WAIT);
      const then = Date.now() + 10 * YEAR;
      answersAt(endpoint, then);
      await runAt(machine, then, WAIT);
      const back = Date.now() + 65 * SECOND;
      answersAt(endpoint, back);
      expect((await machine.run(WAIT)).stdout).toMatch(PAUSED);
      const run = await runAt(machine, back, WAIT);
      expect((await runAt(machine, back + SECOND, WAIT)).stdout).toBe(run.stdout);
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );

  fault(
    'time-09',
    'to 1970 at the start of the machine, and right a moment later',
    { prints: FRESH, requests: 2, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine();
      answersAt(endpoint, 5 * SECOND);
      expect((await runAt(machine, 5 * SECOND, WAIT)).stdout).toMatch(FRESH);
      answersAt(endpoint, Date.now());
      const run = await machine.run(WAIT);
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );

  fault(
    'time-10',
    'back by an hour, forward by ten hours in mid-request to a silent server: the deadline holds',
    { prints: /^5h 42% · (1|12)h ago · no answer$/m, requests: 2, within: DEADLINE },
    () =>
      slowest(/^5h 42% · (1|12)h ago · no answer$/m, [-HOUR, 10 * HOUR], async (jump) => {
        const server = await fakeServer(() => clock.move(jump));
        const machine = new Machine(server.url);
        const clock = movableClock(machine);
        // Freshness is decided before the jump, the age after it.
        putEntry(machine, Date.now() - 2 * HOUR);
        const run = await machine.run(WAIT, clock.env);
        return { run, requests: requestsTo(server), files: filesOf(machine) };
      }),
  );

  fault(
    'time-11',
    'back by an hour in mid-request, then a good response: it is shown, and at most one more request follows',
    { prints: /^5h 22% 5h3\dm · 7d 33% 4d/, requests: 1, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine();
      const clock = movableClock(machine);
      const good = endpoint.answer;
      endpoint.answer = (...exchange) => {
        clock.move(-HOUR);
        good(...exchange);
      };
      const run = await machine.run(WAIT, clock.env);
      const requests = endpoint.requests.length;
      endpoint.answer = good;
      await machine.run(WAIT, clock.env);
      await machine.run(WAIT, clock.env);
      expect(endpoint.requests.length).toBeLessThanOrEqual(2);
      return { run, requests, files: newDataKept(machine) };
    },
  );

  fault(
    'time-12',
    'stands still: the deadline holds',
    { prints: /^5h 42% · \d+[hd] ago · no answer$/m, requests: 1, within: DEADLINE },
    async () => {
      const server = await fakeServer(() => {});
      const machine = new Machine(server.url);
      const clock = movableClock(machine);
      fs.writeFileSync(join(machine.home, 'clock'), '2026-11-20 18:25:00');
      putEntry(machine, Date.parse('2026-11-20T16:00:00Z'));
      const run = await machine.run(WAIT, clock.env);
      return { run, requests: requestsTo(server), files: filesOf(machine) };
    },
  );
});

describeWith('faketime', 'times from the future', () => {
  fault(
    'time-13',
    'a backoff written three seconds from now counts, one of eight seconds from now does not',
    { prints: FRESH, requests: 1, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine(answerOf(NOON));
      putLock(machine, NOON + 3 * SECOND);
      expect((await runAt(machine, NOON, WAIT)).stdout).toBe('rate limited 1h\n');
      expect(endpoint.requests).toHaveLength(0);
      putLock(machine, NOON + 8 * SECOND);
      const run = await runAt(machine, NOON, WAIT);
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );

  fault(
    'time-14',
    'an entry dated five seconds from now is fresh, one of eight seconds from now is not',
    { prints: FRESH, requests: 1, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine(answerOf(NOON));
      putEntry(machine, NOON + 5 * SECOND);
      expect((await runAt(machine, NOON, WAIT)).stdout).toBe('5h 42%\n');
      expect(endpoint.requests).toHaveLength(0);
      putEntry(machine, NOON + 8 * SECOND);
      const run = await runAt(machine, NOON, WAIT);
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );

  fault(
    'time-15',
    'an entry of ten years from now, endpoint down: `show` explains it',
    {
      prints: /last known[^]*42%[^]*which is in\s+the future/,
      exit: 4,
      lines: 'any',
      requests: 1,
      within: AT_ONCE,
    },
    async () => {
      const { endpoint, machine } = await aWorkingMachine(json('', 500));
      putEntry(machine, NOON + 10 * YEAR);
      const run = await runAt(machine, NOON, ['show', '--timeout', '1']);
      return { run, requests: endpoint.requests.length, files: filesOf(machine) };
    },
  );

  fault(
    'time-16',
    'attempts of an hour from now, one of them without an end: they delay no request',
    { prints: FRESH, requests: 1, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine(answerOf(NOON));
      const at = NOON + HOUR;
      put(machine, 'attempt.1', { at, until: at + 2000, credentials: null });
      put(machine, 'attempt.2', { at, until: 9e15, credentials: null });
      const run = await runAt(machine, NOON, WAIT);
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );

  fault(
    'time-17',
    'an attempt of this moment with an end that never comes: calls wait in vain, until it expires after five minutes',
    { prints: 'no answer', requests: 1, within: DEADLINE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine(answerOf(NOON));
      put(machine, 'attempt.1', { at: NOON, until: 9e15, credentials: null });
      const run = await runAt(machine, NOON + 4 * MINUTE, WAIT);
      expect(endpoint.requests).toHaveLength(0);
      expect((await runAt(machine, NOON + 5 * MINUTE, WAIT)).stdout).toMatch(FRESH);
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );

  fault(
    'time-18',
    'a worker claim of an hour from now does not keep the next worker from starting',
    { prints: '…', requests: 1, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine();
      const at = Date.now() + HOUR;
      put(machine, 'background.1', { at, until: at + 10_000, credentials: null });
      const run = await machine.run();
      await until(() => fs.existsSync(join(machine.cache, 'usage.json')));
      await until(() => lockWords(machine) === 'no backoff');
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );

  fault(
    'time-19',
    'a mutex dated an hour from now is cleared',
    { prints: FRESH, requests: 1, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine();
      const mutex = join(machine.cache, 'refresh.mutex');
      fs.mkdirSync(mutex, { recursive: true });
      fs.utimesSync(mutex, Date.now() / SECOND + 3600, Date.now() / SECOND + 3600);
      const run = await machine.run(WAIT);
      expect(fs.existsSync(mutex)).toBe(false);
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );

  fault(
    'time-20',
    'a backoff until 2^63 and until infinity: over 24 hours after it was written',
    { prints: FRESH, requests: 2, within: AT_ONCE },
    () =>
      slowest(FRESH, ['9223372036854775808', '1e999'], async (forever) => {
        const { endpoint, machine } = await aWorkingMachine(answerOf(NOON + DAY));
        put(
          machine,
          'usage.lock',
          `{"blocked_until":${forever},"error":"rate_limited","failures":1,"written_at":${NOON / SECOND}}`,
        );
        const before = await runAt(machine, NOON + DAY - MINUTE, WAIT);
        expect(before.stdout).toMatch(/^rate limited (<1m|1m)\n$/);
        expect(endpoint.requests).toHaveLength(0);
        const run = await runAt(machine, NOON + DAY + SECOND, WAIT);
        return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
      }),
  );

  fault(
    'time-21',
    "a day's worth of requests dated next year: they count as made when written, and for an hour",
    { prints: FRESH, requests: 1, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine(answerOf(NOON + HOUR));
      const requests = Array.from({ length: 24 }, () => (NOON + YEAR) / SECOND);
      putLock(machine, NOON, { blocked_until: 0, error: undefined, requests });
      expect((await runAt(machine, NOON + 30 * MINUTE, WAIT)).stdout).toMatch(/^paused (29|30)m\n$/);
      const run = await runAt(machine, NOON + HOUR + 2 * SECOND, WAIT);
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );
});

describeWith('faketime', 'times at their borders', () => {
  fault(
    'time-22',
    'an entry of 178 s is fresh, one of 180 s is not',
    { prints: FRESH, requests: 1, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine(answerOf(NOON));
      // The program takes a moment to start, less than two seconds.
      putEntry(machine, NOON - 178 * SECOND);
      expect((await runAt(machine, NOON, WAIT)).stdout).toBe('5h 42%\n');
      expect(endpoint.requests).toHaveLength(0);
      putEntry(machine, NOON - 180 * SECOND);
      const run = await runAt(machine, NOON, WAIT);
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );

  fault(
    'time-23',
    'an entry of just under a day is shown with its age, one of a day is not',
    { prints: 'server error', requests: 2, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine(json('', 500));
      putEntry(machine, NOON - DAY + 2 * SECOND);
      expect((await runAt(machine, NOON, WAIT)).stdout).toBe('5h 42% · 23h ago · server error\n');
      machine.reset();
      putEntry(machine, NOON - DAY);
      const run = await runAt(machine, NOON, WAIT);
      return { run, requests: endpoint.requests.length, files: filesOf(machine) };
    },
  );

  const RESETS: Record<string, [value: unknown, line: RegExp]> = {
    'an hour ago': [new Date(NOON - HOUR).toISOString(), /^5h 42%\n$/],
    'just now': [new Date(NOON).toISOString(), /^5h 42%\n$/],
    'in 1970': ['1970-01-01T00:00:00Z', /^5h 42%\n$/],
    'in the year 9999': ['9999-12-31T23:59:59.999999+00:00', /^5h 42% \d{7}d11h\n$/],
    'beyond the year 9999': ['9999-12-31T23:59:59-14:00', /^5h 42%\n$/],
    'in a leap second': ['2026-12-31T23:59:60Z', /^5h 42%\n$/],
    'on a day that is none': ['2026-13-45T25:00:00Z', /^5h 42%\n$/],
    'in words': ['tomorrow', /^5h 42%\n$/],
    'as a number': [NOON / SECOND + 3600, /^5h 42%\n$/],
    'as a text of 1 MB': ['2'.repeat(60_000), /^5h 42%\n$/],
    'as an object': [{}, /^5h 42%\n$/],
    missing: [undefined, /^5h 42%\n$/],
    null: [null, /^5h 42%\n$/],
  };

  fault(
    'time-24',
    'an answer whose `resets_at` is past, in 9999, in a leap second, garbage or missing: the number stays, one request each',
    { prints: /^5h 42%/, requests: Object.keys(RESETS).length, within: AT_ONCE },
    () =>
      slowest(/^5h 42%/, Object.entries(RESETS), async ([, [value, line]]) => {
        const endpoint = await anEndpoint(json({ five_hour: { utilization: 42, resets_at: value } }));
        const machine = new Machine(endpoint.url);
        const run = await runAt(machine, NOON, WAIT);
        expect(run.stdout).toMatch(line);
        const again = await runAt(machine, NOON + 2 * MINUTE, WAIT);
        expect(again.stdout).toMatch(line);
        expect((await runAt(machine, NOON + 2 * MINUTE, ['show'])).stdout).toContain('42%');
        return { run, requests: endpoint.requests.length, files: filesOf(machine) };
      }),
    60_000,
  );

  fault(
    'time-25',
    'a window that was reset since it was read: the old number is never shown, and no second request is sent',
    { prints: '5h reset · 1m ago · server error', requests: 1, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine(json('', 500));
      const five = { utilization: 42, resets_at: new Date(NOON - 30 * SECOND).toISOString() };
      putEntry(machine, NOON - MINUTE, { five_hour: five });
      const run = await runAt(machine, NOON, WAIT);
      expect((await runAt(machine, NOON + SECOND, WAIT)).stdout).toBe(run.stdout);
      return { run, requests: endpoint.requests.length, files: filesOf(machine) };
    },
  );

  fault(
    'time-26',
    'a window that the endpoint still calls open a minute after its reset: one request',
    { prints: '5h 42%', requests: 1, within: AT_ONCE },
    async () => {
      const five = { utilization: 42, resets_at: new Date(NOON - MINUTE).toISOString() };
      const endpoint = await anEndpoint(json({ five_hour: five }));
      const machine = new Machine(endpoint.url);
      putEntry(machine, NOON - 2 * MINUTE, { five_hour: five });
      const run = await runAt(machine, NOON, WAIT);
      for (const later of [5, 65, 125]) {
        const next = await runAt(machine, NOON + later * SECOND, WAIT);
        expect(next.stdout).toBe(run.stdout);
      }
      return { run, requests: endpoint.requests.length, files: filesOf(machine) };
    },
  );

  fault(
    'time-27',
    'an entry dated in a leap second, on a day that does not exist, and beyond the range of a clock: a miss',
    { prints: FRESH, requests: 3, within: AT_ONCE },
    () =>
      slowest(
        FRESH,
        ['2026-06-30T23:59:60Z', '2026-02-30T99:00:00Z', '275761-01-01T00:00:00Z'],
        async (cachedAt) => {
          const { endpoint, machine } = await aWorkingMachine(answerOf(NOON));
          put(machine, 'usage.json', {
            schema_version: 1,
            cached_at: cachedAt,
            data: { five_hour: { utilization: 42 } },
            error: null,
          });
          const run = await runAt(machine, NOON, WAIT);
          return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
        },
      ),
  );

  fault(
    'time-28',
    'a 429 some seconds before the time needs more than 31 bits (2038): the backoff holds beyond it and ends',
    { prints: FRESH, requests: 2, within: AT_ONCE },
    async () => {
      const end = 2 ** 31 * SECOND;
      const { endpoint, machine } = await aWorkingMachine(json('{}', 429, { 'retry-after': '120' }));
      await runAt(machine, end - 10 * SECOND, WAIT);
      expect(machine.read('usage.lock').blocked_until).toBeGreaterThan(2 ** 31);
      expect((await runAt(machine, end + 5 * SECOND, WAIT)).stdout).toMatch(/^rate limited [12]m\n$/);
      answersAt(endpoint, end + 3 * MINUTE);
      const run = await runAt(machine, end + 3 * MINUTE, WAIT);
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );

  fault(
    'time-29',
    'the years 2039 and 2099: works as usual',
    { prints: FRESH, requests: 2, within: AT_ONCE },
    () =>
      slowest(
        FRESH,
        [Date.parse('2039-06-01T12:00:00Z'), Date.parse('2099-06-01T12:00:00Z')],
        async (then) => {
          const { endpoint, machine } = await aWorkingMachine(answerOf(then));
          const run = await runAt(machine, then, WAIT);
          expect((await runAt(machine, then + MINUTE, WAIT)).stdout).toMatch(FRESH);
          return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
        },
      ),
  );
});

describeWith('faketime', 'our clock against the clocks of others', () => {
  fault(
    'time-30',
    'Retry-After as a date, and the local clock is an hour slow or fast: never less than the five minutes without a header',
    { prints: /^rate limited (1h9m|1h1\dm|[45]m)$/m, requests: 2, within: AT_ONCE },
    () =>
      slowest(/^rate limited (1h9m|1h1\dm|[45]m)$/m, [-HOUR, HOUR], async (off) => {
        const inTenMinutes = new Date(NOON + 10 * MINUTE).toUTCString();
        const { endpoint, machine } = await aWorkingMachine(json('{}', 429, { 'retry-after': inTenMinutes }));
        const run = await runAt(machine, NOON + off, WAIT);
        const { blocked_until: end, written_at: at } = machine.read('usage.lock');
        expect(end - at).toBeGreaterThanOrEqual(300);
        expect(end - at).toBeLessThanOrEqual(70 * 60 * 1.1 + 2);
        return { run, requests: endpoint.requests.length, files: lockWords(machine) };
      }),
  );

  fault(
    'time-31',
    'a login that a fast clock takes for expired is not sent; it works once the clock is right',
    { prints: FRESH, requests: 1, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine();
      machine.login({ expiresAt: Date.now() + YEAR });
      expect((await runAt(machine, Date.now() + 2 * YEAR, WAIT)).stdout).toBe('run claude\n');
      expect(endpoint.requests).toHaveLength(0);
      const run = await machine.run(WAIT);
      return { run, requests: endpoint.requests.length, files: newDataKept(machine) };
    },
  );

  fault(
    'time-32',
    'certificates that the local clock takes for expired, or for not valid yet: `show` names the clock',
    {
      prints: /certificate (has expired|is not valid yet), or the\s+clock\s+is\s+wrong/,
      lines: 'any',
      requests: 0,
      within: AT_ONCE,
    },
    () =>
      slowest(
        /certificate (has expired|is not valid yet), or the\s+clock\s+is\s+wrong/,
        ['2019-06-01T00:00:00Z', '2120-06-01T00:00:00Z'],
        async (moment) => {
          const then = Date.parse(moment);
          const server = await fakeServer(reply('{}'), { tls: 'server' });
          const machine = new Machine(server.url, { NODE_EXTRA_CA_CERTS: AUTHORITY });
          machine.login({ expiresAt: null });
          putEntry(machine, then - 12 * MINUTE);
          const run = await runAt(machine, then, ['show', '--timeout', '1']);
          expect(machine.read('usage.lock').error).toBe('network_error');
          return { run, requests: requestsTo(server), files: filesOf(machine) };
        },
      ),
  );
});

/** The local times that `show` must print, worked out by hand from the rules of each zone. */
const LOCAL_TIMES: [zone: string, now: string, reset: string, expected: string, read: string][] = [
  // Clocks go back from 03:00 to 02:00 at 01:00 UTC.
  ['Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25T03:10:00Z', 'in 2h39m, 04:10', '02:28'],
  ['Europe/Berlin', '2026-10-25T01:30:00Z', '2026-10-25T03:10:00Z', 'in 1h39m, 04:10', '02:28'],
  ['Europe/Berlin', '2026-10-24T21:30:00Z', '2026-10-25T01:30:00Z', 'in 3h59m, Sun 02:30', '23:28'],
  // Clocks go forward from 02:00 to 03:00 at 01:00 UTC.
  ['Europe/Berlin', '2027-03-28T00:30:00Z', '2027-03-28T03:10:00Z', 'in 2h39m, 05:10', '01:28'],
  ['Europe/Berlin', '2027-03-27T22:30:00Z', '2027-03-28T01:30:00Z', 'in 2h59m, Sun 03:30', '23:28'],
  // Back at 06:00 UTC.
  ['America/New_York', '2026-11-01T05:30:00Z', '2026-11-01T09:10:00Z', 'in 3h39m, 04:10', '01:28'],
  ['America/New_York', '2026-10-25T12:00:00Z', '2026-10-25T15:00:00Z', 'in 2h59m, 11:00', '07:58'],
  ['Asia/Kathmandu', '2026-10-25T18:00:00Z', '2026-10-25T21:00:00Z', 'in 2h59m, Mon 02:45', '23:43'],
  ['Pacific/Apia', '2026-10-25T10:30:00Z', '2026-10-25T13:00:00Z', 'in 2h29m, Mon 02:00', '23:28'],
  // Half an hour forward at 15:30 UTC.
  ['Australia/Lord_Howe', '2026-10-03T15:00:00Z', '2026-10-03T18:00:00Z', 'in 2h59m, 05:00', '01:28'],
  ['Pacific/Kiritimati', '2026-12-31T09:30:00Z', '2026-12-31T12:00:00Z', 'in 2h29m, Fri 02:00', '23:28'],
  ['UTC', '2026-12-31T23:30:00Z', '2027-01-01T02:00:00Z', 'in 2h29m, Fri 02:00', '23:28'],
];

describeWith('faketime', 'local times', () => {
  fault(
    'time-33',
    '`show` in twelve zones, on days when clocks change among them: the clock times are right',
    { prints: /42% {2}resets in \dh\d\dm, /, lines: 'any', requests: 0, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine();
      return slowest(
        /42% {2}resets in \dh\d\dm, /,
        LOCAL_TIMES,
        async ([zone, now, resets_at, expected, read]) => {
          const then = Date.parse(now);
          putEntry(machine, then - MINUTE - 30 * SECOND, { five_hour: { utilization: 42, resets_at } });
          const run = await runAt(machine, then, ['show', '--cached'], { TZ: zone });
          expect(run.stdout, zone).toContain(`${expected}\n`.replace('\n', ''));
          // The zone is printed beside the first clock time that is not the machine's.
          expect(run.stdout.replace(/ (?:[A-Z]{2,5}|[+-][\d:]+)(?=,)/, ''), zone).toContain(
            `read 1m ago, ${read},`,
          );
          return { run, requests: endpoint.requests.length, files: goodDataKept(machine) };
        },
      );
    },
    60_000,
  );

  fault(
    'time-34',
    'a week and a day that are an hour shorter and longer: the countdown is in real hours',
    { prints: /7d {2}.* in (7d1h|6d23h), /, lines: 'any', requests: 0, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine();
      const weeks: [string, string, string][] = [
        ['2026-10-24T10:00:00Z', '2026-10-31T11:00:00Z', 'in 7d1h, 31 Oct 12:00'],
        ['2027-03-27T11:00:00Z', '2027-04-03T10:00:00Z', 'in 6d23h, 3 Apr 12:00'],
      ];
      return slowest(/7d {2}.* in (7d1h|6d23h), /, weeks, async ([now, resets_at, expected]) => {
        const then = Date.parse(now);
        putEntry(machine, then - 30 * SECOND, {
          five_hour: null,
          seven_day: {
            utilization: 42,
            resets_at: new Date(Date.parse(resets_at) + 30 * SECOND).toISOString(),
          },
        });
        const run = await runAt(machine, then, ['show', '--cached'], { TZ: 'Europe/Berlin' });
        expect(run.stdout).toContain(expected);
        return { run, requests: endpoint.requests.length, files: 'good data kept' };
      });
    },
  );

  fault(
    'time-35',
    'a time zone that does not exist, an empty one, and none: the program runs',
    { prints: KNOWN, requests: 0, within: AT_ONCE },
    async () => {
      const { endpoint, machine } = await aWorkingMachine();
      know(machine);
      return slowest(KNOWN, ['Mars/Olympus_Mons', '', ':/etc/passwd', 'x'.repeat(5000)], async (TZ) => {
        const show = await machine.run(['show', '--cached'], { TZ });
        expect(show).toMatchObject({ code: 0, stderr: '' });
        // Without a zone there are no clock times.
        const clock = TZ === '' ? '(\\w+ )?\\d\\d:\\d\\d, ' : '';
        expect(show.stdout).toMatch(new RegExp(`read 12m ago, ${clock}from`));
        const run = await machine.run(['--cached'], { TZ });
        return { run, requests: endpoint.requests.length, files: filesOf(machine) };
      });
    },
  );
});

describe('asleep in mid-request', () => {
  fault(
    'time-36',
    'stopped for three seconds before a silent server: ends within its deadline after it continues',
    { prints: `${KNOWN} · no answer`, requests: 1, within: 3000 + DEADLINE },
    async () => {
      const server = await fakeServer(() => {});
      const machine = new Machine(server.url);
      know(machine);
      const { run, awake } = await runSuspended(machine, {
        args: WAIT,
        reached: () => until(() => requestsTo(server) === 1),
        ms: 3000,
      });
      expect(awake).toBeLessThanOrEqual(DEADLINE);
      return { run, requests: requestsTo(server), files: filesOf(machine) };
    },
  );

  fault(
    'time-37',
    'stopped before a silent server, and another process writes newer data: they are kept, and shown',
    { prints: '5h 42%', requests: 1, within: 1500 + DEADLINE },
    async () => {
      const server = await fakeServer(() => {});
      const machine = new Machine(server.url);
      know(machine);
      let newer = '';
      const { run } = await runSuspended(machine, {
        args: WAIT,
        reached: () => until(() => requestsTo(server) === 1),
        ms: 1500,
        meanwhile: () => {
          newer = know(machine, 0);
        },
      });
      expect(fs.readFileSync(join(machine.cache, 'usage.json'), 'utf8')).toBe(newer);
      return { run, requests: requestsTo(server), files: filesOf(machine) };
    },
  );

  fault(
    'time-38',
    'stopped before a silent server, and another process gets a backoff of an hour (429): the backoff stays',
    { prints: `${KNOWN} · no answer`, requests: 1, within: 1500 + DEADLINE },
    async () => {
      const server = await fakeServer(() => {});
      const machine = new Machine(server.url);
      know(machine);
      const { run } = await runSuspended(machine, {
        args: WAIT,
        reached: () => until(() => requestsTo(server) === 1),
        ms: 1500,
        meanwhile: () => putLock(machine, Date.now()),
      });
      expect(machine.read('usage.lock').blocked_until).toBeGreaterThan(Date.now() / SECOND + 3000);
      return { run, requests: requestsTo(server), files: filesOf(machine) };
    },
  );

  fault(
    'time-39',
    'stopped before a good response arrives, and another process gets a backoff of an hour: the backoff stays',
    { prints: FRESH, requests: 1, within: 500 + DEADLINE },
    async () => {
      const { run, endpoint, machine } = await answeredAsleep(({ machine: sleeper }) =>
        putLock(sleeper, Date.now()),
      );
      expect(machine.read('usage.lock').blocked_until).toBeGreaterThan(Date.now() / SECOND + 3000);
      return { run, requests: endpoint.requests.length, files: lockWords(machine) };
    },
  );

  fault(
    'time-40',
    'stopped before a good response arrives, and another process writes newer data: they are kept',
    { prints: /^5h (22|42)%/, requests: 1, within: 500 + DEADLINE },
    async () => {
      let newer = '';
      const { run, endpoint, machine } = await answeredAsleep(({ machine: sleeper }) => {
        newer = know(sleeper, 0);
      });
      expect(fs.readFileSync(join(machine.cache, 'usage.json'), 'utf8')).toBe(newer);
      return { run, requests: endpoint.requests.length, files: filesOf(machine) };
    },
  );
});

/** A process that is stopped for half a second in mid-request; the response has arrived when it continues. */
async function answeredAsleep(meanwhile: (asleep: { machine: Machine }) => void) {
  let send = () => {};
  const endpoint = await anEndpoint((...exchange) => {
    send = () => answerOf(Date.now())(...exchange);
  });
  const machine = new Machine(endpoint.url);
  know(machine);
  const { run } = await runSuspended(machine, {
    args: WAIT,
    reached: () => until(() => endpoint.requests.length === 1),
    ms: 500,
    meanwhile: () => {
      send();
      meanwhile({ machine });
    },
  });
  return { run, endpoint, machine };
}

describeWith('faketime', 'a day asleep in mid-request', () => {
  fault(
    'time-41',
    'a day passes between request and response, and another process has written newer data: they are kept, and the day-old response is not shown as current',
    { prints: /^(?!5h 22% (4h|· 7d 33% 4d)).+$/m, requests: 1, within: 500 + DEADLINE },
    async () => {
      let send = () => {};
      const endpoint = await anEndpoint((...exchange) => {
        send = () => answerOf(Date.now())(...exchange);
      });
      const machine = new Machine(endpoint.url);
      know(machine);
      const clock = movableClock(machine);
      Object.assign(machine.env, clock.env);
      const { run } = await runSuspended(machine, {
        args: WAIT,
        reached: () => until(() => endpoint.requests.length === 1),
        ms: 500,
        meanwhile: () => {
          send();
          clock.move(DAY);
          know(machine, -DAY + MINUTE);
        },
      });
      const cachedAt = machine.read('usage.json').cached_at;
      expect(Date.parse(cachedAt)).toBeGreaterThan(Date.now() + DAY - 5 * MINUTE);
      return { run, requests: endpoint.requests.length, files: filesOf(machine) };
    },
  );
});
/** The cost of a lock from the future: its requests count as made now. */
const PAUSED = /^paused (1m|<1m)\n/;
