import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderErrorJson, renderJson } from '../../src/render/json.ts';
import { texts } from '../../src/fetch/claude/texts.ts';
import { longMessage } from '../../src/render/messages.ts';
import { SPEND_LIMIT } from '../../src/usage/model.ts';
import type { Usage } from '../../src/usage/model.ts';
import { DAY, HOUR, MINUTE } from '../../src/usage/time.ts';
import { errorCodes, jsonSchema } from '../support/json-schema.ts';
import {
  captured,
  CODES,
  ELAPSED,
  extra,
  failure,
  lastKnown,
  none,
  NOW,
  stale,
  usage,
  usageArbitrary,
  week,
  window,
} from './usages.ts';

const json = (of: Usage) => jsonSchema.parse(JSON.parse(renderJson([of])));

describe('the JSON of usage', () => {
  it('is exactly the promised object, in the promised order', () => {
    const used = week({ usedPercent: 22, resetsAt: NOW + (7 * DAY * 686) / 1000 });
    const error = failure('rate_limited', { retryAt: NOW + MINUTE });
    expect(renderJson([usage({ windows: [used], extraUsage: extra(), error })])).toBe(
      JSON.stringify({
        schema: 'usageline/v1',
        generated_at: '2026-11-20T18:25:00.000Z',
        provider: 'claude',
        account: 'default',
        plan: 'max_20x',
        state: 'fresh',
        source: 'cache',
        cached_at: '2026-11-20T18:23:12.000Z',
        age_seconds: 108,
        fresh_until: '2026-11-20T18:26:12.000Z',
        windows: [
          {
            id: 'seven_day',
            label: '7d',
            model: null,
            used_percent: 22,
            resets_at: '2026-11-25T13:39:52.800Z',
            window_seconds: 604800,
            elapsed: false,
            source: 'endpoint',
            read_at: '2026-11-20T18:23:12.000Z',
            pace: { expected_percent: 31.4, delta: -9.4, status: 'behind', empty_at: null },
            amount: null,
            locked_reason: null,
          },
        ],
        extra_usage: { enabled: true, used: 7.63, limit: 20, currency: 'EUR', used_percent: 38.15 },
        tokens: null,
        error: {
          code: 'rate_limited',
          message: longMessage(error, texts),
          retry_at: '2026-11-20T18:26:00.000Z',
        },
        pools: [],
        seven_day_breakdown: [],
        locked: [],
        credits: null,
      }),
    );
  });

  it('has pools, the week by product, and locked limits', () => {
    const pool = {
      id: 'iguana_necktie',
      label: 'cloud credit',
      used: 0.1 + 0.2,
      limit: 250,
      remaining: null,
      expiresAt: NOW + DAY,
      expired: false,
      lockedReason: 'x',
    };
    const breakdown = [{ key: 'claude_code', name: 'Claude Code', percent: 71 }];
    const locks = [{ id: 'tangelo', label: 'tangelo', reason: 'upgrade_required' }];
    expect(json(usage({ pools: [pool], breakdown, locks }))).toMatchObject({
      pools: [
        {
          id: 'iguana_necktie',
          label: 'cloud credit',
          used: 0.3,
          limit: 250,
          remaining: null,
          currency: 'USD',
          expires_at: '2026-11-21T18:25:00.000Z',
          expired: false,
          locked_reason: 'x',
        },
      ],
      seven_day_breakdown: breakdown,
      locked: [{ id: 'tangelo', reason: 'upgrade_required' }],
    });
  });

  it.each([
    [
      { balance: '12.50', currency: 'USD', unlimited: false },
      { balance: 12.5, currency: 'USD', unlimited: false },
    ],
    [
      { balance: null, currency: null, unlimited: true },
      { balance: null, currency: null, unlimited: true },
    ],
  ])('has the credits that are left: %o', (credits, expected) => {
    expect(json(usage({ credits }))).toMatchObject({ credits: expected });
  });

  it('has no message "Nothing is known yet" with last known numbers', () => {
    const error = failure('no_data');
    expect(json(lastKnown({ error })).error?.message).toContain('No current numbers');
    expect(json(none({ error })).error?.message).toContain('Nothing is known yet');
  });

  it('has null, never 0, for a missing value', () => {
    expect(json(none())).toMatchObject({
      state: 'none',
      source: null,
      cached_at: null,
      age_seconds: null,
      fresh_until: null,
      windows: [],
      extra_usage: null,
      tokens: null,
      error: null,
    });
    const extraUsage = extra({ used: null, limit: null, currency: null, usedPercent: null });
    expect(json(usage({ plan: null, windows: [window({ resetsAt: null })], extraUsage }))).toMatchObject({
      plan: null,
      windows: [{ resets_at: null, pace: null }],
      extra_usage: { enabled: true, used: null, limit: null, currency: null, used_percent: null },
    });
  });

  it('has the amount of a spend limit, and null for its length', () => {
    const amount = { used: 0.1 + 0.2, limit: 500, currency: 'USD' };
    const spend = window({ ...SPEND_LIMIT, usedPercent: 104.2, resetsAt: null, windowSeconds: null, amount });
    expect(json(usage({ windows: [spend] })).windows[0]).toMatchObject({
      id: 'spend_limit',
      label: 'spend',
      window_seconds: null,
      pace: null,
      amount: { used: 0.3, limit: 500, currency: 'USD' },
    });
  });

  it('has no percentage and no pace for an elapsed window', () => {
    expect(json(usage({ windows: [window(ELAPSED)] })).windows[0]).toMatchObject({
      elapsed: true,
      used_percent: null,
      resets_at: '2026-11-20T18:24:00.000Z',
      pace: null,
    });
  });

  it.each([
    [22, 22],
    [0, 0],
    [0.4, 0.4],
    [14.000000000000002, 14],
    [49.999, 49.999],
    [99.996, 99.996],
    [140, 140],
    [1.7e308, 1.7e308],
  ])('writes %d percent as %d', (usedPercent, text) => {
    expect(json(usage({ windows: [window({ usedPercent })] })).windows[0]?.used_percent).toBe(text);
  });

  it.each([
    [0, 0],
    [1999, 1],
    [-4000, 0],
    [DAY, 86_400],
  ])('writes an age of %i ms as %i s', (ageMs, seconds) => {
    expect(json(usage({ ageMs })).age_seconds).toBe(seconds);
  });

  it('has numbers too old for the line, as last known', () => {
    expect(json(lastKnown())).toMatchObject({ state: 'last_known', windows: [{ used_percent: 22 }, {}] });
  });

  it('removes unsafe characters from a plan and a currency', () => {
    const text = renderJson([usage({ plan: 'max\u001B[31m"$(x)漢', extraUsage: extra({ currency: '' }) })]);
    expect(JSON.parse(text)).toMatchObject({ plan: 'max31m(x)', extra_usage: { currency: null } });
    expect(json(usage({ plan: '漢' })).plan).toBeNull();
  });

  it.each(CODES)('has the code %s', (code) => {
    expect(errorCodes).toContain(code);
    const error = failure(code, { detail: '/cache' });
    expect(json(stale({ error })).error).toEqual({
      code,
      message: longMessage(error, texts),
      retry_at: null,
    });
  });

  it('is one line of the promised shape for any usage', () => {
    fc.assert(
      fc.property(usageArbitrary, (any) => {
        expect(renderJson([any])).not.toContain('\n');
        json(any);
      }),
    );
  });

  it.each([
    ['2026-08-05-max', '2026-08-05T15:00:00Z', ['five_hour', 'seven_day', 'weekly_scoped:fable']],
    ['2026-04-18-max', '2026-04-19T00:22:30Z', ['five_hour', 'seven_day', 'seven_day_sonnet']],
    ['enterprise-null-five-hour', '2026-08-05T15:00:00Z', []],
  ])('has the windows of the captured response %s', (name, at, ids) => {
    expect(json(captured(name, at)).windows.map(({ id }) => id)).toEqual(ids);
  });
});

