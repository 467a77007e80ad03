import { DAY, HOUR, MINUTE, SECOND } from '../usage/time.ts';
import type { LocalTime, ZoneRules } from './zone.ts';

/*
 * Parses time zones in the POSIX form of `TZ`: `EST5EDT`, `<+0545>-5:45`, `CET-1CEST,M3.5.0,M10.5.0/3`. Node takes most of
 * them for UTC, or for the machine's zone.
 */

/** Length limit, characters: a longer text is no time zone. */
const MAX_LENGTH = 200;

const NAME = '([A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)';
const TIME = '([+-]?\\d{1,3}(?::\\d{1,2}){0,2})';
const DATE = '(J\\d{1,3}|\\d{1,3}|M\\d{1,2}\\.\\d\\.\\d)';
const CHANGE = `${DATE}(?:/${TIME})?`;
const ZONE = new RegExp(`^${NAME}${TIME}(?:${NAME}${TIME}?(?:,${CHANGE},${CHANGE})?)?$`);

/** The day on which clocks change: from a year to the midnight of that day as if in UTC, epoch ms. */
type ChangeDay = (year: number) => number;

interface Change {
  readonly day: ChangeDay;
  /** On the local clock, ms from midnight; negative, or more than a day, for a time on another day. */
  readonly time: number;
}

/** The rules of the United States, which apply to a zone with summer time but without rules. */
const USUAL_CHANGES = ['M3.2.0', 'M11.1.0'] as const;
const USUAL_TIME = '2';
/** The largest offset, and the latest time of a change, hours. */
const MAX_OFFSET = 24;
const MAX_TIME = 167;

/** Parses a text to a zone; null for another form. */
export function parsePosixZone(text: string): ZoneRules | null {
  const match = text.length > MAX_LENGTH ? null : ZONE.exec(text);
  if (match === null) return null;
  const [, name, west, summerName, summerWest, startDay, startTime, endDay, endTime] = match;
  const standard = localTime(name!, duration(west!, MAX_OFFSET));
  if (standard === null) return null;
  if (summerName === undefined) return () => standard;
  const summer =
    summerWest === undefined
      ? { offsetMs: standard.offsetMs + HOUR, name: bare(summerName) }
      : localTime(summerName, duration(summerWest, MAX_OFFSET));
  const start = change(startDay ?? USUAL_CHANGES[0], startTime);
  const end = change(endDay ?? USUAL_CHANGES[1], endTime);
  return summer && start && end && withChanges(standard, summer, start, end);
}

function localTime(name: string, westMs: number | null): LocalTime | null {
  // `0 -` and not `-`: there is no negative zero among offsets.
  return westMs === null ? null : { offsetMs: 0 - westMs, name: bare(name) };
}

function bare(name: string): string {
  return name.replace(/[<>]/g, '');
}

/** `-5:45`, `3`, `26:30:15` in ms; null if it is out of bounds. */
function duration(text: string, most: number): number | null {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  if (hours > most || minutes > 59 || seconds > 59) return null;
  const size = hours * HOUR + minutes * MINUTE + seconds * SECOND;
  return text.startsWith('-') ? 0 - size : size;
}

function change(day: string, time: string = USUAL_TIME): Change | null {
  const [dayOf, ms] = [changeDay(day), duration(time, MAX_TIME)];
  return dayOf === null || ms === null ? null : { day: dayOf, time: ms };
}

function changeDay(text: string): ChangeDay | null {
  if (text.startsWith('M')) {
    const [month, week, weekday] = text.slice(1).split('.').map(Number) as [number, number, number];
    const valid = month >= 1 && month <= 12 && week >= 1 && week <= 5 && weekday <= 6;
    return valid ? (year) => nthWeekday(year, month, week, weekday) : null;
  }
  if (text.startsWith('J')) {
    const day = Number(text.slice(1));
    // The 29th of February has no number.
    const skipped = (year: number) => (day >= 60 && isLeap(year) ? DAY : 0);
    return day >= 1 && day <= 365 ? (year) => Date.UTC(year, 0, day) + skipped(year) : null;
  }
  const day = Number(text);
  return day <= 365 ? (year) => Date.UTC(year, 0, 1 + day) : null;
}

/** The midnight of the nth weekday of a month, epoch ms as if in UTC. The fifth one means the last one. */
function nthWeekday(year: number, month: number, week: number, weekday: number): number {
  const first = Date.UTC(year, month - 1, 1);
  const days = ((weekday - new Date(first).getUTCDay() + 7) % 7) + 7 * (week - 1);
  const inMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return first + (days < inMonth ? days : days - 7) * DAY;
}

function isLeap(year: number): boolean {
  return new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
}

function withChanges(standard: LocalTime, summer: LocalTime, start: Change, end: Change): ZoneRules {
  return (at) => {
    const thisYear = new Date(at).getUTCFullYear();
    let [latest, current] = [-Infinity, standard];
    // A change can be in different years by UTC and by the local clock. If both changes are at one moment, the start comes
    // second: summer time lasts all year.
    for (const year of [thisYear - 1, thisYear, thisYear + 1]) {
      const ends = end.day(year) + end.time - summer.offsetMs;
      if (ends <= at && ends >= latest) [latest, current] = [ends, standard];
      const starts = start.day(year) + start.time - standard.offsetMs;
      if (starts <= at && starts >= latest) [latest, current] = [starts, summer];
    }
    return current;
  };
}
