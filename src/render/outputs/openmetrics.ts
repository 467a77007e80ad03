import type { StructuredOutput } from './output.ts';
import { accountsIn, hasNumbers, shownError } from '../selection.ts';
import type { ExtraUsage, Usage, Window, WindowAmount } from '../../usage/model.ts';
import { sanitize } from '../../usage/text.ts';
import { SECOND } from '../../usage/time.ts';
import { isWorthShowing } from '../../usage/credits.ts';

/**
 * A text exposition for Prometheus (a file of the textfile collector of node_exporter), valid in the format of
 * Prometheus and as OpenMetrics. Times instead of ages, so that a file that is no longer written shows its age. No
 * timestamps at samples: node_exporter rejects a file that has any.
 */
export const openmetrics: StructuredOutput = {
  render: (usage) => {
    const all = accountsIn(usage);
    return [...METRICS.flatMap((metric) => familyOf(metric, all)), '# EOF'].join('\n');
  },
};

/** A metric with its samples of all accounts, as lines; none if no sample has a value. */
function familyOf({ name, help, samples }: Metric, usages: readonly Usage[]): string[] {
  const lines = usages.flatMap((usage) => {
    const common = { provider: usage.provider, account: sanitize(usage.account) };
    const known = samples(usage).filter(([, value]) => value !== null);
    return known.map(([labels, value]) => `${name}${labelText(common, labels)} ${value}`);
  });
  return lines.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`].concat(lines);
}

/** Labels need no escape: every value is sanitized or a constant. */
function labelText(...labels: Labels[]): string {
  const pairs = labels.flatMap(Object.entries).map(([name, value]) => `${name}="${value}"`);
  return `{${pairs.join(',')}}`;
}

/** The labels of a sample: name → value. */
export type Labels = Readonly<Record<string, string>>;

type Sample = readonly [labels: Labels, value: number | null];

/** A metric of the exposition; all of them are gauges. */
export interface Metric {
  readonly name: string;
  /** Its description, the same in every exposition. */
  readonly help: string;
  /** Its samples. One without a value is omitted, because unknown is not 0. */
  samples(usage: Usage): Sample[];
}

/** All metrics, in the order of the exposition. */
export const METRICS: readonly Metric[] = [
  {
    name: 'usageline_up',
    help: 'Whether numbers are known that still count: 1 with current or stale ones, 0 without.',
    samples: (usage) => [[{}, hasNumbers(usage) ? 1 : 0]],
  },
  {
    name: 'usageline_fresh',
    help: 'Whether the numbers are current.',
    samples: ({ state }) => [[{}, state === 'fresh' ? 1 : 0]],
  },
  {
    name: 'usageline_error',
    help: 'What keeps the numbers from being current, by code; absent when nothing does.',
    samples: (usage) => {
      const error = shownError(usage);
      return error === null ? [] : [[{ code: error.code }, 1]];
    },
  },
  {
    name: 'usageline_retry_timestamp_seconds',
    help: 'When the next try is after an error.',
    samples: (usage) => [[{}, seconds(shownError(usage)?.retryAt ?? null)]],
  },
  {
    name: 'usageline_last_success_timestamp_seconds',
    help: 'When the numbers were asked for.',
    samples: ({ cachedAt }) => [[{}, seconds(cachedAt)]],
  },
  {
    name: 'usageline_plan_info',
    help: 'The plan of the subscription.',
    samples: ({ plan }) => {
      const name = plan === null ? '' : sanitize(plan);
      return name === '' ? [] : [[{ plan: name }, 1]];
    },
  },
  {
    name: 'usageline_window_used_ratio',
    help: 'How much of a limit is used, 1 is all of it.',
    samples: (usage) => windowSamples(usage, ({ usedPercent }) => usedPercent && ratio(usedPercent)),
  },
  {
    name: 'usageline_window_reset_timestamp_seconds',
    help: 'When a limit is reset.',
    samples: (usage) => windowSamples(usage, ({ resetsAt }) => seconds(resetsAt)),
  },
  {
    name: 'usageline_window_read_timestamp_seconds',
    help: 'When the number of a limit was read.',
    samples: (usage) => windowSamples(usage, ({ readAt }) => seconds(readAt)),
  },
  {
    name: 'usageline_window_used_amount',
    help: 'What of a limit on money is used, in units of its currency.',
    samples: (usage) => amountSamples(usage, ({ used }) => used),
  },
  {
    name: 'usageline_window_limit_amount',
    help: 'A limit on money, in units of its currency.',
    samples: (usage) => amountSamples(usage, ({ limit }) => limit),
  },
  {
    name: 'usageline_extra_usage_used_ratio',
    help: 'How much of the limit for extra usage is used, 1 is all of it.',
    samples: (usage) => extraSamples(usage, ({ usedPercent }) => usedPercent && ratio(usedPercent)),
  },
  {
    name: 'usageline_extra_usage_amount',
    help: 'Extra usage in units of its currency.',
    samples: (usage) => extraSamples(usage, ({ used }) => used),
  },
  {
    name: 'usageline_extra_usage_limit_amount',
    help: 'The limit for extra usage in units of its currency.',
    samples: (usage) => extraSamples(usage, ({ limit }) => limit),
  },
  {
    name: 'usageline_estimated_tokens',
    help: 'Tokens by local transcripts, where nothing else is known.',
    samples: ({ state, tokens }) =>
      state === 'estimate'
        ? [
            [{ window: 'five_hour' }, tokens?.fiveHour?.total ?? null],
            [{ window: 'seven_day' }, tokens?.sevenDay?.total ?? null],
          ]
        : [],
  },
];

function windowSamples(usage: Usage, valueOf: (window: Window) => number | null): Sample[] {
  if (!hasNumbers(usage)) return [];
  return usage.windows.map((window) => [{ window: window.id, model: window.model ?? '' }, valueOf(window)]);
}

function amountSamples(usage: Usage, valueOf: (amount: WindowAmount) => number | null): Sample[] {
  if (!hasNumbers(usage)) return [];
  return usage.windows.flatMap(({ id, model, amount }): Sample[] =>
    amount ? [[{ window: id, model: model ?? '', currency: amount.currency ?? '' }, valueOf(amount)]] : [],
  );
}

function extraSamples(usage: Usage, valueOf: (extra: ExtraUsage) => number | null): Sample[] {
  const { extraUsage: extra } = usage;
  if (!hasNumbers(usage) || !isWorthShowing(extra)) return [];
  return [[{ currency: extra.currency ?? '' }, valueOf(extra)]];
}

/** Percent as a ratio, without the noise of floating point: 14 % is 0.14. */
function ratio(percent: number): number {
  return Number((percent / 100).toPrecision(12));
}

/** Epoch ms as epoch seconds. */
function seconds(at: number | null): number | null {
  return at === null ? null : at / SECOND;
}
