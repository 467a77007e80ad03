import { readEntry } from '../support/claude.ts';
import { readBackoff } from '../../src/cache/backoff.ts';
import type { Backoff } from '../../src/cache/backoff.ts';
import type { Entry } from '../../src/cache/entry.ts';
import { defaultSettings } from '../../src/config/settings.ts';
import type { Outcome, SendOptions } from '../../src/fetch/provider.ts';
import type { ProviderDescriptor } from '../../src/fetch/provider.ts';
import { pathsOf } from '../../src/resolve/paths.ts';
import type { Question, ResolveDeps } from '../../src/resolve/read-state.ts';
import { decide } from '../../src/resolve/decide.ts';
import { freshUntil } from '../../src/resolve/freshness.ts';
import { resolve } from '../../src/resolve/resolve.ts';
import type { Snapshot } from '../../src/usage/snapshot.ts';
import type { Usage } from '../../src/usage/model.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { atWork, sixtyCallers, workOf } from './callers.ts';
import type { Caller } from './callers.ts';
import { Endpoint, foreignPrograms } from './endpoint.ts';
import { Machine, START } from './machine.ts';
import { Tally } from './tally.ts';
import type { Result } from './tally.ts';
import { ONE_LOGIN } from '../support/provider.ts';

/** The life of a token; Claude Code renews it when it is used. */
const TOKEN_LASTS = 8 * HOUR;

/** The hours of the week without a network: offset from the start and length, ms. */
const OFFLINE = [
  [DAY + 12 * HOUR, 90 * MINUTE],
  [2 * DAY + 3 * HOUR, 2 * HOUR],
  [3 * DAY + 17 * HOUR, 80 * MINUTE],
] as const;

/** The time until a process has loaded its code, ms. */
const START_UP = 60;

/**
 * A week of sixty callers of one account, who share one cache directory. The real `resolve` runs on real files; the clock,
 * the endpoint and the people are simulated. A question that changes no file is not resolved: a fresh entry is counted as
 * such, and for any other question `decide` shows whether the entry is served as it is.
 */
