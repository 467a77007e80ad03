import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { texts } from '../../src/fetch/claude/texts.ts';
import { checkOf } from '../../src/render/check.ts';
import { summaryOf } from '../../src/render/summary.ts';
import { lineSpans } from '../../src/render/line.ts';
import { DEFAULT_APPEARANCE } from '../../src/render/appearance.ts';
import type { Appearance } from '../../src/render/appearance.ts';
import { renderDocument } from '../../src/render/outputs/documents.ts';
import { renderOutput } from '../../src/render/outputs/index.ts';
import { planName } from '../../src/render/heading.ts';
import { renderShow } from '../../src/render/show.ts';
import type { Usage } from '../../src/usage/model.ts';
import { DAY } from '../../src/usage/time.ts';
import { context } from './outputs/cases.ts';
import {
  daily,
  ELAPSED,
  extra,
  fable,
  failure,
  lastKnown,
  none,
  NOW,
  pool,
  spend,
  stale,
  usage,
  week,
  window,
} from './usages.ts';

const line = (of: Usage, appearance: Partial<Appearance> = {}, columns: number | null = null) =>
  lineSpans(of, { appearance: { ...DEFAULT_APPEARANCE, ...appearance }, countdowns: true, columns })
    .map(({ text }) => text)
    .join('');
const show = (of: Usage, more: { verbose?: boolean; appearance?: Appearance } = {}) =>
  renderShow([of], { color: false, columns: 100, ...more });
const check = (of: Usage, only: string | null = null) => checkOf(of, { warning: 80, critical: 95 }, only);
const tooltip = (of: Usage) =>
  (
    JSON.parse(renderOutput('waybar', of, { color: false, countdowns: true })) as { tooltip: string }
  ).tooltip.split('\r');
const menu = (of: Usage) => renderDocument('xbar', of, context({ color: false }));
const metrics = (of: Usage) => renderDocument('openmetrics', of, context());

beforeEach(() => {
  vi.stubEnv('TZ', 'UTC');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a limit on money', () => {
  const seat = usage({ windows: [spend()], extraUsage: extra({ used: 521, limit: 500, currency: 'USD' }) });

  it('is on the line in percent and money, and not as extra usage in addition', () => {
    expect(line(seat)).toBe('spend 104% 521/500 USD');
    expect(line(seat, { format: 'ascii' })).toBe('spend 104% 521/500 USD');
    expect(line(seat, { format: 'bars' })).toBe('spend ━━━━━━━━ 104% 521/500 USD');
    expect(line(seat, { format: 'compact' })).toBe('spend 104%');
    expect(line(seat, { format: '{spend.amount} {spend_limit.used}' })).toBe('521/500 USD 104%');
    expect(line(seat, {}, 15)).toBe('spend 104%');
  });

  it.each([
    [{ used: 521.5, limit: 500, currency: 'USD' }, '521.50/500.00 USD'],
    [{ used: 7.5, limit: 500, currency: 'KWD' }, '7.500/500.000 KWD'],
    [{ used: 0.1234, limit: 500, currency: 'USD', decimals: 4 }, '0.1234/500.0000 USD'],
    [{ used: 12, limit: null, currency: null }, '12'],
    [{ used: 12.5, limit: null, currency: 'EUR' }, '12.50 EUR'],
  ])('writes %j as %s', (amount, text) => {
    expect(line(usage({ windows: [spend({ amount })] }))).toBe(`spend 104% ${text}`);
  });

  it.each([{ amount: null }, { amount: { used: null, limit: 500, currency: 'USD' } }])(
    'is a percentage alone without an amount: %j',
    (over) => {
      expect(line(usage({ windows: [spend(over)] }))).toBe('spend 104%');
    },
  );

  it('is in show, tooltip, menu, check and metrics', () => {
    expect(show(seat).split('\n')[2]).toBe(
      'spend  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  104%  521 of 500 USD  limit reached',
    );
    expect(show(seat)).not.toContain('extra');
    expect(tooltip(seat)).toEqual(['Claude · Ultra', 'spend 104% used, 521 of 500 USD']);
    expect(menu(seat)).toContain('521 of 500 USD');
    expect(check(seat)).toEqual({
      verdict: 'CRITICAL',
      text: "CLAUDE CRITICAL - spend 104% | 'spend_limit'=104.2%;80;95;0;100",
    });
    expect(metrics(seat)).toContain(
      'used_amount{provider="claude",account="default",window="spend_limit",model="",currency="USD"} 521',
    );
    expect(metrics(seat)).toContain(
      'extra_usage_limit_amount{provider="claude",account="default",currency="USD"} 500',
    );
  });

  it('is on the line next to a week of which more is used', () => {
    expect(line(usage({ windows: [week({ usedPercent: 99 }), spend({ usedPercent: 3 })] }))).toBe(
      '7d 99% 4d3h, empty in 40m · spend 3% 521/500 USD',
    );
  });

  it('is shown next to extra usage of another amount', () => {
    const reported = spend({ source: 'statusline' });
    expect(line(usage({ windows: [reported], extraUsage: extra() }))).toContain('extra 7.63/20.00 EUR');
    const same = extra({ used: 500, limit: 500, currency: 'USD' });
    expect(line(usage({ windows: [reported], extraUsage: same }))).not.toContain('extra');
  });

  it('hides the extra usage that it limits', () => {
    expect(line(seat, { hide: ['spend'] })).toBe('no limits shown');
  });
});

