import { DAY } from '../usage/time.ts';

// Written out, because asking `Intl` for them costs half a start of Node.
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** How clock times are written: `15:02` or `3:02pm`. */
export type Clock = '24h' | '12h';

/**
 * A moment on the local clock, as short as it stays unmistakable from `now` (both epoch ms): `15:02` today,
 * `Thu 15:02` within a week, `19 Apr 15:02` beyond it, `19 Apr 2027` in another year.
 */
export function clockTime(at: number, now: number, clock: Clock = '24h'): string {
  const date = new Date(at);
  const today = new Date(now);
  const time = clock === '24h' ? hours24(date) : hours12(date);
  const days = Math.abs(daysBetween(today, date));
  if (days === 0) return time;
  // Seven days away has today's name.
  if (days < 7) return `${WEEKDAYS[date.getDay()]} ${time}`;
  const day = `${date.getDate()} ${MONTHS[date.getMonth()]}`;
  return date.getFullYear() === today.getFullYear() ? `${day} ${time}` : `${day} ${date.getFullYear()}`;
}

/** Midnights between two moments; rounded, since a day on which clocks change has 23 or 25 hours. */
function daysBetween(from: Date, to: Date): number {
  return Math.round((midnight(to) - midnight(from)) / DAY);
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function hours24(date: Date): string {
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
}

/** Midnight is `12:00am`, noon `12:00pm`. */
function hours12(date: Date): string {
  const hours = date.getHours();
  return `${hours % 12 || 12}:${twoDigits(date.getMinutes())}${hours < 12 ? 'am' : 'pm'}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
