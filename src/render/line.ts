import { isModelOf, modelKey } from '../usage/model-name.ts';
import type { ExtraUsage, TokenCount, TokenEstimate, Usage, Window } from '../usage/model.ts';
import { level, plain } from './color.ts';
import type { Span } from './color.ts';
import { age, countdown } from './duration.ts';
import { ELLIPSIS, SEPARATOR } from './glyphs.ts';
import { withoutHidden } from './hidden.ts';
import { clipLine } from './layout.ts';
import { DEFAULT_LOOKS } from './looks.ts';
import type { Looks } from './looks.ts';
import { shortMessage } from './messages.ts';
import { amountText, currencySuffix } from './money.ts';
import { paint } from './paint.ts';
import { percentText, shownPercent } from './percent.ts';
import { tokenText } from './tokens.ts';

/** One part of the line, e.g. a window; no spans: the part hides itself. */
type Part = readonly Span[];

/** How a line is to be. */
export interface LineOptions {
  readonly looks?: Looks;
  /** False: no countdown, since the line is to stand for longer than one is right. */
  readonly countdowns: boolean;
  /** The model somebody works with: its own weekly limit comes first. */
  readonly model?: string | null;
  /** Columns there are; null or nothing: as many as it takes. */
  readonly columns?: number | null;
}

type Seen = LineOptions & { readonly looks: Looks };

/** The line, without a newline and never empty: `5h 22% 4h37m · 7d 33% 4d3h`. */
export function renderLine(
  usage: Usage,
  { color, looks = DEFAULT_LOOKS }: { readonly color: boolean; readonly looks?: Looks },
): string {
  return paint(lineSpans(usage, { looks, countdowns: true }), color, looks.colors);
}

/** The line as spans: what every output kind paints and escapes in its own way. */
export function lineSpans(all: Usage, how: LineOptions = { countdowns: true }): Span[] {
  const looks: Seen = { ...how, looks: how.looks ?? DEFAULT_LOOKS };
  const usage = withoutHidden(all, looks.looks);
  const limits = dataParts(usage, looks);
  const claims = [agePart(usage), errorPart(usage, looks)];
  let spans = joined([...limits, ...claims]);
  if (looks.columns == null) return spans;
  // The last is the least important; the age is part of what is claimed, and stays with the last number.
  for (let left = limits.length - 1; left >= 1 && widthOf(spans) > looks.columns; left -= 1) {
    spans = joined([...limits.slice(0, left), ...claims]);
  }
  if (widthOf(spans) > looks.columns) {
    const bare = dataParts(usage, { ...looks, countdowns: false }).slice(0, 1);
    spans = joined([...bare, ...claims]);
    if (widthOf(spans) > looks.columns) spans = joined([...bare, agePart(usage)]);
  }
  return clipLine(spans, looks.columns);
}

function joined(parts: readonly Part[]): Span[] {
  const spans: Span[] = [];
  for (const part of parts) {
    if (part.length === 0) continue;
    if (spans.length > 0) spans.push(plain(SEPARATOR));
    spans.push(...part);
  }
  return spans.length > 0 ? spans : [{ text: 'no data', style: 'notice' }];
}

/** Every character of ours is one column wide. */
function widthOf(spans: readonly Span[]): number {
  return spans.reduce((width, { text }) => width + text.length, 0);
}

/** Data too old to be claimed is none here: a number on a line is taken for true. */
function hasData({ state }: Usage): boolean {
  return state === 'fresh' || state === 'stale';
}

function dataParts(usage: Usage, looks: Seen): Part[] {
  if (usage.state === 'estimate') return tokenParts(usage.tokens);
  if (!hasData(usage)) return usage.pending ? [[plain(ELLIPSIS)]] : [];
  const { generatedAt: now, restAgeMs, windows } = usage;
  // Beside fresh numbers of the status line those of the endpoint can be old: then they say so themselves.
  const own: Part = restAgeMs === undefined ? [] : [plain(' '), { text: age(restAgeMs), style: 'dim' }];
  const shown = lineWindows(windows, looks.model ?? null).map((window) => {
    const part = windowPart(window, now, looks);
    return window.source === 'endpoint' ? part.concat(own) : part;
  });
  const extra = extraPart(usage.extraUsage);
  const limits = [...shown, ...(extra.length > 0 ? [[...extra, ...own]] : [])];
  return limits.length > 0 ? limits : [[plain('no limits reported')]];
}

function tokenParts(tokens: TokenEstimate | null): Part[] {
  return [tokenPart('5h', tokens?.fiveHour), tokenPart('7d', tokens?.sevenDay)].filter(
    (part) => part.length > 0,
  );
}

function tokenPart(label: string, count: TokenCount | null | undefined): Part {
  return count ? [plain(`~${label} ${tokenText(count.total)}`)] : [];
}

/** What has room on a line: everybody's two windows, and of the others those that run out before the week does. */
function lineWindows(windows: readonly Window[], model: string | null): Window[] {
  const week = windows.find(({ id }) => id === 'seven_day');
  const first = model === null ? undefined : windows.find((window) => isLimitOf(window, model));
  const others = windows.filter((window) => {
    if (window === first) return false;
    if (window.id === 'five_hour' || window === week || week === undefined) return true;
    return window.usedPercent !== null && window.usedPercent > (week.usedPercent ?? -1);
  });
  return first === undefined ? others : [first, ...others];
}

function isLimitOf({ model }: Window, name: string): boolean {
  return model !== null && isModelOf(modelKey(name), modelKey(model));
}

function windowPart(
  { label, usedPercent, resetsAt }: Window,
  now: number,
  { countdowns, looks }: Seen,
): Part {
  if (usedPercent === null) return [plain(`${label} reset`)];
  const spans: Span[] = [
    plain(`${label} `),
    {
      text: percentText(shownPercent(usedPercent, looks.percent)),
      style: level(usedPercent, looks.thresholds),
    },
  ];
  // A reset that lay in the past when it was read says nothing about when the next one comes.
  if (countdowns && resetsAt !== null && resetsAt > now) spans.push(plain(` ${countdown(resetsAt - now)}`));
  return spans;
}

function extraPart(extra: ExtraUsage | null): Part {
  if (!extra?.enabled || extra.used === null || extra.used <= 0) return [];
  const limit = extra.limit === null ? '' : `/${amountText(extra.limit, extra)}`;
  return [plain(`extra ${amountText(extra.used, extra)}${limit}${currencySuffix(extra)}`)];
}

function agePart({ state, ageMs }: Usage): Part {
  return state === 'stale' && ageMs !== null ? [{ text: age(ageMs), style: 'dim' }] : [];
}

function errorPart(usage: Usage, { countdowns }: Seen): Part {
  const { error } = usage;
  if (error === null) return [];
  // Beside data, or an answer on its way, "no data" would only contradict it.
  if (error.code === 'no_data' && (hasData(usage) || usage.pending)) return [];
  // Numbers that are asked for a little later than they might be are no trouble of anybody's.
  if (error.code === 'budget' && hasData(usage)) return [];
  const shown = countdowns ? error : { ...error, retryAt: null };
  return [{ text: shortMessage(shown, usage.generatedAt), style: 'notice' }];
}
