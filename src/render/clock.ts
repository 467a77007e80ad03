import { DAY } from '../usage/time.ts';
import type { Zone } from '../zone/zone.ts';

// Constants, because `Intl` takes half as long to load as Node takes to start.
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** How clock times are written: `15:02` or `3:02pm`. */
export type Clock = '24h' | '12h';

/** The options of clock times. */
export interface ClockAppearance {
  readonly clock: Clock;
  readonly zone: Zone;
}

/**
 * A moment in local time, as short as it is unambiguous at `now` (both epoch ms): `15:02` today, `Thu 15:02` within
 * a week, `19 Apr 15:02` beyond it, `19 Apr 2027` in another year, `15:02 CET` if the zone has a mark. Null if the
 * offset of the zone is unknown.
 */
export function clockTime(at: number, now: number, { clock, zone }: ClockAppearance): string | null {
  const [date, today] = [localDate(at, zone), localDate(now, zone)];
  if (date === null || today === null) return null;
  const days = Math.abs(dayOf(date) - dayOf(today));
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  if (days >= DAYS_PER_WEEK && date.getUTCFullYear() !== today.getUTCFullYear()) {
    return `${day} ${date.getUTCFullYear()}`;
  }
  const time = clock === '24h' ? hours24(date) : hours12(date);
  const mark = zone.markAt?.(at) ?? null;
  // Seven days away the name of the weekday would be that of today.
  const named = days === 0 ? [] : [days < DAYS_PER_WEEK ? WEEKDAYS[date.getUTCDay()] : day];
  return [...named, time, ...(mark === null ? [] : [mark])].join(' ');
}

const DAYS_PER_WEEK = 7;

/** A date whose UTC fields are the local time: `Date` supports no zone but UTC and that of the process. */
function localDate(at: number, zone: Zone): Date | null {
  const offset = zone.offsetAt(at);
  return offset === null ? null : new Date(at + offset);
}

/** Number of the day by UTC fields, in which every day has 24 hours. */
function dayOf(date: Date): number {
  return Math.floor(date.getTime() / DAY);
}

function hours24(date: Date): string {
  return `${twoDigits(date.getUTCHours())}:${twoDigits(date.getUTCMinutes())}`;
}

/** Midnight is `12:00am`, noon `12:00pm`. */
function hours12(date: Date): string {
  const hours = date.getUTCHours();
  return `${hours % 12 || 12}:${twoDigits(date.getUTCMinutes())}${hours < 12 ? 'am' : 'pm'}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