it('the JSON of several usages is one object per line', () => {
  const all = [usage(), usage({ account: '1a2b3c4d' })];
  expect(renderJson(all)).toBe(all.map((of) => renderJson([of])).join('\n'));
});

describe('pace in JSON', () => {
  it.each([
    [
      'ahead',
      50,
      4 * DAY,
      { expected_percent: 42.857, delta: 7.143, status: 'ahead', empty_at: '2026-11-23T18:25:00.000Z' },
    ],
    ['lasts', 70, 0.7 * DAY, { expected_percent: 90, delta: -20, status: 'behind', empty_at: null }],
    ['only just begun', 12, 7 * DAY, null],
  ])('%s', (_name, usedPercent, left, pace) => {
    expect(json(usage({ windows: [week({ usedPercent, resetsAt: NOW + left })] })).windows[0]?.pace).toEqual(
      pace,
    );
  });
});

describe('the JSON without usage', () => {
  it('has the same shape and the given error', () => {
    const text = renderErrorJson('wrong_usage', 'unknown option --x "y"', NOW + HOUR, 'claude');
    expect(text).not.toContain('\n');
    expect(jsonSchema.parse(JSON.parse(text))).toMatchObject({
      generated_at: '2026-11-20T19:25:00.000Z',
      account: 'default',
      state: 'none',
      windows: [],
      error: { code: 'wrong_usage', message: 'unknown option --x "y"', retry_at: null },
    });
    expect(Object.keys(JSON.parse(text) as object)).toEqual(Object.keys(json(none())));
  });
});
