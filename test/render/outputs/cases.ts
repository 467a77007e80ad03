import * as fc from 'fast-check';
import { DEFAULT_APPEARANCE } from '../../../src/render/appearance.ts';
import type { OutputContext } from '../../../src/render/outputs/output.ts';
import type { Usage } from '../../../src/usage/model.ts';
import { parseResponse } from '../../../src/fetch/claude/data.ts';
import { sanitize } from '../../../src/usage/text.ts';
import { extraUsageOf, windowsOf } from '../../../src/fetch/claude/windows.ts';
import { corpus } from '../../property/support.ts';
import {
  ELAPSED,
  extra,
  fable,
  failure,
  lastKnown,
  none,
  NOW,
  stale,
  usage,
  usageArbitrary,
  week,
  window,
} from '../usages.ts';

export const context = (over: Partial<OutputContext> = {}): OutputContext => ({
  color: true,
  countdowns: true,
  appearance: DEFAULT_APPEARANCE,
  ...over,
});

/** Fresh usage with one window without a pace, of which so much is used. */
export const used = (percent: number): Usage =>
  usage({ windows: [window({ usedPercent: percent, windowSeconds: null })] });

/** How a percentage is written, how near it is, and as a whole number. */
export const PERCENTS: [number, string, 'ok' | 'warn' | 'critical', number][] = [
  [0, '0%', 'ok', 0],
  [0.4, '<1%', 'ok', 1],
  [22.5, '23%', 'ok', 23],
  [49.999, '50%', 'ok', 50],
  [50, '50%', 'warn', 50],
  [80, '80%', 'critical', 80],
  [99.6, '99%', 'critical', 99],
  [100, '100%', 'critical', 100],
  [140, '140%', 'critical', 100],
];

const tokens = { total: 420_000, input: 1, output: 2, cacheCreation: 3, cacheRead: 4 };

/** Every state there is, by name. */
export const STATES = {
  fresh: usage({ windows: [window(), week(), fable()], extraUsage: extra() }),
  stale: stale({ error: failure('rate_limited', { retryAt: NOW + 4 * 60_000 }) }),
  elapsed: usage({ windows: [window(ELAPSED), week()] }),
  'all elapsed': usage({ windows: [window(ELAPSED), week(ELAPSED)] }),
  'without limits': usage({ windows: [] }),
  'last known': lastKnown({ error: failure('timeout') }),
  pending: none({ pending: true, error: failure('no_data') }),
  estimate: none({
    state: 'estimate',
    source: 'transcripts',
    tokens: { fiveHour: { ...tokens, endsAt: NOW + 3_600_000 }, sevenDay: null },
    error: failure('network_error'),
  }),
  'lapsed, recent': stale({ error: failure('token_lapsed') }),
  'lapsed overnight': stale({ ageMs: 9 * 3_600_000, error: failure('token_lapsed') }),
  'lapsed, nothing known': none({ error: failure('token_lapsed', { retryAt: NOW + 300_000 }) }),
  'signed out': none({ error: failure('no_credentials') }),
  nothing: none(),
} satisfies Record<string, Usage>;

/** What would do harm in one host or another; the last ones are those of a symbol, a submenu and a tag. */
export const PAYLOADS = [
  '42%n $(touch pwn_sub) `touch pwn_bt` \\u \\[x\\] #[fg=red]R #(touch pwn_tmux) %{F#f00} <b>m</b>',
  '%{execute("silent !touch pwn_vim")} %{%v:lua.pwn()%} %#Error# %!pwn()',
  '"}],"full_text":"pwned\\n{"urgent":true',
  "' label.drawing=off click_script='touch pwn",
  ':fire: :100: | bash=/bin/touch param1=pwn terminal=false',
  '-- | href=https://example.com',
  '"} 1\nusageline_up 42 1700000000\n# EOF',
  '\u001B]0;title\u0007\u009B31m\u202Egnol',
];

/** The usage of a response in which every text attempts an injection. */
export function hostile(payload: string): Usage {
  const data = parseResponse({
    five_hour: { utilization: 22, resets_at: null },
    limits: [
      { kind: 'weekly_scoped', percent: 82, resets_at: null, scope: { model: { display_name: payload } } },
    ],
    extra_usage: {
      is_enabled: true,
      monthly_limit: 2000,
      used_credits: 763,
      utilization: 38.15,
      currency: payload,
    },
  });
  return stale({
    plan: payload,
    account: payload,
    windows: windowsOf(data, NOW, NOW),
    extraUsage: extraUsageOf(data),
    error: failure('cache_unwritable', { detail: payload }),
  });
}

const hostileWindow = fc
  .oneof(
    fc.constantFrom(...PAYLOADS, ...corpus('texts').map(({ text }) => text)),
    fc.string({ unit: 'binary', maxLength: 60 }),
  )
  .map((text) => fable({ label: `7d ${sanitize(text) || '?'}`, model: sanitize(text) || '?' }));

/** Any usage at all, with names from outside that have passed the gate. */
export const anyUsage: fc.Arbitrary<Usage> = fc.oneof(
  usageArbitrary,
  fc.array(hostileWindow, { minLength: 1, maxLength: 4 }).map((windows) => usage({ windows })),
  fc.constantFrom(...Object.values(STATES), ...PAYLOADS.map(hostile)),
);
