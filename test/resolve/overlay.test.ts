import { claudeReader } from '../../src/fetch/claude/reader.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountDirectory } from '../../src/cache/directory.ts';
import type { AccountDirectory } from '../../src/cache/directory.ts';
import { serializeEntry } from '../../src/cache/entry.ts';
import type { Entry } from '../../src/cache/entry.ts';
import { readSessionReports, serializeSessionReports } from '../support/claude.ts';
import { defaultSettings } from '../../src/config/settings.ts';
import { toUsage } from '../../src/resolve/to-usage.ts';
import { decide } from '../../src/resolve/decide.ts';
import type { AccountMatch } from '../../src/resolve/freshness.ts';
import { isUnchanged, storeReport } from '../../src/resolve/store-report.ts';
import { forecastOf, renderForecast, usageAt } from '../../src/prerender/forecast.ts';
import type { ForecastInput } from '../../src/prerender/forecast.ts';
import { overlayReports } from '../../src/resolve/overlay.ts';
import { renderLine } from '../../src/render/line.ts';
import type { Report, ReportedNumber } from '../../src/usage/report.ts';
import { NO_SESSION_REPORTS } from '../../src/usage/session-reports.ts';
import type { SessionReports } from '../../src/usage/session-reports.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { aLock, anEntry, aSituation, FABLE, FIVE, iso, NOW, WEEK } from '../support/build.ts';
import { provider as claude } from '../../src/fetch/registry.ts';
import { asker, fakeProvider } from '../support/provider.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';

const settings = defaultSettings({});

const five = (ago: number, changes: Partial<ReportedNumber> = {}): ReportedNumber => ({
  percent: 24,
  resetsAt: FIVE,
  readAt: NOW - ago,
  seenAt: NOW - ago,
  ...changes,
});
const week = (ago: number): ReportedNumber => ({
  percent: 34,
  resetsAt: WEEK,
  readAt: NOW - ago,
  seenAt: NOW - ago,
});
const reporting = (five_hour: ReportedNumber | null, seven_day: ReportedNumber | null): SessionReports => ({
  ...NO_SESSION_REPORTS,
  credentials: 'fingerprint-1',
  windows: { five_hour, seven_day },
});
const scoped = (ago: number, changes: Partial<Entry> = {}) => {
  const entry = anEntry({ cachedAt: NOW - ago, ...changes });
  return { ...entry, data: { ...entry.data, limits: [FABLE] } };
};
const merged = (entry: Entry | null, reports: SessionReports, account: AccountMatch = 'unknown', now = NOW) =>
  overlayReports(entry, reports, {
    reader: claudeReader,
    fingerprint: 'fingerprint-1',
    now,
    canAsk: true,
    account: () => account,
    reportsAccount: () => account,
  });

/** What a prompt shows, and what is done. */
const decided = (entry: Entry | null, changes: Parameters<typeof aSituation>[0] = {}) => {
  const situation = aSituation({ policy: 'background', ...changes, entry });
  const decision = decide(situation);
  const usage = toUsage({
    ...decision,
    entry,
    source: 'cache',
    pending: false,
    provider: claude,
    account: 'default',
    decidedAt: situation.now,
    now: situation.now,
    settings: situation.settings,
  });
  return { row: decision.row, action: decision.action, usage, line: renderLine(usage, { color: false }) };
};
const off = { ...settings, network: false };

