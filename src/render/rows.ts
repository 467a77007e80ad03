import type { Appearance } from './appearance.ts';
import { clockTime } from './clock.ts';
import type { ClockAppearance } from './clock.ts';
import { quietStyle, windowLevel } from './level.ts';
import { shownExtra } from './selection.ts';
import { levelOf } from './spans.ts';
import type { Level, Style } from './style.ts';
import {
  amountText,
  creditsText,
  countdown,
  estimatedTime,
  currencySuffix,
  percentText,
  shownPercent,
  tokenText,
  windowAmountText,
} from './values.ts';
import type {
  BreakdownPart,
  ExtraUsage,
  Pool,
  TokenCount,
  TokenEstimate,
  Usage,
  Window,
} from '../usage/model.ts';
import { paceOf, runsOutAt } from '../usage/pace.ts';
import type { Pace } from '../usage/pace.ts';

/** A row of a table: the texts of its columns. */
export interface Row {
  readonly label: string;
  /** Percent used, for the bar; null: no bar, because an empty one would mean 0 %. */
  readonly used: number | null;
  /** The level by percentage and pace; null without a percentage. */
  readonly level: Level | null;
  /** Percent that even use would have reached by now, for the mark in the bar; null without a pace. */
  readonly expected: number | null;
  readonly percent: string;
  /** The amount, and the time of the reset. */
  readonly note: Note;
  readonly pace: PaceNote;
}

/** A text of a column, from the longest form to the shortest. */
export interface Note {
  readonly full: string;
  /** Without the clock time. */
  readonly medium: string;
  readonly short: string;
}

/** What the pace leads to. */
export interface PaceNote {
  /** With a number more, for wide terminals. */
  readonly long: string;
  readonly text: string;
  readonly style: Style;
  /** Whether the text says when the window will be used up: then it is worth more than the time of the reset. */
  readonly isVerdict: boolean;
}

const NO_PACE: PaceNote = { long: '', text: '', style: 'dim', isVerdict: false };
/** What rows without a percentage have in common. */
const NO_NUMBER = { used: null, level: null, expected: null, pace: NO_PACE } as const;

/** A note of one form. */
function note(text: string): Note {
  return { full: text, medium: text, short: text };
}

/** The part of the appearance that rows depend on. */
type RowAppearance = Pick<Appearance, 'percent' | 'thresholds'> & ClockAppearance;

/** The percentage to show; marked with `left` if it is not the usual `used`. */
function sideText(used: number, { percent: side }: Pick<Appearance, 'percent'>): string {
  return `${percentText(shownPercent(used, side))}${side === 'left' ? ' left' : ''}`;
}

/** @param withPace false if the number is too old to be compared with the current time */
function windowRow(window: Window, now: number, withPace: boolean, appearance: RowAppearance): Row {
  const { label, usedPercent, resetsAt } = window;
  if (usedPercent === null) {
    const time = resetsAt === null ? null : clockTime(resetsAt, now, appearance);
    return { ...NO_NUMBER, label, percent: 'reset', note: note(time === null ? '' : `at ${time}`) };
  }
  const reset = resetsAt !== null && resetsAt > now ? `in ${countdown(resetsAt - now)}` : null;
  const named = reset === null ? null : `resets ${reset}`;
  const timed = named === null ? null : withClock(named, resetsAt as number, now, appearance);
  const pace = withPace ? paceOf(window, now) : null;
  const level = windowLevel(window, withPace ? now : null, appearance.thresholds) as Level;
  return {
    label,
    used: usedPercent,
    level,
    expected: pace?.expectedPercent ?? null,
    percent: sideText(usedPercent, appearance),
    note: {
      full: joined(windowAmountText(window, ' of '), timed),
      medium: joined(windowAmountText(window, ' of '), named),
      short: joined(windowAmountText(window), reset),
    },
    pace: withPace ? paceNote(pace, window, now, level) : NO_PACE,
  };
}

function joined(...texts: (string | null)[]): string {
  return texts.filter(Boolean).join(', ');
}

/** A future moment (epoch ms), as countdown and clock time: `in 4h37m, 15:02`. */
export function moment(at: number, now: number, appearance: ClockAppearance): string {
  return withClock(`in ${countdown(at - now)}`, at, now, appearance);
}

/** Appends the clock time to a text for the same moment, unless the zone is unknown: `<1m ago, 18:24`. */
export function withClock(words: string, at: number, now: number, appearance: ClockAppearance): string {
  const time = clockTime(at, now, appearance);
  return time === null ? words : `${words}, ${time}`;
}

