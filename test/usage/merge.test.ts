import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeReports } from '../support/claude.ts';
import { mergeWindow } from '../../src/usage/merge.ts';
import type { Dispute } from '../../src/usage/merge.ts';
import type { Dated, ReportedNumber } from '../../src/usage/report.ts';
import { HOUR, MINUTE } from '../../src/usage/time.ts';
import { iso, NOW } from '../support/build.ts';

/** The table of docs/specs/sources.md. */
const page = readFileSync(new URL('../../docs/specs/sources.md', import.meta.url), 'utf8');
const table = page.slice(page.indexOf('<!-- cases -->'), page.indexOf('<!-- end of cases -->'));
const cases = table
  .split('\n')
  .filter((row) => row.startsWith('| ') && !row.startsWith('| case'))
  .map((row) => row.split('|').map((cell) => cell.trim()))
  .map(([, name = '', answer = '', latest = '', dispute = '', now = '', stands = '']) => ({
    name,
    answer: dated(answer),
    latest: read(latest),
    dispute: disputed(dispute),
    moment: { now: at(now.slice(0, 5)), canAsk: !now.endsWith(', cannot ask') },
    stands,
  }));

function at(time: string): number {
  return Date.parse(`2026-11-20T${time.padEnd(8, ':00')}Z`);
}

function dated(cell: string): Dated | null {
  if (cell === '–') return null;
  const [, percent, reset, when] =
    /^(\d+) %(?: until ([\d:]+))?, read ([\d:]+)(?:, maybe idle)?$/.exec(cell) ?? [];
  if (percent === undefined || when === undefined) throw new Error(`no number: ${cell}`);
  return { percent: Number(percent), resetsAt: reset === undefined ? null : at(reset), readAt: at(when) };
}

function read(cell: string): ReportedNumber | null {
  const number = dated(cell);
  return number && { ...number, seenAt: number.readAt };
}

function disputed(cell: string): Dispute | null {
  const number = read(cell);
  return number && { ...number, session: 'a', maybeIdle: cell.endsWith(', maybe idle') };
}

describe('the number of a window', () => {
  it('has its cases in the specification', () => expect(cases.length).toBeGreaterThan(20));

  it.each(cases)('$name: $stands', ({ answer, latest, dispute, moment, stands }) => {
    const standing = mergeWindow(answer, { latest, dispute }, moment);
    const word = { [answer?.readAt ?? -1]: 'endpoint', [latest?.readAt ?? -2]: 'report' };
    // A report of the same moment as the response is never shown.
    if (answer !== null) word[answer.readAt] = 'endpoint';
    const number = standing === null ? '–' : (word[standing.number.readAt] ?? 'dispute');
    expect(`${number}${standing?.contradicted ? ', contradicted' : ''}`).toBe(stands);
    if (standing !== null) expect(standing.source === 'endpoint').toBe(number === 'endpoint');
  });

  const number = fc.record({
    percent: fc.integer({ min: 0, max: 120 }),
    resetsAt: fc.option(fc.integer({ min: NOW - 6 * HOUR, max: NOW + 6 * HOUR })),
    readAt: fc.integer({ min: NOW - 6 * HOUR, max: NOW }),
  });
  const reading = number.map((it) => ({ ...it, seenAt: it.readAt }));
  const dispute = reading.map((it) => ({ ...it, session: 'a', maybeIdle: false }));

  it('is the endpoint’s if the endpoint responded last, with any resets', () => {
    fc.assert(
      fc.property(
        number,
        fc.option(reading),
        fc.option(dispute),
        fc.boolean(),
        (answer, one, other, canAsk) => {
          const last = Math.max(one?.readAt ?? -Infinity, other?.readAt ?? -Infinity);
          if (last > answer.readAt) return;
          const standing = mergeWindow(answer, { latest: one, dispute: other }, { now: NOW, canAsk });
          expect(standing).toEqual({ source: 'endpoint', number: answer, contradicted: false });
        },
      ),
    );
  });
});

