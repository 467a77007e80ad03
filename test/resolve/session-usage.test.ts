import { claudeReader } from '../../src/fetch/claude/reader.ts';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/cache/entry.ts';
import { defaultSettings } from '../../src/config/settings.ts';
import { provider } from '../../src/fetch/registry.ts';
import { renderLine } from '../../src/render/line.ts';
import { toUsage } from '../../src/resolve/to-usage.ts';
import { decide } from '../../src/resolve/decide.ts';
import { sessionUsage } from '../../src/resolve/session-usage.ts';
import type { SessionUsageParts } from '../../src/resolve/session-usage.ts';
import type { Report, Reported } from '../../src/usage/report.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { aLock, anEntry, aSituation, FABLE, FIVE, NOW, WEEK } from '../support/build.ts';

const settings = defaultSettings({});

const reports = (five: Reported | null, seven: Reported | null = null): Report => ({
  session: 'a',
  model: null,
  startedAt: null,
  windows: { five_hour: five, seven_day: seven },
  spend: null,
});
const both = reports({ percent: 41, resetsAt: FIVE }, { percent: 52, resetsAt: WEEK });
const scoped = (ago: number): Entry => {
  const entry = anEntry({ cachedAt: NOW - ago });
  return { ...entry, data: { ...entry.data, limits: [FABLE] } };
};

/** The session's own line beside what every line shows. */
const lines = (
  entry: Entry | null,
  report: Report,
  {
    situation = {} as Parameters<typeof aSituation>[0],
    ...parts
  }: Partial<SessionUsageParts> & { situation?: object } = {},
) => {
  const decision = decide(aSituation({ policy: 'background', ...situation, entry }));
  const usage = toUsage({
    ...decision,
    entry,
    source: 'cache',
    pending: false,
    provider,
    account: 'default',
    decidedAt: NOW,
    now: NOW,
    settings,
  });
  const shared = { entry, freshness: decision.freshness, usage, error: usage.error };
  const fingerprint = 'fingerprint-1';
  const own = sessionUsage({
    shared,
    report,
    reportedAt: NOW,
    foreign: false,
    fingerprint,
    reader: claudeReader,
    now: NOW,
    settings,
    ...parts,
  });
  return { own, usage, line: renderLine(own, { color: false }) };
};

describe('a session’s own line', () => {
  it.each<[string, object]>([
    ['with the network off', { settings: { ...settings, network: false } }],
    ['under a backoff', { backoff: aLock() }],
    ['without a login', { backoff: aLock({ error: 'no_credentials' }) }],
  ])('shows what this call reported %s and no entry', (_, situation) => {
    const { own, line } = lines(null, both, { situation });
    expect(line).toBe('5h 41% 4h37m · 7d 52% 4d3h, empty in 2d12h');
    expect(own).toMatchObject({ state: 'fresh', source: 'statusline', error: null, pending: false });
  });

  it('shows what this call reported where the entry has another number, and the rest of the entry', () => {
    const { line, usage } = lines(scoped(MINUTE), both);
    expect(line).toBe('5h 41% 4h37m · 7d 52% 4d3h, empty in 2d12h · 7d Fable 82% 4d3h, empty in 15h');
    expect(usage.windows[0]?.usedPercent).toBe(22);
    expect(lines(scoped(MINUTE), reports({ percent: 41, resetsAt: FIVE })).line).toBe(
      '5h 41% 4h37m · 7d 33% 4d3h · 7d Fable 82% 4d3h, empty in 15h',
    );
  });

  it('is the shared one where the numbers are the same, or where nothing was reported', () => {
    const same = reports({ percent: 22, resetsAt: FIVE }, { percent: 33, resetsAt: WEEK });
    for (const report of [same, reports(null)]) {
      const { own, usage } = lines(scoped(0), report);
      expect(own).toBe(usage);
    }
  });

  it('is fresh where this call confirms an older number', () => {
    const { line } = lines(anEntry({ cachedAt: NOW - 10 * MINUTE }), {
      ...both,
      windows: { five_hour: { percent: 22, resetsAt: FIVE }, seven_day: { percent: 33, resetsAt: WEEK } },
    });
    expect(line).toBe('5h 22% 4h37m · 7d 33% 4d3h');
  });

  it('shows the age of numbers that the session repeats, although the shared numbers are fresh', () => {
    const { line, own } = lines(scoped(SECOND), both, { reportedAt: NOW - 20 * MINUTE });
    expect(own.state).toBe('stale');
    expect(line).toBe(
      '5h 41% 4h37m · 7d 52% 4d3h, empty in 2d12h · 7d Fable 82% 4d3h, empty in 15h · 20m ago',
    );
    expect(
      lines(null, reports(null, { percent: 52, resetsAt: WEEK }), { reportedAt: NOW - 30 * HOUR }).line,
    ).toBe('7d 52% 4d3h, empty in 2d12h · 1d ago');
    expect(lines(null, both, { reportedAt: NOW - 179 * SECOND }).line).toBe(
      '5h 41% 4h37m · 7d 52% 4d3h, empty in 2d12h',
    );
  });

  it('shows no numbers of the account beside those of a session with another login', () => {
    expect(lines(scoped(MINUTE), both, { foreign: true }).line).toBe(
      '5h 41% 4h37m · 7d 52% 4d3h, empty in 2d12h',
    );
    expect(lines(scoped(MINUTE), reports(null), { foreign: true }).line).toContain('7d Fable 82%');
  });

  it('shows the entry’s next window where the reported one has ended, else the reset', () => {
    const ended = reports({ percent: 90, resetsAt: NOW - MINUTE });
    expect(lines(anEntry(), ended).line).toBe('5h 22% 4h37m · 7d 33% 4d3h');
    expect(lines(null, ended).line).toMatch(/^5h reset · 1m ago/);
  });

  it('takes the reset time of the entry where the report has none', () => {
    expect(lines(anEntry(), reports({ percent: 41, resetsAt: null })).line).toBe(
      '5h 41% 4h37m · 7d 33% 4d3h',
    );
    expect(lines(null, reports({ percent: 41, resetsAt: null })).line).toBe('5h 41%');
  });

  it('shows no number of an entry that no line would show', () => {
    const { line } = lines(scoped(DAY), reports({ percent: 41, resetsAt: FIVE }));
    expect(line).toBe('5h 41% 4h37m');
  });

  it('shows a limit on money', () => {
    const spend = { percent: 104.2, resetsAt: NOW + 9 * DAY, usedUsd: 521, limitUsd: 500 };
    const { own } = lines(null, { ...reports(null), spend });
    expect(own.windows).toMatchObject([{ id: 'spend_limit', usedPercent: 104.2, amount: { used: 521 } }]);
    const overlay = {
      origins: {},
      latestAt: NOW,
      spend: { ...spend, percent: 90, readAt: NOW, seenAt: NOW },
      contradicted: false,
      sameLogin: true,
      unstored: false,
      asReported: true,
      requestedAt: NOW - MINUTE,
      needsEndpoint: false,
      credentials: 'fingerprint-1',
    };
    const beside = lines({ ...anEntry(), overlay }, { ...reports(null), spend });
    expect(beside.own.windows.map(({ usedPercent }) => usedPercent)).toEqual([22, 33, 104.2]);
    const dearer = { ...overlay.spend, usedUsd: 451 };
    const moved = lines({ ...anEntry(), overlay }, { ...reports(null), spend: dearer });
    expect(moved.own.windows.at(-1)).toMatchObject({ usedPercent: 90, amount: { used: 451 } });
  });
});