describe('reports beside a response', () => {
  const reports = reporting(five(MINUTE), week(MINUTE));

  it('are shown as fresh without a request, beside the other numbers of the response', () => {
    const { row, action, usage, line } = decided(merged(scoped(10 * MINUTE), reports));
    expect([row, action, line]).toEqual([
      1,
      'serve',
      '5h 24% 4h37m · 7d 34% 4d3h · 7d Fable 82% 4d3h, empty in 15h',
    ]);
    expect(usage).toMatchObject({
      state: 'fresh',
      source: 'statusline',
      plan: 'max_20x',
      ageMs: 10 * MINUTE,
    });
    expect(usage.windows.map(({ source, readAt }) => [source, readAt])).toEqual([
      ['statusline', NOW - MINUTE],
      ['statusline', NOW - MINUTE],
      ['endpoint', NOW - 10 * MINUTE],
    ]);
    expect(usage.freshUntil).toBe(NOW + 2 * MINUTE);
  });

  it('make the endpoint due for the other numbers after 15 min, whose age is shown', () => {
    const { row, action, line } = decided(merged(scoped(16 * MINUTE), reports));
    expect([row, action]).toEqual([4, 'background']);
    expect(line).toBe('5h 24% 4h37m · 7d 34% 4d3h · 7d Fable 82% 4d3h, empty in 15h, 16m ago');
    expect(decided(merged(scoped(16 * MINUTE), reports), { policy: 'wait' }).action).toBe('refresh');
  });

  it.each([
    ['is switched off', { settings: off }],
    ['has a backoff', { backoff: aLock() }],
    ['gets no request from this caller', { policy: 'cached' as const }],
    [
      'has had its share',
      { backoff: aLock({ blockedUntil: 0, requests: Array.from({ length: 24 }, () => NOW - MINUTE) }) },
    ],
  ])('are fresh and without an error where the endpoint %s', (_, changes) => {
    const { row, action, usage } = decided(merged(scoped(16 * MINUTE), reports), changes);
    expect([row, action, usage.state, usage.error]).toEqual([1, 'serve', 'fresh', null]);
  });

  it('make no request due when they contain every window, however old the response is', () => {
    const { row, action } = decided(merged(anEntry({ cachedAt: NOW - 5 * HOUR }), reports));
    expect([row, action]).toEqual([1, 'serve']);
  });

  it('are incomplete without a window of the response, and without extra usage', () => {
    expect(decided(merged(anEntry({ cachedAt: NOW - HOUR }), reporting(five(MINUTE), null))).action).toBe(
      'background',
    );
    const entry = anEntry({ cachedAt: NOW - HOUR });
    const extra = {
      is_enabled: true,
      monthly_limit: null,
      used_credits: 1250,
      utilization: null,
      currency: 'EUR',
    };
    const { action, line } = decided(
      merged({ ...entry, data: { ...entry.data, extra_usage: extra } }, reports),
    );
    expect(action).toBe('background');
    expect(line).toBe('5h 24% 4h37m · 7d 34% 4d3h · extra 12.50 EUR 1h ago');
  });

  it('make the endpoint due when another window of the response is reset', () => {
    const limits = [{ ...FABLE, resets_at: iso(NOW - MINUTE) }];
    const entry = anEntry({ cachedAt: NOW - 10 * MINUTE });
    const { action, usage } = decided(merged({ ...entry, data: { ...entry.data, limits } }, reports));
    expect([action, usage.state]).toEqual(['background', 'fresh']);
  });

  it('are stale after 180 s, and a request is due at the slower pace while Claude Code is at work', () => {
    const old = reporting(five(4 * MINUTE), week(4 * MINUTE));
    const { row, action, line } = decided(merged(scoped(10 * MINUTE), old));
    expect([row, action]).toEqual([3, 'serve']);
    expect(line).toBe('5h 24% 4h37m · 7d 34% 4d3h · 7d Fable 82% 4d3h, empty in 15h · 10m ago');
    expect(decided(merged(scoped(16 * MINUTE), old)).action).toBe('background');
    expect(decided(merged(scoped(10 * MINUTE), old), { policy: 'wait' }).action).toBe('serve');
    expect(decided(merged(scoped(10 * MINUTE), old), { policy: 'wait', ignoresPace: true }).action).toBe(
      'refresh',
    );
    expect(decided(merged(scoped(10 * MINUTE), old), { policy: 'wait', force: true }).action).toBe('refresh');
  });

  it('no longer mean an hour later that Claude Code is at work', () => {
    const old = reporting(five(61 * MINUTE), week(61 * MINUTE));
    expect(decided(merged(scoped(4 * MINUTE), old)).action).toBe('background');
  });

  it('end with their window, which is shown as reset', () => {
    const over = reporting(five(MINUTE, { resetsAt: NOW - SECOND }), week(MINUTE));
    const { row, usage, line } = decided(merged(scoped(10 * MINUTE, { data: {} }), over));
    expect([row, usage.state]).toEqual([3, 'stale']);
    expect(line).toContain('5h reset');
  });

  it('give way to a newer response, which is fresh by itself', () => {
    const { row, usage } = decided(merged(scoped(MINUTE), reporting(five(2 * MINUTE), null)));
    expect(row).toBe(1);
    expect(usage.windows[0]).toMatchObject({ usedPercent: 22, source: 'endpoint' });
  });

  it('are never shown beside numbers that are a day old', () => {
    const { usage } = decided(merged(scoped(25 * HOUR), reports));
    expect(usage.windows.map(({ id }) => id)).toEqual(['five_hour', 'seven_day']);
    expect(usage.state).toBe('fresh');
    expect(decided(merged(scoped(26 * HOUR), reporting(five(25 * HOUR), null))).usage.state).toBe(
      'last_known',
    );
  });

  it('do not count when they are of another account', () => {
    const foreign = { ...reports, credentials: 'fingerprint-0' };
    const entry = scoped(10 * MINUTE);
    expect(merged(entry, foreign, 'changed')).toBe(entry);
    expect(merged(null, foreign, 'changed')).toBeNull();
  });

  it('stay fresh when the credentials of the same account are rewritten', () => {
    const { row, usage, line } = decided(merged(null, { ...reports, credentials: 'fingerprint-0' }, 'same'), {
      settings: off,
    });
    expect([row, usage.state, line]).toEqual([1, 'fresh', '5h 24% 4h37m · 7d 34% 4d3h']);
  });

  it('are shown with their age when the account of rewritten credentials is unknown', () => {
    const entry = merged(null, { ...reports, credentials: 'fingerprint-0' }, 'unknown');
    expect(decided(entry).action).toBe('background');
    const { usage, line } = decided(entry, { settings: off });
    expect([usage.state, line]).toEqual(['stale', '5h 24% 4h37m · 7d 34% 4d3h · 1m ago · disabled']);
    const paced = merged(scoped(4 * MINUTE), { ...reports, credentials: 'fingerprint-0' }, 'unknown');
    expect(decided(paced).action).toBe('background');
  });

  describe('when a session contradicts one', () => {
    const dispute = { ...five(SECOND), percent: 80, resetsAt: FIVE + HOUR, session: 'b', maybeIdle: false };
    const disputed = {
      ...reporting(five(MINUTE), week(MINUTE)),
      disputes: { five_hour: dispute, seven_day: null },
    };
    const mergedWith = (canAsk: boolean) =>
      overlayReports(scoped(2 * MINUTE), disputed, {
        reader: claudeReader,
        fingerprint: 'fingerprint-1',
        now: NOW,
        canAsk,
        account: () => 'same',
        reportsAccount: () => 'same',
      });

    it('are not fresh, and requests are sent at the usual pace', () => {
      const { row, action, usage, line } = decided(mergedWith(true));
      expect([row, action, usage.state]).toEqual([4, 'background', 'stale']);
      expect(line).toBe('5h 24% 4h37m · 7d 34% 4d3h · 7d Fable 82% 4d3h, empty in 15h · 2m ago');
      expect(decided(mergedWith(true), { backoff: aLock() }).row).toBe(2);
    });

    it('give way where no request can be sent', () => {
      const { usage, line } = decided(mergedWith(false), { settings: off });
      expect([usage.state, usage.error]).toEqual(['fresh', null]);
      expect(line).toBe('5h 80% 5h37m · 7d 34% 4d3h · 7d Fable 82% 4d3h, empty in 15h');
    });

    it('are not the numbers that a session with the latest report must see', () => {
      expect(mergedWith(true)?.overlay?.asReported).toBe(false);
      expect(mergedWith(false)?.overlay?.asReported).toBe(true);
      expect(merged(scoped(2 * MINUTE), reports)?.overlay?.asReported).toBe(true);
      expect(merged(scoped(SECOND), reports)?.overlay?.asReported).toBe(false);
    });
  });

  it('are shown beside a limit on money, which has no pace and is always on the line', () => {
    const spend = { percent: 104.2, resetsAt: NOW + 9 * DAY, readAt: NOW - MINUTE, seenAt: NOW - MINUTE };
    const alone = {
      ...NO_SESSION_REPORTS,
      credentials: 'fingerprint-1',
      spend: { ...spend, usedUsd: 521, limitUsd: 500 },
    };
    const { row, usage } = decided(merged(null, alone), { settings: off });
    expect([row, usage.state, usage.source]).toEqual([1, 'fresh', 'statusline']);
    expect(usage.windows).toMatchObject([
      { id: 'spend_limit', usedPercent: 104.2, windowSeconds: null, amount: { used: 521, limit: 500 } },
    ]);
    const ended = { ...alone, spend: { ...alone.spend, resetsAt: NOW - SECOND } };
    expect(decided(merged(null, ended), { settings: off }).usage.windows).toMatchObject([
      { usedPercent: null, elapsed: true, amount: null },
    ]);
  });

  it('are not merged with the response of another account, nor with one from the future', () => {
    const old = scoped(10 * MINUTE, { credentials: 'fingerprint-0' });
    expect(merged(old, reports, 'changed')?.data?.limits).toBeUndefined();
    expect(merged(scoped(-HOUR), reports)?.data?.limits).toBeUndefined();
    const renewed = decided(merged(old, reports, 'unknown'));
    expect([renewed.action, renewed.usage.state]).toEqual(['background', 'fresh']);
    expect(decided(merged(old, reporting(five(HOUR), null), 'unknown')).usage.state).toBe('stale');
  });
});

