import type { Ages, Recovery, Result } from './tally.ts';

/** The result as tables in Markdown, as printed in `docs/specs/reliability.md`. */
export function reportOf(result: Result): string {
  const { seed, days, requests, recoveries } = result;
  const rows: readonly (readonly [string, string])[] = [
    ['requests sent', `${requests}, of which ${result.answered} brought usage`],
    ['most of them within any hour', String(result.mostInAnHour)],
    ['least time between two with the same credentials', `${result.leastApart.toFixed(1)} s`],
    ['429s caused by usageline', String(result.own429)],
    ['429s because of other programs', `${result.foreign429}, in ${recoveries.length} episodes`],
    [
      'requests of other programs, of which throttled',
      `${result.foreignRequests}, ${result.foreignThrottled}`,
    ],
    ...['3600', '0', 'none'].map((hint) => recoveryRow(hint, recoveries)),
    ['calls that were resolved on files', String(result.resolved)],
    ['workers started', String(result.started)],
  ];
  return [
    `Seed ${seed}, ${days} days.`,
    '',
    '| | |',
    '|---|---|',
    ...rows.map(([what, value]) => `| ${what} | ${value} |`),
    '',
    '| age of the numbers shown | calls | fresh | stale | without numbers | p50 | p95 | p99 | max |',
    '|---|---|---|---|---|---|---|---|---|',
    agesRow('to all callers, day and night', result.all),
    agesRow('to people at work', result.work),
    agesRow('the same, with a network and not throttled', result.undisturbed),
    '',
  ].join('\n');
}

function recoveryRow(hint: string, recoveries: readonly Recovery[]): [string, string] {
  const withHint = recoveries.filter((one) => one.hint === hint).sort((a, b) => a.minutes - b.minutes);
  const what = `from the first 429 to the next usage, Retry-After ${hint}`;
  if (withHint.length === 0) return [what, '–'];
  const minutes = (one: Recovery | undefined) => `${Math.round(one?.minutes ?? 0)} min`;
  const requests = Math.max(...withHint.map((one) => one.requests));
  const median = minutes(withHint[Math.floor((withHint.length - 1) / 2)]);
  return [what, `median ${median}, longest ${minutes(withHint.at(-1))}, at most ${requests} requests`];
}

function agesRow(callers: string, ages: Ages): string {
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  const times = [ages.p50, ages.p95, ages.p99, ages.max].map(time);
  const cells = [String(ages.count), share(ages.fresh), share(ages.stale), share(ages.without), ...times];
  return `| ${callers} | ${cells.join(' | ')} |`;
}

function time(seconds: number): string {
  if (seconds < 600) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