export async function simulateWeek({ seed = 1, days = 7, start = START } = {}): Promise<Result> {
  const machine = new Machine(seed, start);
  const { system, begin, random } = machine;
  const end = begin + days * DAY;
  const endpoint = new Endpoint(random);
  const tally = new Tally();
  const settings = defaultSettings({});

  let login = 1;
  let tokenUntil = begin - HOUR;
  let throttledUntil = 0;

  const offline = () =>
    OFFLINE.some(([from, lasts]) => machine.now >= begin + from && machine.now < begin + from + lasts);

  const send = async ({ timeoutMs }: SendOptions): Promise<Outcome<Snapshot>> => {
    const at = machine.now;
    tally.sent(at, login);
    const fails = (code: 'network_error' | 'timeout' | 'server_error') =>
      ({ ok: false, failure: { code } }) as const;
    if (offline()) {
      await machine.sleep(random() < 0.5 ? 30 : timeoutMs);
      return fails(random() < 0.5 ? 'network_error' : 'timeout');
    }
    tally.reached();
    await machine.sleep(150 + Math.round(-Math.log(1 - random()) * 250));
    if (random() < 0.004) return fails('server_error');
    if (random() < 0.004) return fails('timeout');
    const verdict = endpoint.request(machine.now);
    if (verdict.kind === 'throttled') {
      const { retryAfter } = verdict;
      tally.throttled(machine.now, retryAfter, at < throttledUntil);
      throttledUntil =
        retryAfter === null || retryAfter === '0' ? 0 : machine.now + Number(retryAfter) * SECOND;
      return { ok: false, failure: { code: 'rate_limited', retryAfter } };
    }
    tally.answered(machine.now);
    return { ok: true, value: { data: usageAt(at), plan: 'max_20x' } };
  };

  /** Windows that reset every five hours and every week; usage grows until then. */
  const usageAt = (now: number): Snapshot['data'] => {
    const window = (length: number) => {
      const since = Math.floor(now / length) * length;
      const utilization = Math.round(((now - since) / length) * 900) / 10;
      return { utilization, resets_at: new Date(since + length).toISOString() };
    };
    return { five_hour: window(5 * HOUR), seven_day: window(7 * DAY) };
  };

  const provider: ProviderDescriptor = {
    ...ONE_LOGIN,
    fingerprint: () => `fingerprint-${login}`,
    connect: async () => ({
      id: 'claude',
      authenticate: async () =>
        machine.now < tokenUntil
          ? { ok: true, value: { plan: 'max_20x', tokenHash: () => `000000${login}`.slice(-8), send } }
          : { ok: false, failure: { code: 'token_lapsed' } },
    }),
  };
  const deps: ResolveDeps = { system, provider, settings, log: () => {} };
  const paths = pathsOf(system, provider);
  const asked = { baseUrl: 'https://endpoint.invalid', userAgent: 'usageline/simulation' };

  /** The files on disk, read again after each process that could have changed them. */
  let known: { entry: Entry | null; lock: Backoff | null } | null = null;
  let freshFor = { login: 0, cachedAt: 0, until: 0 };
  const onDisk = () => {
    if (known !== null) return known;
    const read = readEntry(system, paths.cache!.entry);
    const entry = read.kind === 'entry' ? read.entry : null;
    known = { entry, lock: readBackoff(system, paths.cache!.backoff, machine.now) };
    return known;
  };

  /** A process resolves usage, and starts a worker if it is the one to do so. */
  const asks = (question: Question, onUsage: (usage: Usage) => void): Promise<void> =>
    machine.process(async () => {
      tally.resolved += 1;
      const { usage, startWorker: startBackground } = await resolve(deps, question);
      known = null;
      onUsage(usage);
      if (startBackground) {
        tally.started += 1;
        const behind: Question = {
          ...asked,
          policy: 'wait',
          force: false,
          sendsUncached: false,
          waitsForOthers: false,
        };
        machine.at(machine.now + START_UP, () => asks(behind, () => {}));
      }
    });

  const call = (caller: Caller, force: boolean): void | Promise<void> => {
    const now = machine.now;
    const work = caller.kind !== 'cron' && atWork(begin, now);
    // Row 1 holds until its time is over or the credentials change.
    if (!force && freshFor.login === login && now < freshFor.until) {
      tally.shown('fresh', now - freshFor.cachedAt, work, offline());
      return;
    }
    const { entry, lock } = onDisk();
    const { policy, sendsUncached, waitsForOthers } = caller;
    const account = () => 'same' as const;
    const decision = decide({
      entry,
      backoff: lock,
      now,
      policy,
      fingerprint: `fingerprint-${login}`,
      account,
      settings,
      budget: provider.budget,
      force,
    });
    if (decision.action === 'serve') {
      if (decision.row === 1)
        freshFor = { login, cachedAt: entry!.cachedAt, until: freshUntil(entry!, settings) };
      tally.shown(decision.freshness, entry === null ? null : now - entry.cachedAt, work, offline());
      return;
    }
    return asks({ ...asked, policy, force, sendsUncached, waitsForOthers }, ({ state, ageMs }) => {
      freshFor = { ...freshFor, until: 0 };
      tally.shown(state, ageMs, work, offline());
    });
  };

  for (const caller of sixtyCallers(begin, random)) {
    const schedule = (after: number): void => {
      const { at, force } = caller.next(after);
      if (at >= end) return;
      machine.at(at, () => {
        schedule(machine.now);
        return call(caller, force);
      });
    };
    schedule(begin - 1);
  }

  for (let day = 0; day < days; day += 1) {
    const work = workOf(begin, day);
    // The first use of Claude Code on a day renews an expired token, and keeps a valid one.
    const renew = () => {
      login += 1;
      tokenUntil = machine.now + TOKEN_LASTS;
    };
    for (let at = work?.from ?? end; at < Math.min(work?.to ?? 0, end); at += TOKEN_LASTS)
      machine.at(at + 40 * SECOND, renew);
  }

  for (const { from, until, every } of foreignPrograms(begin, random)) {
    for (let at = from; at < Math.min(until, end); at += every) {
      machine.at(at, () => {
        if (!offline()) tally.foreign(endpoint.request(machine.now).kind === 'throttled');
      });
    }
  }

  await machine.run(end);
  return tally.result(seed, days);
}
