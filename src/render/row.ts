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
import { clockTime } from './clock.ts';
import type { ClockAppearance } from './clock.ts';
import { countdown } from './duration.ts';
import type { Appearance } from './appearance.ts';
import { amountText, currencySuffix, shownExtra, windowAmountText } from './money.ts';
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
type RowAppearance = Pick<Appearance, 'percent'> & ClockAppearance;

/** The side that was asked for; what is left says so, since nobody expects it. */
function sideText(used: number, { percent: side }: Pick<Appearance, 'percent'>): string {
  return `${percentText(shownPercent(used, side))}${side === 'left' ? ' left' : ''}`;
}

/** @param withPace false where the number is too old to be compared with the clock */
function windowRow(window: Window, now: number, withPace: boolean, appearance: RowAppearance): Row {
  const { label, usedPercent, resetsAt } = window;
  if (usedPercent === null) {
    const time = resetsAt === null ? null : clockTime(resetsAt, now, appearance);
    return { label, used: null, percent: 'reset', note: time === null ? '' : `at ${time}`, pace: '' };
  }
  const comes = resetsAt !== null && resetsAt > now ? moment(resetsAt, now, appearance) : null;
  return {
    label,
    used: usedPercent,
    percent: sideText(usedPercent, appearance),
    note: [windowAmountText(window, ' of '), comes].filter(Boolean).join(', '),
    pace: withPace ? paceText(paceOf(window, now), usedPercent, now) : '',
  };
}

/** A time to come, as countdown and on the clock: `in 4h37m, 15:02`. */
export function moment(at: number, now: number, appearance: ClockAppearance): string {
  return withClock(`in ${countdown(at - now)}`, at, now, appearance);
}

/** A clock time behind words that say the same, where the zone is known: `<1m ago, 18:24`. */
export function withClock(words: string, at: number, now: number, appearance: ClockAppearance): string {
  const time = clockTime(at, now, appearance);
  return time === null ? words : `${words}, ${time}`;
}

function paceText(pace: Pace | null, usedPercent: number, now: number): string {
  // Work may go on at a limit, at a lower priority.
  if (usedPercent >= 100) return 'limit reached';
  if (pace === null) return '';
  if (pace.status === 'on_pace') return 'on pace';
  const points = `${Math.round(Math.abs(pace.delta))} points ${pace.status}`;
  return pace.emptyAt === null ? points : `${points}, empty in ${countdown(pace.emptyAt - now)}`;
}

const money = (dollars: number) => dollars.toFixed(2);

/** Dollars that are used up or expire: an amount, no percentage. */
function poolRow(
  { label, used, limit, expiresAt, expired }: Pool,
  now: number,
  appearance: ClockAppearance,
): Row {
  const comes = expiresAt !== null && expiresAt > now;
  const at = expiresAt !== null && (expired || comes) ? clockTime(expiresAt, now, appearance) : null;
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

/** Every limit as a row: windows and paid use. */
export function limitRows(usage: Usage, withPace: boolean, appearance: RowAppearance): Row[] {
  const { windows, generatedAt: now } = usage;
  const extra = extraRow(shownExtra(usage), appearance);
  const rows = windows.map((window) => windowRow(window, now, withPace, appearance));
  return extra === null ? rows : [...rows, extra];
}

/** Every pool as a row. They are a table of their own: their notes would cost the limits their pace. */
export function poolRows({ pools = [], generatedAt }: Usage, appearance: ClockAppearance): Row[] {
  return pools.map((pool) => poolRow(pool, generatedAt, appearance));
}

/** The week's use by product. A part is no limit: it has no bar and no colour. */
export function breakdownRows(parts: readonly BreakdownPart[]): Row[] {
  return parts.map(({ name, percent }) => {
    return { label: name, used: null, percent: percentText(percent), note: '', pace: '' };
  });
}

/** Paid use beyond the subscription. */
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

/** What local transcripts have: counts and no percentage, since nobody knows of how many. */
export function tokenRows(tokens: TokenEstimate | null, now: number, appearance: ClockAppearance): Row[] {
  const block = tokens?.fiveHour ?? null;
  const ends =
    block && block.endsAt > now ? `tokens, block ends ${moment(block.endsAt, now, appearance)}` : 'tokens';
  return [...tokenRow('5h', block, ends), ...tokenRow('7d', tokens?.sevenDay ?? null, 'tokens')];
}

function tokenRow(label: string, count: TokenCount | null, note: string): Row[] {
  return count ? [{ label, used: null, percent: `~${tokenText(count.total)}`, note, pace: '' }] : [];
}
