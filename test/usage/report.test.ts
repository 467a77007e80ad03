import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRepeated } from '../../src/usage/report.ts';
import { parseReport } from '../../src/fetch/claude/report.ts';
import { HOUR, SECOND } from '../../src/usage/time.ts';
import { iso, NOW } from '../support/build.ts';

const reset = (NOW + 4 * HOUR) / SECOND;
const fiveHour = (value: unknown) =>
  parseReport(JSON.stringify({ rate_limits: { five_hour: value } }), NOW)?.windows.five_hour;

describe('a report', () => {
  it('has session, model, start and two windows', () => {
    const text = JSON.stringify({
      session_id: 'a1',
      model: { id: 'm', display_name: 'Opus 4.5' },
      cost: { total_cost_usd: 1.5, total_duration_ms: 90_000 },
      rate_limits: {
        five_hour: { used_percentage: 22, resets_at: reset },
        seven_day: { used_percentage: 33.5, resets_at: iso(NOW + 50 * HOUR) },
      },
    });
    expect(parseReport(text, NOW)).toEqual({
      session: 'a1',
      model: 'Opus 4.5',
      startedAt: NOW - 90_000,
      spend: null,
      windows: {
        five_hour: { percent: 22, resetsAt: NOW + 4 * HOUR },
        seven_day: { percent: 33.5, resetsAt: NOW + 50 * HOUR },
      },
    });
  });

  it.each([
    ['a float with noise', { used_percentage: 14.000000000000002, resets_at: reset }, 14],
    ['over the limit', { used_percentage: 140, resets_at: reset }, 140],
    ['nothing', { used_percentage: 0, resets_at: reset }, 0],
    ['a text', { used_percentage: '41', resets_at: reset }, 41],
    ['a text with a percent sign', { used_percentage: ' 41.5 % ', resets_at: reset }, 41.5],
    ['less than nothing, by sign', { used_percentage: -0, resets_at: reset }, 0],
  ])('takes %s', (_, value, percent) => {
    expect(fiveHour(value)).toEqual({ percent, resetsAt: NOW + 4 * HOUR });
  });

  it.each([
    ['a negative percentage', { used_percentage: -1, resets_at: reset }],
    ['a percentage in words', { used_percentage: 'half', resets_at: reset }],
    ['an empty text', { used_percentage: '', resets_at: reset }],
    ['a hexadecimal text', { used_percentage: '0x20', resets_at: reset }],
    ['a negative text', { used_percentage: '-3', resets_at: reset }],
    ['no percentage', { resets_at: reset }],
    ['no window', null],
    ['a list', [22]],
  ])('reads %s as no data', (_, value) => {
    expect(fiveHour(value)).toBeNull();
  });

  it.each([
    ['seconds', reset],
    ['milliseconds', reset * 1000],
    ['a text of seconds', `${reset}`],
    ['a text of milliseconds', `${reset * 1000}`],
    ['a fraction', reset + 0.0004],
    ['RFC 3339', iso(NOW + 4 * HOUR)],
  ])('reads a reset in %s', (_, resets_at) => {
    expect(fiveHour({ used_percentage: 22, resets_at })).toEqual({ percent: 22, resetsAt: NOW + 4 * HOUR });
  });

  it.each([
    ['a line feed', 'a\nb'],
    ['a carriage return', 'a\r\nb'],
    ['a tab', 'a\tb'],
    ['an escape sequence', 'a\u001B[1mb'],
    ['NUL', 'a\u0000b'],
    ['a backslash before a line feed', 'a\\\nb'],
    ['quotes and backslashes before it', '\\"x\\\\\n'],
  ])('is read when a string contains an unescaped %s', (_, raw) => {
    const text = `{"session_name":"${raw}","session_id":"s","rate_limits":{"five_hour":{"used_percentage":41}}}`;
    expect(() => JSON.parse(text)).toThrow();
    expect(parseReport(text, NOW)).toMatchObject({ session: 's', windows: { five_hour: { percent: 41 } } });
  });

  it.each([
    ['no start', {}],
    ['a start in words', { cost: { total_duration_ms: 'long' } }],
    ['a negative start', { cost: { total_duration_ms: -1 } }],
    ['a start in a list', { cost: [1] }],
  ])('has no start of its session with %s', (_, value) => {
    expect(parseReport(JSON.stringify(value), NOW)?.startedAt).toBeNull();
  });

  it.each<[string, unknown, unknown]>([
    [
      'percent and amounts',
      { used_percentage: 104.2, used_usd: 521, limit_usd: 500, resets_at: reset },
      { percent: 104.2, usedUsd: 521, limitUsd: 500, resetsAt: NOW + 4 * HOUR },
    ],
    [
      'amounts alone',
      { used_usd: 125, limit_usd: 500 },
      { percent: 25, usedUsd: 125, limitUsd: 500, resetsAt: null },
    ],
    [
      'amounts as text',
      { used_usd: '125', limit_usd: '500' },
      { percent: 25, usedUsd: 125, limitUsd: 500, resetsAt: null },
    ],
    [
      'percent alone',
      { used_percentage: 25 },
      { percent: 25, usedUsd: null, limitUsd: null, resetsAt: null },
    ],
    ['no limit', { used_usd: 125, limit_usd: null }, null],
    ['a limit of nothing', { used_usd: 0, limit_usd: 0 }, null],
    ['nothing', {}, null],
    ['no object', 7, null],
  ])('reads a spend limit with %s', (_, spend_limit, expected) => {
    expect(parseReport(JSON.stringify({ rate_limits: { spend_limit } }), NOW)?.spend).toEqual(expected);
  });

  it.each([
    ['no reset', undefined],
    ['null', null],
    ['a word', 'soon'],
    ['zero', 0],
    ['a negative one', -5],
  ])('does not know the reset of %s', (_, resets_at) => {
    expect(fiveHour({ used_percentage: 22, resets_at })).toEqual({ percent: 22, resetsAt: null });
  });

  it.each(['', 'null', '[]', '7', '"x"', '{', '{"a":}', '\u0000'])('is nothing when it is %j', (text) => {
    expect(parseReport(text, NOW)).toBeNull();
  });

  it('has its long texts cut, and an empty session id without one', () => {
    const text = JSON.stringify({ session_id: 'x'.repeat(9999), model: { display_name: 'y'.repeat(9999) } });
    expect(parseReport(text, NOW)?.session.length).toBe(64);
    expect(parseReport(text, NOW)?.model?.length).toBe(200);
    expect(parseReport('{"session_id":7,"model":"x"}', NOW)).toMatchObject({ session: '', model: null });
  });

  it('never throws, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseReport(text, NOW)));
    fc.assert(
      fc.property(fc.json(), fc.json(), (a, b) => {
        const text = `{"session_id":${a},"model":${b},"rate_limits":{"five_hour":${a},"seven_day":${b}}}`;
        const report = parseReport(text, NOW);
        for (const reported of Object.values(report?.windows ?? {})) {
          if (reported !== null) expect(reported.percent).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe('a repeated number', () => {
  const said = { percent: 22, resetsAt: NOW };
  it.each([
    ['the same', said, true],
    ['a reset a second later', { percent: 22, resetsAt: NOW + SECOND }, true],
    ['another percentage', { percent: 22.5, resetsAt: NOW }, false],
    ['another window', { percent: 22, resetsAt: NOW + 5 * HOUR }, false],
    ['none at all', null, true],
  ])('is %s: %s', (_, reported, repeated) => expect(isRepeated(said, reported)).toBe(repeated));

  it('is not the first one', () => expect(isRepeated(undefined, said)).toBe(false));
});