describe('the merged numbers', () => {
  const number = { percent: 24, resetsAt: NOW + HOUR, readAt: NOW, seenAt: NOW };
  const reports = (one: ReportedNumber | null) => ({
    five_hour: { latest: one, dispute: null },
    seven_day: { latest: null, dispute: null },
  });
  const moment = { now: NOW, canAsk: true };

  it('keep what only the endpoint reports', () => {
    const limits = [
      { kind: 'weekly_scoped', percent: 82, resets_at: null, scope: { model: { display_name: 'Fable' } } },
    ];
    const data = { five_hour: { utilization: 22, resets_at: iso(NOW + HOUR) }, limits };
    expect(mergeReports(data, NOW - MINUTE, reports(number), moment)).toEqual({
      data: { five_hour: { utilization: 24, resets_at: iso(NOW + HOUR) }, limits },
      origins: { five_hour: { readAt: NOW, seenAt: NOW } },
      contradicted: false,
    });
  });

  it('contain no report of a window that had ended when the endpoint responded without it', () => {
    const over = { ...number, resetsAt: NOW - HOUR, readAt: NOW - 2 * HOUR };
    expect(mergeReports({ five_hour: null }, NOW, reports(over), moment).origins).toEqual({});
    expect(mergeReports({}, Number.NEGATIVE_INFINITY, reports(over), moment).origins).toHaveProperty(
      'five_hour',
    );
  });

  it('contain no older report of a window that a response does not list beside others', () => {
    const seven_day = { utilization: 33, resets_at: iso(NOW + 40 * HOUR) };
    const older = { ...number, readAt: NOW - MINUTE };
    for (const data of [{ five_hour: null, seven_day }, { seven_day }]) {
      expect(mergeReports(data, NOW, reports(older), moment).origins).toEqual({});
      expect(mergeReports(data, NOW - 2 * MINUTE, reports(older), moment).origins).toHaveProperty(
        'five_hour',
      );
    }
    expect(mergeReports({}, NOW, reports(older), moment).origins).toHaveProperty('five_hour');
  });

  it('contain no report that is older than a response whose plan lacks the window', () => {
    const week = { utilization: 60, resets_at: iso(NOW + HOUR) };
    const answers = [{ seven_day: week }, { five_hour: null, seven_day: week }];
    for (const data of answers) {
      const at = (readAt: number, seenAt = readAt) =>
        mergeReports(data, NOW, reports({ ...number, readAt, seenAt }), moment).origins;
      expect(at(NOW - MINUTE)).toEqual({});
      expect(at(NOW)).toEqual({});
      expect(at(NOW - MINUTE, NOW + 1), 'a session repeats it').toEqual({});
      expect(at(NOW + 1), 'a session has a new number of it').toHaveProperty('five_hour');
    }
    const broken = { five_hour: { utilization: null, resets_at: null }, seven_day: week };
    const older = reports({ ...number, readAt: NOW - MINUTE, seenAt: NOW - MINUTE });
    expect(mergeReports(broken, NOW, older, moment).origins, 'broken is not lacking').toHaveProperty(
      'five_hour',
    );
  });

  it('are not contradicted by an older report of a window that the plan has lost', () => {
    const seven_day = { utilization: 33, resets_at: iso(NOW + 40 * HOUR) };
    const older = { ...number, readAt: NOW - MINUTE };
    const dispute = { ...older, percent: 10, readAt: NOW - MINUTE + 1, session: 'a', maybeIdle: true };
    const disputed = { ...reports(null), five_hour: { latest: older, dispute } };
    for (const canAsk of [true, false]) {
      const merged = mergeReports({ five_hour: null, seven_day }, NOW, disputed, { now: NOW, canAsk });
      expect(merged).toMatchObject({ contradicted: false, origins: {} });
    }
  });

  it('compare a report with limits[] where the bucket is absent', () => {
    const limits = [{ kind: 'session', percent: 30, resets_at: iso(NOW + 2 * HOUR), scope: null }];
    expect(mergeReports({ limits }, NOW - MINUTE, reports(number), moment).origins).toEqual({});
  });

  it('record that a number that is shown was contradicted', () => {
    const data = { five_hour: { utilization: 22, resets_at: iso(NOW + HOUR) } };
    const dispute = { ...number, resetsAt: NOW + 3 * HOUR, session: 'a', maybeIdle: false };
    const disputed = { ...reports(null), five_hour: { latest: null, dispute } };
    expect(mergeReports(data, NOW - MINUTE, disputed, moment)).toMatchObject({ data, contradicted: true });
    expect(mergeReports(data, NOW, disputed, moment)).toMatchObject({ data, contradicted: false });
  });
});
