import { DAY, HOUR, SECOND } from './time.ts';

/*
 * The names of windows after their lengths.
 */

/** The length of a window, s, or `month`, a calendar or billing month. */
export type WindowLength = number | 'month';

/** The names of usual lengths, and from when to when a length counts as one of them, ms. */
const USUAL = [
  { id: 'five_hour', label: '5h', from: 4.9 * HOUR, to: 5.1 * HOUR },
  { id: 'seven_day', label: '7d', from: 6.9 * DAY, to: 7.1 * DAY },
  // Calendar months; a change of summer time adds or removes an hour.
  { id: 'monthly', label: 'mo', from: 27.9 * DAY, to: 31.1 * DAY },
];

/** The place of a usual window among the usual ones, by its id; -1 for any other. */
export function usualRank(id: string): number {
  return USUAL.findIndex((it) => it.id === id);
}

/** Id and label of a length: `five_hour`, `seven_day`, `monthly`, else hours (`3h`) or days (`20d`). */
export function nameOf(length: WindowLength | null): { id: string; label: string } | null {
  if (length === 'month') return { id: 'monthly', label: 'mo' };
  if (length === null || !(length > 0)) return null;
  const ms = length * SECOND;
  const usual = USUAL.find(({ from, to }) => ms >= from && ms <= to);
  if (usual) return { id: usual.id, label: usual.label };
  const hours = Math.max(1, Math.round(ms / HOUR));
  const text = hours % 24 === 0 ? `${hours / 24}d` : `${hours}h`;
  return { id: text, label: text };
}

/** The length that a written name stands for: `monthly`, hours (`3h`) or days (`30d`) up to 366 days; null for any other. */
export function lengthOf(name: unknown): WindowLength | null {
  if (name === 'monthly') return 'month';
  const [, count = '', unit] = (typeof name === 'string' && /^([1-9]\d{0,3})([hd])$/.exec(name)) || [];
  const ms = Number(count) * (unit === 'd' ? DAY : HOUR);
  return ms > 0 && ms <= 366 * DAY ? ms / SECOND : null;
}

/**
 * The name that a window has, for one that begins with a written length: `30d` → `monthly`, `30d:spend` → `monthly:spend`,
 * `30d spend` → `mo spend`, `24h` → `1d`. Any other name stays.
 */
export function usualName(name: string): string {
  const length = /^[^ :]*/.exec(name)?.[0] ?? '';
  const rest = name.slice(length.length);
  const usual = length === 'mo' ? nameOf('month') : nameOf(lengthOf(length));
  if (usual === null) return name;
  return (rest.startsWith(' ') ? usual.label : usual.id) + rest;
}