describe('reports without a response', () => {
  const reports = reporting(five(MINUTE), null);

  it('are an entry, which is fresh where no request may be sent', () => {
    const { row, usage, line } = decided(merged(null, reports), { settings: off });
    expect([row, usage.state, usage.error, line]).toEqual([1, 'fresh', null, '5h 24% 4h37m']);
  });

  it('make the endpoint due at once, also beside an entry without data', () => {
    expect(decided(merged(null, reports)).action).toBe('background');
    const failure = anEntry({ data: null, error: 'no_credentials' });
    expect(decided(merged(failure, reports)).action).toBe('background');
    expect(decided(merged(null, reporting(five(4 * MINUTE), null))).action).toBe('background');
  });

  it('are shown with their age and the reason when they are stale', () => {
    const { line } = decided(merged(null, reporting(five(5 * MINUTE), null)), { settings: off });
    expect(line).toBe('5h 24% 4h37m · 5m ago · disabled');
  });
});

describe('a forecast with reports', () => {
  const ago = fc.integer({ min: 0, max: 26 * HOUR });
  const report = fc.option(
    fc.record({
      percent: fc.integer({ min: 0, max: 101 }),
      ago,
      resetIn: fc.integer({ min: -HOUR, max: 5 * HOUR }),
    }),
  );
  const of = (it: { percent: number; ago: number; resetIn: number } | null) =>
    it && five(it.ago, { percent: it.percent, resetsAt: NOW + it.resetIn });

  it('has the lines that would be printed at each moment', () => {
    fc.assert(
      fc.property(
        fc.option(ago),
        report,
        report,
        fc.option(fc.integer({ min: 1, max: 20 * MINUTE })),
        fc.array(fc.integer({ min: 0, max: 5 * MINUTE - SECOND }), { minLength: 5, maxLength: 5 }),
        fc.constantFrom('fingerprint-1', 'fingerprint-0'),
        fc.boolean(),
        (answered, one, two, blocked, moments, credentials, network) => {
          const entry = answered === null ? null : scoped(answered, { credentials, accountId: null });
          const backoff = blocked === null ? null : aLock({ blockedUntil: NOW + blocked });
          const input: ForecastInput = {
            entry: merged(entry, reporting(of(one), of(two))),
            backoff,
            now: NOW,
            fingerprint: 'fingerprint-1',
            accountMatch: 'unknown',
            provider: claude,
            accountName: 'default',
            settings: { ...settings, network },
            recheckAt: null,
          };
          const render = (usage: Parameters<typeof renderLine>[0]) => renderLine(usage, { color: false });
          const forecast = renderForecast(forecastOf(input), render);
          for (const moment of moments) {
            const at = NOW + moment;
            const { usage, isDue } = usageAt(input, at);
            const stage = forecast?.texts.find(({ until }) => at < until);
            if (isDue) expect(forecast === null || forecast.refreshAt <= at).toBe(true);
            if (stage && usage) expect(stage.text).toBe(render(usage));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('storing the report of a session', () => {
  const report: Report = {
    session: 'a',
    model: null,
    startedAt: null,
    windows: { five_hour: { percent: 24, resetsAt: FIVE }, seven_day: null },
    spend: null,
  };
  /** One run of the status line on a machine where `fs` may be another one. */
  const keep = (
    system: FakeSystem,
    cache: AccountDirectory | null,
    {
      fs = system.fs,
      reported = report,
      fingerprint = 'fingerprint-1' as string | null,
      provider = fakeProvider(system),
    } = {},
  ) =>
    storeReport(
      { system: { ...system, fs }, provider, settings },
      { cache, fallback: null },
      reported,
      fingerprint,
    );

  it('writes it once, and nothing when it is repeated', () => {
    const system = fakeSystem();
    const cache = accountDirectory(`${system.root}/cache`, 'claude');
    const { stored: kept } = keep(system, cache);
    expect(kept?.reports).toEqual(readSessionReports(system, cache.reports, NOW));
    expect(keep(system, cache).stored).toBeNull();
    expect(readSessionReports(system, cache.reports, NOW).windows.five_hour?.percent).toBe(24);
  });

  it('compares it with the response', () => {
    const system = fakeSystem();
    const cache = accountDirectory(`${system.root}/cache`, 'claude');
    system.fs.mkdirSync(cache.path, { recursive: true });
    system.fs.writeFileSync(cache.entry, serializeEntry(anEntry()));
    const lower = { ...report, windows: { five_hour: { percent: 7, resetsAt: FIVE }, seven_day: null } };
    expect(keep(system, cache, { reported: lower }).stored?.stored).toMatchObject({ kind: 'entry' });
    expect(readSessionReports(system, cache.reports, NOW).windows.five_hour).toBeNull();
  });

  it('does not count it when it cannot be stored', () => {
    const system = fakeSystem();
    expect(keep(system, null).stored).toBeNull();
    system.fs.writeFileSync(`${system.root}/cache`, '');
    const cache = accountDirectory(`${system.root}/cache`, 'claude');
    expect(keep(system, cache).stored).toBeNull();
    const full = fakeSystem();
    const there = accountDirectory(full.root, 'claude');
    const fs = {
      ...full.fs,
      writeFileSync: () => {
        throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      },
    } as unknown as typeof full.fs;
    expect(keep(full, there, { fs }).stored).toBeNull();
  });

  it('gives up when other processes always write first', () => {
    const system = fakeSystem();
    const cache = accountDirectory(`${system.root}/cache`, 'claude');
    const fs = Object.create(system.fs) as typeof system.fs;
    fs.renameSync = (from) => system.fs.unlinkSync(from);
    const { stored: kept } = keep(system, cache, { fs });
    expect(kept?.reports.windows.five_hour?.percent).toBe(24);
    expect(isUnchanged(system, { cache }, kept!)).toBe(false);
  });

  it.each(['entry', 'reports'] as const)('notices that the file of the %s has changed since', (name) => {
    const system = fakeSystem();
    const cache = accountDirectory(`${system.root}/cache`, 'claude');
    const kept = keep(system, cache).stored!;
    expect(isUnchanged(system, { cache }, kept)).toBe(true);
    system.fs.writeFileSync(cache[name], '{}');
    expect(isUnchanged(system, { cache }, kept)).toBe(false);
  });

  it('reads the report of another process that was written at the same time, and adds its own again', () => {
    const system = fakeSystem();
    const cache = accountDirectory(`${system.root}/cache`, 'claude');
    const fs = Object.create(system.fs) as typeof system.fs;
    let others = 1;
    fs.renameSync = (from, to) => {
      system.fs.renameSync(from, to);
      if (others > 0 && to === cache.reports) {
        others -= 1;
        keep(system, cache, { reported: { ...report, session: 'b' } });
        const foreign = { ...readSessionReports(system, cache.reports, NOW), sessions: new Map() };
        system.fs.writeFileSync(cache.reports, serializeSessionReports(foreign));
      }
    };
    const { stored: kept } = keep(system, cache, { fs });
    expect([...readSessionReports(system, cache.reports, NOW).sessions.keys()]).toEqual(['a']);
    expect(isUnchanged(system, { cache }, kept!)).toBe(true);
  });

  describe('with a login', () => {
    const login = () => {
      const system = fakeSystem();
      const cache = accountDirectory(`${system.root}/cache`, 'claude');
      const provider = fakeProvider(system);
      const run = (reported: Report, fingerprint = 'fingerprint-1') =>
        keep(system, cache, { reported, fingerprint, provider });
      const read = () => readSessionReports(system, cache.reports, NOW);
      return { system, provider, run, read };
    };
    const higher = { ...report, windows: { five_hour: { percent: 25, resetsAt: FIVE }, seven_day: null } };

    it('writes the account, and writes again when the login file was rewritten', () => {
      const { run, read } = login();
      run(report);
      expect(read()).toMatchObject({ credentials: 'fingerprint-1', account: 'ada' });
      expect(run(report, 'fingerprint-2').stored).not.toBeNull();
      expect(read()).toMatchObject({ credentials: 'fingerprint-2', windows: { five_hour: { percent: 24 } } });
      expect(run(report, 'fingerprint-2').stored).toBeNull();
    });

    it('drops the numbers once another account has signed in', () => {
      const { provider, run, read } = login();
      run(report);
      provider.signedIn = 'grace';
      expect(run(higher, 'fingerprint-2')).toMatchObject({ foreign: true });
      expect(read()).toMatchObject({ account: 'grace', windows: { five_hour: null } });
      const other = { ...higher, session: 'b' };
      expect(run(other, 'fingerprint-2')).toMatchObject({ foreign: false });
      expect(read().windows.five_hour?.percent).toBe(25);
    });

    it('does not compare it with the response of another account', () => {
      const { system, provider, run, read } = login();
      const cache = accountDirectory(`${system.root}/cache`, 'claude');
      system.fs.mkdirSync(cache.path, { recursive: true });
      const answer = anEntry({ accountId: 'grace', credentials: 'fingerprint-0' });
      const other = { utilization: 90, resets_at: iso(FIVE + HOUR) };
      system.fs.writeFileSync(cache.entry, serializeEntry({ ...answer, data: { five_hour: other } }));
      run(report);
      expect(read()).toMatchObject({
        windows: { five_hour: { percent: 24 } },
        disputes: { five_hour: null },
      });
      provider.signedIn = 'grace';
      run({ ...report, session: 'b' }, 'fingerprint-2');
      expect(read()).toMatchObject({
        windows: { five_hour: null },
        disputes: { five_hour: { session: 'b' } },
      });
    });

    it('writes nothing for a session whose environment names another login', () => {
      const { provider, run, read } = login();
      provider.isForeignSession = () => true;
      expect(run(report)).toEqual({ stored: null, foreign: true, reportedAt: NOW });
      expect(read()).toEqual(NO_SESSION_REPORTS);
    });

    it('reads no account for a report without numbers', () => {
      const { provider, run } = login();
      provider.identity = () => expect.fail('the account file can be large');
      const empty = { ...report, windows: { five_hour: null, seven_day: null } };
      expect(run(empty)).toEqual({ stored: null, foreign: false, reportedAt: NOW });
    });

    it('returns when the session received its numbers', () => {
      const { system, run } = login();
      expect(run(report).reportedAt).toBe(NOW);
      system.setNow(NOW + HOUR);
      expect(run(report).reportedAt).toBe(NOW);
      expect(run(higher).reportedAt).toBe(NOW + HOUR);
    });
  });
});

describe('resolving with reports', () => {
  it('sends no request for fresh reports, and estimates only where there are no numbers', async () => {
    const system = fakeSystem({ env: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' } });
    const provider = fakeProvider(system);
    const { ask, deps } = asker(system, provider);
    const { resolve } = await import('../../src/resolve/resolve.ts');
    const count = { total: 420_000, input: 1, output: 2, cacheCreation: 3, cacheRead: 4 };
    const tokens = { fiveHour: { ...count, endsAt: NOW + HOUR }, sevenDay: null };
    const question = {
      policy: 'background',
      force: false,
      sendsUncached: false,
      waitsForOthers: false,
    } as const;
    const rest = { baseUrl: 'http://127.0.0.1:1', userAgent: 'usageline/test' };
    const estimate = async () => ({ tokens, isDue: false });
    const { usage, settled } = await resolve({ ...deps, estimate }, { ...question, ...rest });
    expect([usage.state, usage.source, usage.error?.code, settled]).toEqual([
      'estimate',
      'transcripts',
      'disabled',
      false,
    ]);
    const none = async () => ({ tokens: { fiveHour: null, sevenDay: null }, isDue: false });
    expect((await resolve({ ...deps, estimate: none }, { ...question, ...rest })).usage.state).toBe('none');
    expect(
      (
        await resolve(
          { ...deps, estimate: async () => ({ tokens: null, isDue: false }) },
          { ...question, ...rest },
        )
      ).usage.state,
    ).toBe('none');

    const directory = `${system.root}/.cache/usageline/claude`;
    system.fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    const reports = reporting(five(MINUTE), week(MINUTE));
    system.fs.writeFileSync(`${directory}/statusline.json`, serializeSessionReports(reports));
    const answered = await ask({ policy: 'wait' });
    expect([answered.usage.state, answered.usage.error, provider.sent]).toEqual(['fresh', null, []]);
  });
});

it('a forecast ends after a day at most', () => {
  const entry = merged(scoped(20 * HOUR), reporting(five(MINUTE), null));
  const known = {
    entry,
    backoff: null,
    now: NOW,
    fingerprint: 'fingerprint-1',
    accountMatch: 'unknown',
    provider: claude,
    accountName: 'default',
  } as const;
  const schedule = renderForecast(forecastOf({ ...known, settings: off, recheckAt: null }), (usage) =>
    renderLine(usage, { color: false }),
  );
  expect(schedule?.texts.at(-1)?.until).toBe(NOW - MINUTE + DAY);
});
