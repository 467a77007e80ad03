import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkOf, unknownCheck } from '../../src/render/check.ts';
import type { Verdict } from '../../src/render/check.ts';
import type { Usage } from '../../src/usage/model.ts';
import { HOUR, MINUTE } from '../../src/usage/time.ts';
import { anyUsage, hostile, PAYLOADS, STATES, used } from './outputs/cases.ts';
import { ELAPSED, extra, fable, failure, none, NOW, stale, usage, week, window } from './usages.ts';

const check = (of: Usage, warning = 80, critical = 95) => checkOf(of, { warning, critical });

describe('a monitoring check', () => {
  it('has every limit, and performance data', () => {
    const of = usage({ windows: [window(), week(), fable()], extraUsage: extra() });
    expect(check(of).text).toBe(
      'CLAUDE WARNING - 5h 22%, 7d 33%, 7d Fable 82% resets in 4d3h, extra 38% | ' +
        "'five_hour'=22%;80;95;0;100 'seven_day'=33%;80;95;0;100 " +
        "'weekly_scoped:fable'=82%;80;95;0;100 'extra_usage'=38.15%;80;95;0;100",
    );
  });

  it.each<[number, Verdict]>([
    [0, 'OK'],
    [0.4, 'OK'],
    [79.999, 'OK'],
    [80, 'WARNING'],
    [94.999, 'WARNING'],
    [95, 'CRITICAL'],
    [99.6, 'CRITICAL'],
    [100, 'CRITICAL'],
    [140, 'CRITICAL'],
  ])('of %d % is %s', (percent, verdict) => {
    expect(check(used(percent)).verdict).toBe(verdict);
  });

  it('can be critical at 100 % only', () => {
    expect(check(used(99.6), 100, 100).verdict).toBe('OK');
    expect(check(used(100), 100, 100).verdict).toBe('CRITICAL');
  });

  it('includes extra usage if it is enabled', () => {
    expect(check(usage({ extraUsage: extra({ usedPercent: 97 }) })).verdict).toBe('CRITICAL');
    expect(check(usage({ extraUsage: extra({ usedPercent: 97, enabled: false }) })).verdict).toBe('OK');
    expect(check(usage({ extraUsage: extra({ usedPercent: null }) })).text).not.toContain('extra');
  });

  it('has the age of old numbers, and the error', () => {
    expect(check(STATES.stale)).toMatchObject({
      verdict: 'OK',
      text: expect.stringContaining('OK - 5h 22%, 7d 33% (read 12m ago, rate limited 4m) | '),
    });
  });

  it.each<[string, number, number, Verdict]>([
    ['low and an hour old', 22, HOUR, 'OK'],
    ['low and older', 22, HOUR + MINUTE, 'UNKNOWN'],
    ['high and older: it has only grown', 85, 5 * HOUR, 'WARNING'],
    ['over and older', 97, 23 * HOUR, 'CRITICAL'],
  ])('of a number that is %s', (_, percent, ageMs, verdict) => {
    const of = stale({ windows: [window({ usedPercent: percent })], ageMs });
    expect(check(of).verdict).toBe(verdict);
  });

  it('has no number for a window that was reset', () => {
    expect(check(usage({ windows: [window(ELAPSED), week()] })).text).toBe(
      "CLAUDE OK - 5h reset, 7d 33% | 'seven_day'=33%;80;95;0;100",
    );
  });

  it('is OK without limits', () => {
    expect(check(usage({ windows: [] }))).toEqual({
      verdict: 'OK',
      text: 'CLAUDE OK - no limits reported',
    });
  });

  it.each<[string, Usage, string]>([
    ['no login', STATES['signed out'], 'No login of Claude Code was found. Run `claude` once to sign in.'],
    ['no connection', none({ error: failure('timeout') }), 'No answer came in time. '],
    ['only an estimate', STATES.estimate, 'Anthropic could not be reached. '],
    ['numbers of days ago', STATES['last known'], 'No answer came in time. '],
    ['nothing at all', none(), 'no data'],
  ])('is UNKNOWN, never CRITICAL, with %s', (_, of, text) => {
    const { verdict, text: output } = check(of);
    expect(verdict).toBe('UNKNOWN');
    expect(output.startsWith(`CLAUDE UNKNOWN - ${text}`)).toBe(true);
    expect(output).not.toContain('|');
  });

  it.each<[number, Verdict, string]>([
    [20 * MINUTE, 'OK', '(read 20m ago)'],
    [9 * HOUR, 'UNKNOWN', '(read 9h ago, run claude)'],
  ])('depends on the age of the numbers after the token has lapsed: %d ms', (ageMs, verdict, claims) => {
    const { verdict: found, text } = check(stale({ ageMs, error: failure('token_lapsed') }));
    expect(found).toBe(verdict);
    expect(text).toContain(claims);
  });

  it('is UNKNOWN for a wrong command line', () => {
    expect(unknownCheck('a | b', 'claude')).toEqual({ verdict: 'UNKNOWN', text: 'CLAUDE UNKNOWN - a / b' });
  });

  it('shows the age of old numbers from the endpoint next to fresh ones', () => {
    const of = usage({ restAgeMs: 2 * HOUR });
    expect(check(of)).toMatchObject({ verdict: 'UNKNOWN', text: expect.stringContaining('(read 2h ago)') });
  });

  it('is one valid line of a plugin for any usage', () => {
    const line =
      /^CLAUDE (OK|WARNING|CRITICAL|UNKNOWN) - [^|\u0000-\u001F\u007F-\u009F]+( \|( '[a-z0-9:_-]+'=\d+(\.\d+)?%;80;95;0;100)+)?$/;
    fc.assert(
      fc.property(fc.oneof(anyUsage, fc.constantFrom(...PAYLOADS.map(hostile))), (of) => {
        const { verdict, text } = check(of);
        expect(text).toMatch(line);
        expect(text.startsWith(`CLAUDE ${verdict} - `)).toBe(true);
        expect(of.generatedAt).toBe(NOW);
      }),
    );
  });
});
