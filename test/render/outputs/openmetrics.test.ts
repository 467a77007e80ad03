import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_APPEARANCE } from '../../../src/render/appearance.ts';
import { renderDocument } from '../../../src/render/outputs/documents.ts';
import type { Usage } from '../../../src/usage/model.ts';
import { extra, fable, failure, NOW, usage, window } from '../usages.ts';
import { anyUsage, context, STATES, used } from './cases.ts';

const render = (of: Usage, appearance = DEFAULT_APPEARANCE) =>
  renderDocument('openmetrics', of, context({ appearance }));

/** The samples of an exposition by name and labels; anything that is no sample of ours is a mistake. */
function samples(of: Usage, appearance = DEFAULT_APPEARANCE): Record<string, number> {
  const found: Record<string, number> = {};
  let family = '';
  const lines = render(of, appearance).split('\n');
  expect(lines.pop()).toBe('# EOF');
  for (const line of lines) {
    const [, kind, name = ''] = /^# (HELP|TYPE) (usageline_[a-z_]+) [^\\]+$/.exec(line) ?? [];
    if (kind !== undefined) {
      if (kind === 'HELP') expect(Object.keys(found).some((key) => key.startsWith(`${name}{`))).toBe(false);
      else expect(line).toBe(`# TYPE ${family} gauge`);
      family = name;
      continue;
    }
    const [, metric, labels, value] =
      /^([a-z_]+)(\{(?:[a-z]+="[A-Za-z0-9 ._+:/()?-]*",?)+\}) (\d[\d.e+-]*)$/.exec(line) ?? [];
    expect(metric, line).toBe(family);
    const key = `${metric}${labels?.replace('provider="claude",account="default"', '').replace('{,', '{')}`;
    expect(found).not.toHaveProperty([key]);
    found[key] = Number(value);
  }
  return found;
}

describe('the exposition', () => {
  it('has the numbers in base units', () => {
    const of = usage({ windows: [window(), fable()], extraUsage: extra() });
    expect(samples(of)).toEqual({
      'usageline_up{}': 1,
      'usageline_fresh{}': 1,
      'usageline_last_success_timestamp_seconds{}': NOW / 1000 - 108,
      'usageline_plan_info{plan="max_20x"}': 1,
      'usageline_window_used_ratio{window="five_hour",model=""}': 0.22,
      'usageline_window_used_ratio{window="weekly_scoped:fable",model="Fable"}': 0.82,
      'usageline_window_reset_timestamp_seconds{window="five_hour",model=""}': NOW / 1000 + 16_620,
      'usageline_window_reset_timestamp_seconds{window="weekly_scoped:fable",model="Fable"}':
        NOW / 1000 + 356_400,
      'usageline_window_read_timestamp_seconds{window="five_hour",model=""}': NOW / 1000 - 108,
      'usageline_window_read_timestamp_seconds{window="weekly_scoped:fable",model="Fable"}': NOW / 1000 - 108,
      'usageline_extra_usage_used_ratio{currency="EUR"}': 0.3815,
      'usageline_extra_usage_amount{currency="EUR"}': 7.63,
      'usageline_extra_usage_limit_amount{currency="EUR"}': 20,
    });
  });

  it.each([
    [0, 0],
    [0.4, 0.004],
    [14.000000000000002, 0.14],
    [99.6, 0.996],
    [140, 1.4],
  ])('has %d % as %d', (percent, ratio) => {
    expect(samples(used(percent))['usageline_window_used_ratio{window="five_hour",model=""}']).toBe(ratio);
  });

  it.each<[keyof typeof STATES, number, number, string | null]>([
    ['fresh', 1, 1, null],
    ['stale', 1, 0, 'rate_limited'],
    ['last known', 0, 0, 'timeout'],
    ['pending', 0, 0, null],
    ['estimate', 0, 0, 'network_error'],
    ['signed out', 0, 0, 'no_credentials'],
  ])('says how it stands: %s', (state, up, fresh, code) => {
    const found = samples(STATES[state]);
    expect([found['usageline_up{}'], found['usageline_fresh{}']]).toEqual([up, fresh]);
    const errors = Object.keys(found).filter((key) => key.startsWith('usageline_error'));
    expect(errors).toEqual(code === null ? [] : [`usageline_error{code="${code}"}`]);
  });

  it('has no number where none is known', () => {
    for (const of of [STATES['last known'], STATES['all elapsed'], STATES.estimate, STATES.nothing]) {
      expect(render(of)).not.toContain('_ratio');
    }
    expect(
      samples(usage({ windows: [], extraUsage: extra({ limit: null, usedPercent: null }) })),
    ).not.toHaveProperty(['usageline_extra_usage_limit_amount{currency="EUR"}']);
    expect(render(usage({ extraUsage: extra({ enabled: false }) }))).not.toContain('extra_usage');
  });

  it('has the next try, and the tokens of an estimate', () => {
    expect(samples(STATES.stale)['usageline_retry_timestamp_seconds{}']).toBe(NOW / 1000 + 240);
    expect(samples(STATES.estimate)['usageline_estimated_tokens{window="five_hour"}']).toBe(420_000);
  });

  it('leaves out what is hidden', () => {
    const appearance = { ...DEFAULT_APPEARANCE, hide: ['seven_day'] };
    expect(Object.keys(samples(STATES.fresh, appearance)).join()).not.toContain('seven_day');
  });

  it('says nothing of an error that is none beside numbers', () => {
    expect(render(usage({ error: failure('budget') }))).not.toContain('usageline_error');
  });

  it('is valid, with each series once, whatever there is to show', () => {
    const unique = anyUsage.filter(
      ({ windows }) => new Set(windows.map(({ id, model }) => `${id} ${model}`)).size === windows.length,
    );
    fc.assert(fc.property(unique, (of) => void samples(of)));
  });
});
