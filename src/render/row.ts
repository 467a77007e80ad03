import type { ExtraUsage, TokenCount, TokenEstimate, Window } from '../usage/model.ts';
import { paceOf } from '../usage/pace.ts';
import type { Pace } from '../usage/pace.ts';
import { clockTime } from './clock.ts';
import type { ClockLooks } from './clock.ts';
import { countdown } from './duration.ts';
import type { Looks } from './looks.ts';
import { amountText, currencySuffix } from './money.ts';
import { percentText, shownPercent } from './percent.ts';
import { tokenText } from './tokens.ts';

/** One limit in the table of `show`: what to write in its columns. */
export interface Row {
  readonly label: string;
  /** Percent used, for the bar and the colour; null leaves the bar away, since an empty one would claim 0 %. */
  readonly used: number | null;
  readonly percent: string;
  /** When the limit resets, or how much of it is which amount. */
  readonly note: string;
  readonly pace: string;
}

/** What a row needs of the looks. */
type RowLooks = Pick<Looks, 'percent'> & ClockLooks;

/** The side that was asked for; what is left says so, since nobody expects it. */
function sideText(used: number, { percent: side }: Pick<Looks, 'percent'>): string {
  return `${percentText(shownPercent(used, side))}${side === 'left' ? ' left' : ''}`;
}

/** @param withPace false where the number is too old to be compared with the clock */
export function windowRow(window: Window, now: number, withPace: boolean, looks: RowLooks): Row {
  const { label, usedPercent, resetsAt } = window;
  if (usedPercent === null) {
    const time = resetsAt === null ? null : clockTime(resetsAt, now, looks);
    return { label, used: null, percent: 'reset', note: time === null ? '' : `at ${time}`, pace: '' };
  }
  return {
    label,
    used: usedPercent,
    percent: sideText(usedPercent, looks),
    note: resetsAt !== null && resetsAt > now ? moment(resetsAt, now, looks) : '',
    pace: withPace ? paceText(paceOf(window, now), usedPercent, now) : '',
  };
}

/** A time to come, as countdown and on the clock: `in 4h37m, 15:02`. */
export function moment(at: number, now: number, looks: ClockLooks): string {
  return withClock(`in ${countdown(at - now)}`, at, now, looks);
}

/** A clock time behind words that say the same, where the zone is known: `<1m ago, 18:24`. */
export function withClock(words: string, at: number, now: number, looks: ClockLooks): string {
  const time = clockTime(at, now, looks);
  return time === null ? words : `${words}, ${time}`;
}

function paceText(pace: Pace | null, usedPercent: number, now: number): string {
  if (pace === null) return '';
  if (usedPercent >= 100) return 'used up';
  if (pace.status === 'on_pace') return 'on pace';
  const points = `${Math.round(Math.abs(pace.delta))} points ${pace.status}`;
  return pace.emptyAt === null ? points : `${points}, empty in ${countdown(pace.emptyAt - now)}`;
}

/** Paid use beyond the subscription; null while it is off. */
export function extraRow(extra: ExtraUsage | null, looks: Pick<Looks, 'percent'>): Row | null {
  if (!extra?.enabled) return null;
  const { used, limit, usedPercent } = extra;
  const most = limit === null ? '' : ` of ${amountText(limit, extra)}`;
  return {
    label: 'extra',
    used: usedPercent,
    percent: usedPercent === null ? '' : sideText(usedPercent, looks),
    note: used === null ? 'on' : `${amountText(used, extra)}${most}${currencySuffix(extra)}`,
    pace: '',
  };
}

/** What local transcripts have: counts and no percentage, since nobody knows of how many. */
export function tokenRows(tokens: TokenEstimate | null, now: number, looks: ClockLooks): Row[] {
  const block = tokens?.fiveHour ?? null;
  const ends =
    block && block.endsAt > now ? `tokens, block ends ${moment(block.endsAt, now, looks)}` : 'tokens';
  return [...tokenRow('5h', block, ends), ...tokenRow('7d', tokens?.sevenDay ?? null, 'tokens')];
}

function tokenRow(label: string, count: TokenCount | null, note: string): Row[] {
  return count ? [{ label, used: null, percent: `~${tokenText(count.total)}`, note, pace: '' }] : [];
}
