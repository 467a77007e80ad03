import { DAY, HOUR, MINUTE } from '../usage/time.ts';

/** Units from large to small, each with the one that may follow it. */
const units = [
  { letter: 'd', ms: DAY, next: { letter: 'h', ms: HOUR } },
  { letter: 'h', ms: HOUR, next: { letter: 'm', ms: MINUTE } },
  { letter: 'm', ms: MINUTE, next: null },
] as const;

/**
 * Time left, floored to the minute, in at most two units: `4d3h`, `4h37m`, `4h`, `37m`, `<1m`.
 * Floored, because a limit must not be promised back earlier than it comes by more than a minute.
 *
 * @param ms milliseconds from now
 */
export function countdown(ms: number): string {
  const unit = units.find((candidate) => ms >= candidate.ms);
  if (unit === undefined) return '<1m';
  const first = `${Math.floor(ms / unit.ms)}${unit.letter}`;
  const rest = unit.next === null ? 0 : Math.floor((ms % unit.ms) / unit.next.ms);
  return rest === 0 || unit.next === null ? first : `${first}${rest}${unit.next.letter}`;
}

/**
 * How long ago, in the largest unit alone: `<1m ago`, `12m ago`, `3h ago`, `2d ago`. Whether a number is
 * two hours old or two and a quarter changes nothing for the reader. A clock a few seconds behind counts as
 * now.
 *
 * @param ms milliseconds up to now
 */
export function age(ms: number): string {
  const unit = units.find((candidate) => ms >= candidate.ms);
  return unit === undefined ? '<1m ago' : `${Math.floor(ms / unit.ms)}${unit.letter} ago`;
}