describe('a limit of an unknown kind', () => {
  const asleep = usage({ windows: [window(), week(), daily()] });
  const awake = usage({ windows: [window(), week(), daily({ usedPercent: 3, placement: 'always' })] });

  it('is always in show and in JSON', () => {
    for (const of of [asleep, awake]) expect(show(of)).toMatch(/^daily_all /m);
  });

  it('is on the line while it is active, even with little usage', () => {
    expect(line(asleep)).toBe('5h 22% 4h37m · 7d 33% 4d3h');
    expect(line(awake)).toBe('5h 22% 4h37m · 7d 33% 4d3h · daily_all 3% 4h37m');
    expect(line(asleep, { format: 'minimal' })).toBe('7d 33%');
    expect(line(asleep, { format: '{model.used}{sep}{5h.used}' })).toBe('22%');
    expect(line(asleep, { format: '{daily_all.used}' })).toBe('97%');
  });

  it('counts for the check and the summary while it is active', () => {
    expect(check(asleep).text).toMatch(/^CLAUDE OK - 5h 22%, 7d 33% \|/);
    const high = usage({ windows: [week(), daily({ placement: 'always' })] });
    expect(check(high).text).toMatch(/^CLAUDE CRITICAL - 7d 33%, daily_all 97% /);
    expect(check(asleep, 'daily_all').verdict, 'it is asked for').toBe('CRITICAL');
    expect(summaryOf(asleep, DEFAULT_APPEARANCE)).toMatchObject({ used: 33, level: 'warn' });
    expect(summaryOf(high, DEFAULT_APPEARANCE)).toMatchObject({ used: 97, level: 'critical' });
  });
});

describe.each([
  ['a limit of 0 and nothing used', 0, 0],
  ['no limit and nothing used', null, 0],
  ['no limit and an unknown amount', null, null],
])('extra usage with %s', (_name, limit, used) => {
  const of = usage({ extraUsage: extra({ used, limit, usedPercent: null, currency: 'USD' }) });

  it('is not shown anywhere', () => {
    for (const text of [
      line(of),
      line(of, { format: '{5h.used} {extra}' }),
      show(of),
      show(of, { appearance: { ...DEFAULT_APPEARANCE, percent: 'left' } }),
      tooltip(of).join(' '),
      menu(of),
      metrics(of),
      check(of).text,
    ]) {
      expect(text).not.toContain('extra');
      expect(text).not.toContain('0.00');
    }
  });
});

