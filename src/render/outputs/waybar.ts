import type { Appearance } from '../appearance.ts';
import { heading } from '../heading.ts';
import { lineSpans } from '../line.ts';
import { errorSentence, lockSentences } from '../messages.ts';
import { isDefaultColor } from './host-colors.ts';
import type { ByStyle } from './host-colors.ts';
import type { StructuredOutput } from './output.ts';
import { escapePango, onDarkBar, pango } from './pango.ts';
import type { PangoStyle } from './pango.ts';
import { saidOnce } from '../said-once.ts';
import { accountsIn, hasFailed, hasNumbers, shownError, shownExtra } from '../selection.ts';
import { summaryOf } from '../summary.ts';
import {
  age,
  amountText,
  countdown,
  currencySuffix,
  percentText,
  shownPercent,
  tokenText,
  windowAmountText,
} from '../values.ts';
import type { ExtraUsage, TokenEstimate, Usage, Window } from '../../usage/model.ts';

const PLAIN: PangoStyle = { background: null, foreground: null, bold: false };
const WARN: PangoStyle = { background: 'ffd75f', foreground: '000000', bold: false };
const CRITICAL: PangoStyle = { background: 'a40000', foreground: 'ffffff', bold: true };

/**
 * What the default colours look like: themes have dark and light bars, so what needs attention has a background of its own,
 * and the rest the colour of the bar.
 */
const STYLES: ByStyle<PangoStyle> = {
  ok: PLAIN,
  warn: WARN,
  critical: CRITICAL,
  urgent: CRITICAL,
  dim: PLAIN,
  notice: WARN,
  strong: PLAIN,
};

/**
 * A custom module of Waybar with `"return-type": "json"`: one object on one line, texts in Pango markup. Each number has the
 * colour of its level; the classes are for the style sheet.
 */
export const waybar: StructuredOutput = {
  render: (usage, context) => {
    const { used, level } = summaryOf(usage, context.appearance);
    return JSON.stringify({
      text: pango(lineSpans(usage, context), context.color, context.appearance.colors, "'", (style, colors) =>
        isDefaultColor(style, colors[style]) ? STYLES[style] : onDarkBar(style, colors),
      ),
      alt: level,
      // Waybar does not show a tooltip that contains a line feed.
      tooltip: tooltip(accountsIn(usage), context).map(escapePango).join('\r'),
      class: classesOf(usage, level),
      ...(used !== null && { percentage: wholePercent(used) }),
    });
  },
};

/** The classes for the style sheet: the level of the summary, `stale`, `error`. */
function classesOf(usage: Usage, level: string): string[] {
  const classes = [level];
  if (usage.state === 'stale') classes.push('stale');
  if (level !== 'error' && hasFailed(usage)) classes.push('error');
  return classes;
}

/** Rounded like the percentage on the line: not 0 while something is used, not 100 while something is left. */
function wholePercent(used: number): number {
  const least = used > 0 ? 1 : 0;
  const most = used < 100 ? 99 : 100;
  return Math.min(most, Math.max(least, Math.round(used)));
}

interface TooltipOptions {
  readonly countdowns: boolean;
  readonly appearance: Appearance;
}

/** The lines of the tooltip. An error that all accounts share stands once, at the end. */
function tooltip(usages: readonly Usage[], context: TooltipOptions): string[] {
  const errors = usages.map((usage) => (shownError(usage) === null ? '' : (errorSentence(usage) ?? '')));
  const shared = saidOnce(errors);
  const lines = usages.flatMap((usage, index) => [
    ...tooltipLines(usage, context),
    shared === '' ? (errors[index] ?? '') : '',
  ]);
  return [...lines, shared].filter((line) => line !== '');
}

/**
 * The lines of an account in the tooltip, without its error: all limits, not only those of the line. The tooltip is prerendered with the line, so it has
 * no clock times (the time zone can change) and no pace (it changes all the time).
 */
function tooltipLines(usage: Usage, context: TooltipOptions): string[] {
  return [heading(usage), ...limitLines(usage, context), ...ageLines(usage)];
}

function limitLines(usage: Usage, context: TooltipOptions): string[] {
  if (usage.state === 'estimate') return tokenLines(usage.tokens);
  if (!hasNumbers(usage)) return usage.pending ? ['The first answer is on its way.'] : [];
  const windows = usage.windows.map((window) => windowLine(window, usage.generatedAt, context));
  const lines = [...windows, ...extraLines(shownExtra(usage))];
  return [...(lines.length > 0 ? lines : ['No limits reported.']), ...lockSentences(usage)];
}

function windowLine(window: Window, now: number, context: TooltipOptions): string {
  const { label, usedPercent, resetsAt } = window;
  if (usedPercent === null) return `${label} reset`;
  const { percent: side } = context.appearance;
  const number = `${percentText(shownPercent(usedPercent, side))} ${side}`;
  const isUpcoming = context.countdowns && resetsAt !== null && resetsAt > now;
  const amount = windowAmountText(window, ' of ');
  return `${label} ${number}${amount === null ? '' : `, ${amount}`}${isUpcoming ? `, resets in ${countdown(resetsAt - now)}` : ''}`;
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