/** The pace in words: what use at this speed leads to. */
function paceNote(pace: Pace | null, { usedPercent, resetsAt }: Window, now: number, level: Level): PaceNote {
  const used = usedPercent ?? 0;
  const style = quietStyle(level);
  // Not "blocked": at some limits requests continue with lower priority.
  if (used >= 100) return { ...verdict('limit reached'), style };
  if (pace === null) return NO_PACE;
  const at = runsOutAt(pace, now);
  if (at !== null) {
    const text = `empty in ${estimatedTime(at - now)}`;
    const early = resetsAt === null ? '' : `, ${countdown(resetsAt - at)} before the reset`;
    return { ...verdict(text), long: text + early, style };
  }
  const atReset = percentText((100 * used) / pace.expectedPercent);
  if (pace.status === 'on_pace') return { ...NO_PACE, long: 'just lasts', text: 'just lasts' };
  return { ...NO_PACE, long: `lasts, about ${atReset} used at the reset`, text: 'lasts' };
}

function verdict(text: string): PaceNote {
  return { long: text, text, style: 'dim', isVerdict: true };
}

const money = (dollars: number) => dollars.toFixed(2);

/** The row of a pool. It has an amount and no percentage. */
function poolRow(
  { label, used, limit, expiresAt, expired }: Pool,
  now: number,
  appearance: ClockAppearance,
): Row {
  const future = expiresAt !== null && expiresAt > now;
  const at = expiresAt !== null && (expired || future) ? clockTime(expiresAt, now, appearance) : null;
  if (expired)
    return { ...NO_NUMBER, label, percent: '', note: note(at === null ? 'expired' : `expired ${at}`) };
  const amount = used === null ? money(limit) : `${money(used)} of ${money(limit)}`;
  const until = at === null ? '' : `, until ${at}`;
  return {
    ...NO_NUMBER,
    label,
    percent: '',
    note: note(`${amount} USD${used === null ? '' : ' used'}${until}`),
  };
}

/** The rows of all limits: windows and extra usage. */
export function limitRows(usage: Usage, withPace: boolean, appearance: RowAppearance): Row[] {
  const { windows, generatedAt: now } = usage;
  const extra = extraRow(shownExtra(usage), appearance);
  const rows = windows.map((window) => windowRow(window, now, withPace, appearance));
  return extra === null ? rows : [...rows, extra];
}

/**
 * The rows of all pools, and of the credits that are left. They belong in a table of their own: their long notes would leave
 * no room for the pace of the limits.
 */
export function poolRows({ pools = [], credits, generatedAt }: Usage, appearance: ClockAppearance): Row[] {
  const rows = pools.map((pool) => poolRow(pool, generatedAt, appearance));
  const left = credits && creditsText(credits);
  return left ? [...rows, { ...NO_NUMBER, label: 'credits', percent: '', note: note(left) }] : rows;
}

/** The usage of the week by product, without bar and colour, because a part is no limit. */
export function breakdownRows(parts: readonly BreakdownPart[]): Row[] {
  return parts.map(({ name, percent }) => {
    return { ...NO_NUMBER, label: name, percent: percentText(percent), note: note('') };
  });
}

/** The row of extra usage. */
function extraRow(extra: ExtraUsage | null, appearance: RowAppearance): Row | null {
  if (extra === null) return null;
  const { used, limit, usedPercent } = extra;
  const most = limit === null ? '' : ` of ${amountText(limit, extra)}`;
  const currency = currencySuffix(extra);
  return {
    ...NO_NUMBER,
    label: 'extra',
    used: usedPercent,
    level: usedPercent === null ? null : levelOf(usedPercent, appearance.thresholds),
    percent: usedPercent === null ? '' : sideText(usedPercent, appearance),
    note:
      used === null
        ? note('on')
        : {
            ...note(`${amountText(used, extra)}${most}${currency}`),
            short: `${amountText(used, extra)}${currency}`,
          },
  };
}

/** The rows of a token estimate: counts without percentages, because the limit in tokens is unknown. */
export function tokenRows(tokens: TokenEstimate | null, now: number, appearance: ClockAppearance): Row[] {
  const block = tokens?.fiveHour ?? null;
  const ends =
    block && block.endsAt > now ? `tokens, block ends ${moment(block.endsAt, now, appearance)}` : 'tokens';
  return [...tokenRow('5h', block, ends), ...tokenRow('7d', tokens?.sevenDay ?? null, 'tokens')];
}

function tokenRow(label: string, count: TokenCount | null, text: string): Row[] {
  return count
    ? [
        {
          ...NO_NUMBER,
          label,
          percent: `~${tokenText(count.total)}`,
          note: { ...note(text), short: 'tokens' },
        },
      ]
    : [];
}