describe('a limit that the plan lacks', () => {
  const ultra = usage({ windows: [week()], lacking: ['five_hour'] });

  it.each([
    ['{5h.percent}', 'no such limit'],
    ['{5h.reset}', 'no such limit'],
    ['{5h.at} {5h.empty}', 'no such limit'],
    ['{5h.label} {5h.percent} {5h.reset}{sep}{7d.label} {7d.percent}', '5h no such limit · 7d 33%'],
    ['[5h {5h.percent}{sep}]{7d.label} {7d.percent}', '7d 33%'],
    ['[{five_hour.used}]', '7d 33% 4d3h'],
    ['{#windows}{label} {used}{/windows}', '7d 33%'],
    ['{7d opus.used}{sep}{7d.used}', '33%'],
  ])('is named by %s', (format, text) => {
    expect(line(ultra, { format })).toBe(text);
  });

  it('leaves age and error on the line', () => {
    const of = stale({ windows: [week()], lacking: ['five_hour'], error: failure('timeout') });
    expect(line(of, { format: '{5h.used}' })).toBe('no such limit · 12m ago · no answer');
  });

  it.each([
    ['hidden', ultra, { hide: ['5h'] }],
    ['not known', none({ error: failure('timeout') }), {}],
    ['last known', lastKnown({ windows: [week()], lacking: ['five_hour'] }), {}],
  ])('is not mentioned if it is %s', (_name, of, appearance) => {
    expect(line(of, { format: '{5h.used}', ...appearance })).not.toContain('no such limit');
  });

  it.each<[string, Usage, string, string, string]>([
    ['lacking', ultra, '5h', 'OK', '5h: no such limit'],
    ['lacking, by id', ultra, 'five_hour', 'OK', '5h: no such limit'],
    [
      'lacking since long',
      stale({ windows: [week()], lacking: ['five_hour'], ageMs: DAY / 2 }),
      '5h',
      'OK',
      '5h: no such limit',
    ],
    ['another model', ultra, '7d Opus', 'OK', '7d opus: no such limit'],
    ['extra', ultra, 'extra', 'OK', 'extra: no such limit'],
    [
      'only reported by a session',
      usage({ windows: [week({ source: 'statusline' })] }),
      '5h',
      'UNKNOWN',
      '5h is not known',
    ],
    ['nothing known', none({ error: failure('timeout') }), '5h', 'UNKNOWN', 'No answer came in time.'],
    ['a misspelt name', ultra, '5 h', 'UNKNOWN', "no limit is called '5 h'; there are: 7d"],
    ['a relative name', ultra, 'tightest', 'UNKNOWN', "no limit is called 'tightest'"],
    ['a name that steers', ultra, '\u001B[31m', 'UNKNOWN', "no limit is called '?[31m'"],
  ])('in a check: %s', (_name, of, only, verdict, text) => {
    const result = check(of, only);
    expect(result.verdict).toBe(verdict);
    expect(result.text.startsWith(`CLAUDE ${verdict} - ${text}`), result.text).toBe(true);
  });

  it('does not change a check of the others', () => {
    expect(check(ultra).text).toBe("CLAUDE OK - 7d 33% | 'seven_day'=33%;80;95;0;100");
    expect(check(usage({ windows: [window(), fable()] }), '7d fable').text).toMatch(
      /^CLAUDE WARNING - 7d Fable 82% /,
    );
  });
});

