import type { ExtraUsage, TokenEstimate, Usage, Window } from '../usage/model.ts';
import { age, countdown } from './duration.ts';
import { errorSentence } from './error-sentence.ts';
import { hasNumbers, shownError } from './summary.ts';
import { heading } from './heading.ts';
import type { Appearance } from './appearance.ts';
import { lockSentences } from './locks.ts';
import { amountText, currencySuffix, shownExtra, windowAmountText } from './money.ts';
import { percentText, shownPercent } from './percent.ts';
import { tokenText } from './tokens.ts';

interface DetailAppearance {
  readonly countdowns: boolean;
  readonly appearance: Appearance;
}

/**
 * Usage in a few lines, for a tooltip: every limit, not only those that have room on a line. It is prepared in
 * advance like the line, so it has the line's times alone: no clock (whose time zone?) and no pace (it never stands
 * still).
 */
export function detailLines(usage: Usage, context: DetailAppearance): string[] {
  const error = shownError(usage);
  return [
    heading(usage),
    ...limitLines(usage, context),
    ...ageLines(usage),
    ...(error === null ? [] : [errorSentence(usage) as string]),
  ];
}

function limitLines(usage: Usage, context: DetailAppearance): string[] {
  if (usage.state === 'estimate') return tokenLines(usage.tokens);
  if (!hasNumbers(usage)) return usage.pending ? ['The first answer is on its way.'] : [];
  const windows = usage.windows.map((window) => windowLine(window, usage.generatedAt, context));
  const lines = [...windows, ...extraLines(shownExtra(usage))];
  return [...(lines.length > 0 ? lines : ['No limits reported.']), ...lockSentences(usage)];
}

function windowLine(window: Window, now: number, context: DetailAppearance): string {
  const { label, usedPercent, resetsAt } = window;
  if (usedPercent === null) return `${label} reset`;
  const { percent: side } = context.appearance;
  const number = `${percentText(shownPercent(usedPercent, side))} ${side}`;
  const comes = context.countdowns && resetsAt !== null && resetsAt > now;
  const amount = windowAmountText(window, ' of ');
  return `${label} ${number}${amount === null ? '' : `, ${amount}`}${comes ? `, resets in ${countdown(resetsAt - now)}` : ''}`;
}

function extraLines(extra: ExtraUsage | null): string[] {
  if (extra === null || extra.used === null) return [];
  const limit = extra.limit === null ? '' : ` of ${amountText(extra.limit, extra)}`;
  return [`extra ${amountText(extra.used, extra)}${limit}${currencySuffix(extra)}`];
}

function tokenLines(tokens: TokenEstimate | null): string[] {
  const parts = { '5h': tokens?.fiveHour, '7d': tokens?.sevenDay };
  return Object.entries(parts).flatMap(([label, count]) =>
    count ? [`${label} about ${tokenText(count.total)} tokens`] : [],
  );
}

function ageLines({ state, ageMs, restAgeMs }: Usage): string[] {
  if (state === 'stale' && ageMs !== null) return [`Read ${age(ageMs)}.`];
  return state === 'fresh' && restAgeMs !== undefined
    ? [`Limits per model and extra usage read ${age(restAgeMs)}.`]
    : [];
}
