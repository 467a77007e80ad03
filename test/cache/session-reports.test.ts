import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSessionReports, readSessionReports, serializeSessionReports } from '../support/claude.ts';
import { NO_SESSION_REPORTS } from '../../src/usage/session-reports.ts';
import type { SessionReports, SessionMemory } from '../../src/usage/session-reports.ts';
import { HOUR, MINUTE } from '../../src/usage/time.ts';
import { NOW } from '../support/build.ts';
import { fakeSystem } from '../support/system.ts';

const pair = (percent: number, ahead: number) => ({ percent, resetsAt: NOW + ahead });
const plain: SessionMemory = {
  at: NOW,
  windows: { five_hour: null, seven_day: null },
  spend: null,
  disputedAt: null,
  foreign: false,
};
const reports: SessionReports = {
  credentials: 'fingerprint-1',
  account: 'ada',
  since: NOW - HOUR,
  windows: {
    five_hour: { percent: 22.5, resetsAt: NOW + HOUR, readAt: NOW - MINUTE, seenAt: NOW },
    seven_day: null,
  },
  disputes: {
    five_hour: null,
    seven_day: { ...pair(80, 2 * HOUR), readAt: NOW, seenAt: NOW, session: 'b', maybeIdle: true },
  },
  spend: { ...pair(104.2, HOUR), readAt: NOW, seenAt: NOW, usedUsd: 521, limitUsd: 500 },
  unstored: true,
  sessions: new Map([
    [
      'a',
      {
        ...plain,
        windows: { five_hour: pair(22.5, HOUR), seven_day: null },
        spend: { ...pair(104.2, HOUR), usedUsd: 521, limitUsd: 500 },
      },
    ],
    ['b', { ...plain, disputedAt: NOW, foreign: true }],
    ['__proto__', { ...plain, windows: { five_hour: null, seven_day: { percent: 0, resetsAt: null } } }],
  ]),
};

/** The file with something else in it. */
const broken = (change: (file: any) => void) => {
  const file = JSON.parse(serializeSessionReports(reports));
  change(file);
  return parseSessionReports(JSON.stringify(file), NOW);
};

describe('statusline.json', () => {
  it('is read as it was written', () => {
    expect(parseSessionReports(serializeSessionReports(reports), NOW)).toEqual(reports);
    const unknown = { ...reports, credentials: null };
    expect(parseSessionReports(serializeSessionReports(unknown), NOW)).toEqual(unknown);
  });

  it('is read without the keys that an earlier version did not write', () => {
    const read = broken((file) => {
      for (const key of ['account', 'since', 'disputes', 'spend', 'unstored']) delete file[key];
      for (const session of Object.values<any>(file.sessions))
        for (const key of ['spend', 'disputed_at', 'foreign']) delete session[key];
    });
    expect(read).toMatchObject({
      account: null,
      since: null,
      disputes: NO_SESSION_REPORTS.disputes,
      spend: null,
      unstored: false,
    });
    expect(read?.windows).toEqual(reports.windows);
    expect(read?.sessions.get('b')).toEqual(plain);
  });

  it.each<[string, (file: any) => void]>([
    ['a dispute without a session', (file) => delete file.disputes.seven_day.session],
    ['a dispute without a time', (file) => delete file.disputes.seven_day.read_at],
    ['a dispute of the future', (file) => (file.disputes.seven_day.seen_at = '2036-01-01T00:00:00Z')],
    ['disputes that are none', (file) => (file.disputes = 7)],
  ])('leaves out %s', (_, change) => {
    expect(broken(change)).toMatchObject({
      disputes: NO_SESSION_REPORTS.disputes,
      windows: reports.windows,
    });
  });

  it.each<[string, (file: any) => void]>([
    ['another version', (file) => (file.schema_version = '1')],
    ['no fingerprint', (file) => delete file.credentials],
    ['no windows', (file) => delete file.windows],
    ['no key for a window', (file) => delete file.windows.five_hour],
    ['no sessions', (file) => (file.sessions = [])],
    ['a window that is none', (file) => (file.windows.seven_day = 7)],
    ['a negative percentage', (file) => (file.windows.five_hour.used_percent = -1)],
    ['a reset in words', (file) => (file.windows.five_hour.resets_at = 'soon')],
    ['no time', (file) => delete file.windows.five_hour.read_at],
    ['a time before its time', (file) => (file.windows.five_hour.seen_at = '2020-01-01T00:00:00Z')],
  ])('is broken with %s', (_, change) => expect(broken(change)).toBeNull());

  it.each<[string, unknown]>([
    ['no object', 7],
    ['no time', { five_hour: null, seven_day: null }],
    ['no pair', { at: 1, five_hour: [1], seven_day: null }],
    ['no number', { at: 1, five_hour: ['1', null], seven_day: null }],
    ['no reset', { at: 1, five_hour: null, seven_day: [1, 'x'] }],
  ])('forgets a session that is %s', (_, session) => {
    const read = broken((file) => (file.sessions.a = session));
    expect([...read!.sessions.keys()]).toEqual(['b', '__proto__']);
    expect(read!.windows).toEqual(reports.windows);
  });

  it('has no number from the future, after the clock was set back', () => {
    const early = parseSessionReports(serializeSessionReports(reports), NOW - 6000)!;
    expect(early.windows.five_hour).toBeNull();
    expect(
      parseSessionReports(serializeSessionReports(reports), NOW - 4000)!.windows.five_hour,
    ).not.toBeNull();
  });

  it('is parsed without an exception, whatever it contains', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseSessionReports(text, NOW)));
  });

  it('has no reports where there is no file', () => {
    const system = fakeSystem();
    expect(readSessionReports(system, `${system.root}/statusline.json`, NOW)).toBe(NO_SESSION_REPORTS);
    system.fs.mkdirSync(`${system.root}/statusline.json`);
    expect(readSessionReports(system, `${system.root}/statusline.json`, NOW)).toBe(NO_SESSION_REPORTS);
  });
});