describe('a locked limit', () => {
  const of = usage({
    windows: [window({ lockedReason: 'verification_required' }), week()],
    pools: [pool({ lockedReason: 'plan' })],
    locks: [{ id: 'tangelo', label: 'tangelo', reason: 'soon' }],
  });

  it('is named on the line and in the check, with its reason in show, tooltip and menu', () => {
    expect(line(of)).toBe('5h 22% locked 4h37m · 7d 33% 4d3h');
    expect(line(of, { format: '{5h.bar} {5h.used}' })).toBe('┻━────── 22% locked');
    expect(line(of, { format: 'minimal' })).toBe('7d 33%');
    expect(check(of).text).toContain('5h 22% locked, 7d 33%');
    const sentences = [
      '5h is locked: verification required.',
      'cloud credit is locked: plan.',
      'tangelo is locked: soon.',
    ];
    for (const text of sentences) {
      expect(show(of)).toContain(text);
      expect(tooltip(of)).toContain(text);
      expect(menu(of)).toContain(text);
    }
  });

  it('stays locked after its reset', () => {
    expect(line(usage({ windows: [window({ ...ELAPSED, lockedReason: 'x' })] }))).toBe('5h reset locked');
  });
});

describe('a pool of dollars', () => {
  const of = usage({ windows: [window()], pools: [pool()] });

  it('has a row without a bar and a percentage, and is not on the line', () => {
    expect(show(of).split('\n').slice(2, 5)).toEqual([
      '5h  ━━┻━━━─────────────────────  22%  resets in 4h37m, 23:02  empty in 1h20m, 3h15m before the reset',
      '',
      'cloud credit  12.50 of 250.00 USD used, until Tue 18:25',
    ]);
    expect(line(of)).toBe('5h 22% 4h37m');
    expect(menu(of)).toContain('12.50 of 250.00 USD');
    expect(check(of).text).not.toContain('credit');
  });

  it.each([
    [{ expired: true, expiresAt: NOW - DAY }, 'expired Thu 18:25'],
    [{ used: null }, '250.00 USD, until Tue 18:25'],
    [{ expiresAt: null }, '12.50 of 250.00 USD used'],
  ])('%j reads %s', (over, text) => {
    expect(show(usage({ pools: [pool(over)] }))).toMatch(new RegExp(`^cloud credit {2,}${text}$`, 'm'));
  });

  it('can be hidden', () => {
    const appearance = { ...DEFAULT_APPEARANCE, hide: ['cloud credit'] };
    expect(show(of, { appearance })).not.toContain('credit');
  });
});

describe('the week by product', () => {
  const breakdown = [
    { key: 'claude_code', name: 'Claude Code', percent: 71.4 },
    { key: 'other', name: 'Other', percent: 0.2 },
  ];

  it('is in show with --verbose', () => {
    const of = usage({ breakdown });
    expect(show(of)).not.toContain('Claude Code');
    expect(show(of, { verbose: true })).toContain(
      '\n\nThe week by product\nClaude Code  71%\nOther        <1%\n\n',
    );
    expect(show(usage(), { verbose: true })).toBe(show(usage()));
  });
});

describe('last known numbers', () => {
  it('are not followed by "Nothing is known yet"', () => {
    const text = show(lastKnown({ error: failure('no_data') }));
    expect(text).toContain('22%');
    expect(text).not.toContain('Nothing is known');
    expect(text).toContain('No current numbers are known. Run `usageline refresh`');
    expect(show(none({ error: failure('no_data') }))).toContain('Nothing is known yet');
  });
});

describe('the name of a plan', () => {
  it.each([
    ['max_20x', 'Ultra'],
    ['max_5x', 'Max'],
    ['max', 'Max'],
    ['pro', 'Pro'],
    ['team_premium', 'Team premium'],
    ['max_50x', 'Max 50x'],
    ['ultra', 'Ultra'],
    ['$(x)', '(x)'],
    ['漢', ''],
    [null, ''],
  ])('of %j is %j', (plan, name) => {
    expect(planName(plan, texts)).toBe(name);
    expect(line(usage({ plan }), { format: '[{plan} ]{5h.used}' })).toBe(`${name} 22%`.trim());
  });
});
