import type { Appearance } from './appearance.ts';
import { clockTime } from './clock.ts';
import type { ClockAppearance } from './clock.ts';
import { shownExtra } from './selection.ts';
import {
  amountText,
  countdown,
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
import { paceOf } from '../usage/pace.ts';
import type { Pace } from '../usage/pace.ts';

/** A row of a table: the texts of its columns. */
export interface Row {
  readonly label: string;
  /** Percent used, for bar and colour; null: no bar, because an empty one would mean 0 %. */
  readonly used: number | null;
  readonly percent: string;
  /** The amount, and the time of the reset. */
  readonly note: string;
  readonly pace: string;
}

/** The part of the appearance that rows depend on. */
type RowAppearance = Pick<Appearance, 'percent'> & ClockAppearance;

/** The percentage to show; marked with `left` if it is not the usual `used`. */
function sideText(used: number, { percent: side }: Pick<Appearance, 'percent'>): string {
  return `${percentText(shownPercent(used, side))}${side === 'left' ? ' left' : ''}`;
}

/** @param withPace false if the number is too old to be compared with the current time */
function windowRow(window: Window, now: number, withPace: boolean, appearance: RowAppearance): Row {
  const { label, usedPercent, resetsAt } = window;
  if (usedPercent === null) {
    const time = resetsAt === null ? null : clockTime(resetsAt, now, appearance);
    return { label, used: null, percent: 'reset', note: time === null ? '' : `at ${time}`, pace: '' };
  }
  const future = resetsAt !== null && resetsAt > now ? moment(resetsAt, now, appearance) : null;
  return {
    label,
    used: usedPercent,
    percent: sideText(usedPercent, appearance),
    note: [windowAmountText(window, ' of '), future].filter(Boolean).join(', '),
    pace: withPace ? paceText(paceOf(window, now), usedPercent, now) : '',
  };
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

function paceText(pace: Pace | null, usedPercent: number, now: number): string {
  // Not "blocked": at some limits requests continue with lower priority.
  if (usedPercent >= 100) return 'limit reached';
  if (pace === null) return '';
  if (pace.status === 'on_pace') return 'on pace';
  const points = `${Math.round(Math.abs(pace.delta))} points ${pace.status}`;
  return pace.emptyAt === null ? points : `${points}, empty in ${countdown(pace.emptyAt - now)}`;
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
    return { label, used: null, percent: '', note: at === null ? 'expired' : `expired ${at}`, pace: '' };
  const amount = used === null ? money(limit) : `${money(used)} of ${money(limit)}`;
  const until = at === null ? '' : `, until ${at}`;
  return {
    label,
    used: null,
    percent: '',
    note: `${amount} USD${used === null ? '' : ' used'}${until}`,
    pace: '',
  };
}

/** The rows of all limits: windows and extra usage. */
export function limitRows(usage: Usage, withPace: boolean, appearance: RowAppearance): Row[] {
  const { windows, generatedAt: now } = usage;
  const extra = extraRow(shownExtra(usage), appearance);
  const rows = windows.map((window) => windowRow(window, now, withPace, appearance));
  return extra === null ? rows : [...rows, extra];
}

/** The rows of all pools. They belong in a table of their own: their long notes would leave no room for the pace of the limits. */
export function poolRows({ pools = [], generatedAt }: Usage, appearance: ClockAppearance): Row[] {
  return pools.map((pool) => poolRow(pool, generatedAt, appearance));
}

/** The usage of the week by product, without bar and colour, because a part is no limit. */
export function breakdownRows(parts: readonly BreakdownPart[]): Row[] {
  return parts.map(({ name, percent }) => {
    return { label: name, used: null, percent: percentText(percent), note: '', pace: '' };
  });
}

/** The row of extra usage. */
function extraRow(extra: ExtraUsage | null, appearance: Pick<Appearance, 'percent'>): Row | null {
  if (extra === null) return null;
  const { used, limit, usedPercent } = extra;
  const most = limit === null ? '' : ` of ${amountText(limit, extra)}`;
  return {
    label: 'extra',
    used: usedPercent,
    percent: usedPercent === null ? '' : sideText(usedPercent, appearance),
    note: used === null ? 'on' : `${amountText(used, extra)}${most}${currencySuffix(extra)}`,
    pace: '',
  };
}

/** The rows of a token estimate: counts without percentages, because the limit in tokens is unknown. */
export function tokenRows(tokens: TokenEstimate | null, now: number, appearance: ClockAppearance): Row[] {
  const block = tokens?.fiveHour ?? null;
  const ends =
    block && block.endsAt > now ? `tokens, block ends ${moment(block.endsAt, now, appearance)}` : 'tokens';
  return [...tokenRow('5h', block, ends), ...tokenRow('7d', tokens?.sevenDay ?? null, 'tokens')];
}

function tokenRow(label: string, count: TokenCount | null, note: string): Row[] {
  return count ? [{ label, used: null, percent: `~${tokenText(count.total)}`, note, pace: '' }] : [];
}
