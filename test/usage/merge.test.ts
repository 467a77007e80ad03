import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeUsage, mergeWindow } from '../../src/usage/merge.ts';
import type { Dated } from '../../src/usage/merge.ts';
import { HOUR, MINUTE } from '../../src/usage/time.ts';
import { iso, NOW } from '../support/build.ts';

/** The table is the specification's. */
const page = readFileSync(new URL('../../docs/specs/sources.md', import.meta.url), 'utf8');
const table = page.slice(page.indexOf('<!-- cases -->'), page.indexOf('<!-- end of cases -->'));
const cases = table
  .split('\n')
  .filter((row) => row.startsWith('| ') && !row.startsWith('| case'))
  .map((row) => row.split('|').map((cell) => cell.trim()))
  .map(([, name = '', answer = '', reading = '', shown = '']) => ({
    name,
    answer: dated(answer),
    reading: dated(reading),
    shown: shown === '–' ? null : shown,
  }));

function dated(cell: string): Dated | null {
  if (cell === '–') return null;
  const [, percent, reset, read] = /^(\d+) %(?: until ([\d:]+))?, read ([\d:]+)$/.exec(cell) ?? [];
  const at = (time: string) => Date.parse(`2026-11-20T${time.padEnd(8, ':00')}Z`);
  if (percent === undefined || read === undefined) throw new Error(`no number: ${cell}`);
  return { percent: Number(percent), resetsAt: reset === undefined ? null : at(reset), readAt: at(read) };
}

describe('which number is shown', () => {
  it('has its cases', () => expect(cases.length).toBeGreaterThan(15));

  it.each(cases)('$name: $shown', ({ answer, reading, shown }) => {
    expect(mergeWindow(answer, reading)).toBe(shown);
  });

  const number = fc.record({
    percent: fc.integer({ min: 0, max: 120 }),
    resetsAt: fc.option(fc.integer({ min: NOW - 6 * HOUR, max: NOW + 6 * HOUR })),
    readAt: fc.integer({ min: NOW - 6 * HOUR, max: NOW }),
  });

  it('is never lower than the endpoint’s because of a reading of the same window', () => {
    fc.assert(
      fc.property(number, number, (answer, reading) => {
        const same = { ...reading, resetsAt: answer.resetsAt };
        if (mergeWindow(answer, same) === 'statusline')
          expect(same.percent).toBeGreaterThanOrEqual(answer.percent);
      }),
    );
  });
});

describe('the merged numbers', () => {
  const reading = { percent: 24, resetsAt: NOW + HOUR, readAt: NOW, seenAt: NOW };

  it('keep what only the endpoint knows', () => {
    const limits = [
      { kind: 'weekly_scoped', percent: 82, resets_at: null, scope: { model: { display_name: 'Fable' } } },
    ];
    const data = { five_hour: { utilization: 22, resets_at: iso(NOW + HOUR) }, limits };
    expect(mergeUsage(data, NOW - MINUTE, { five_hour: reading, seven_day: null })).toEqual({
      data: { five_hour: { utilization: 24, resets_at: iso(NOW + HOUR) }, limits },
      origins: { five_hour: { readAt: NOW, seenAt: NOW } },
    });
  });

  it('have no reading of a window that had ended when the endpoint no longer spoke of it', () => {
    const over = { ...reading, resetsAt: NOW - HOUR, readAt: NOW - 2 * HOUR };
    expect(mergeUsage({ five_hour: null }, NOW, { five_hour: over, seven_day: null }).origins).toEqual({});
    expect(
      mergeUsage({}, Number.NEGATIVE_INFINITY, { five_hour: over, seven_day: null }).origins,
    ).toHaveProperty('five_hour');
  });

  it('have no reading that is older than an answer whose plan lacks the window', () => {
    const week = { utilization: 60, resets_at: iso(NOW + HOUR) };
    const answers = [{ seven_day: week }, { five_hour: null, seven_day: week }];
    for (const data of answers) {
      const at = (readAt: number, seenAt = readAt) =>
        mergeUsage(data, NOW, { five_hour: { ...reading, readAt, seenAt }, seven_day: null }).origins;
      expect(at(NOW - MINUTE)).toEqual({});
      expect(at(NOW)).toEqual({});
      expect(at(NOW - MINUTE, NOW + 1), 'a session repeats it').toEqual({});
      expect(at(NOW + 1), 'a session has a new number of it').toHaveProperty('five_hour');
    }
  });

  it('measure a reading by limits[] where the bucket is absent', () => {
    const limits = [{ kind: 'session', percent: 30, resets_at: iso(NOW + HOUR), scope: null }];
    expect(mergeUsage({ limits }, NOW - MINUTE, { five_hour: reading, seven_day: null }).origins).toEqual({});
  });

  it('pass a reset on that is not known', () => {
    const { data } = mergeUsage({}, 0, { five_hour: { ...reading, resetsAt: null }, seven_day: null });
    expect(data.five_hour).toEqual({ utilization: 24, resets_at: null });
  });
});
