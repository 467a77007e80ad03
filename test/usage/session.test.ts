import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRepeated, parseReport } from '../../src/usage/session.ts';
import { HOUR, SECOND } from '../../src/usage/time.ts';
import { iso, NOW } from '../support/build.ts';

const reset = (NOW + 4 * HOUR) / SECOND;
const fiveHour = (value: unknown) =>
  parseReport(JSON.stringify({ rate_limits: { five_hour: value } }), NOW)?.windows.five_hour;

describe('what Claude Code tells', () => {
  it('is session, model and two windows', () => {
    const text = JSON.stringify({
      session_id: 'a1',
      model: { id: 'm', display_name: 'Opus 4.5' },
      rate_limits: {
        five_hour: { used_percentage: 22, resets_at: reset },
        seven_day: { used_percentage: 33.5, resets_at: iso(NOW + 50 * HOUR) },
      },
    });
    expect(parseReport(text, NOW)).toEqual({
      session: 'a1',
      model: 'Opus 4.5',
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
    ['less than nothing, by sign', { used_percentage: -0, resets_at: reset }, 0],
  ])('takes %s', (_, value, percent) => {
    expect(fiveHour(value)).toEqual({ percent, resetsAt: NOW + 4 * HOUR });
  });

  it.each([
    ['a negative percentage', { used_percentage: -1, resets_at: reset }],
    ['a percentage in words', { used_percentage: '22', resets_at: reset }],
    ['no percentage', { resets_at: reset }],
    ['no window', null],
    ['a list', [22]],
    ['a reset that cannot be', { used_percentage: 22, resets_at: reset + 3 * 3600 }],
    ['a reset in milliseconds', { used_percentage: 22, resets_at: reset * 1000 }],
  ])('takes %s for no data', (_, value) => {
    expect(fiveHour(value)).toBeNull();
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

  it('is cut where it is long, and nobody where it has no name', () => {
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
