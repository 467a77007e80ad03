import { DAY } from '../usage/time.ts';

// Written out, because asking `Intl` for them costs half a start of Node.
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * A moment on the local clock, as short as it stays unmistakable from `now` (both epoch ms): `15:02` today,
 * `Thu 15:02` within a week, `19 Apr 15:02` beyond it, `19 Apr 2027` in another year.
 */
export function clockTime(at: number, now: number): string {
  const date = new Date(at);
  const today = new Date(now);
  const time = `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
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

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
