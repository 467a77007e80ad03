import { afterEach, describe, expect, it, vi } from 'vitest';
import { clockTime } from '../../src/render/clock.ts';
import type { Clock } from '../../src/render/clock.ts';
import { NODE_ZONE } from '../../src/zone/zone.ts';
import type { Zone } from '../../src/zone/zone.ts';
import { HOUR } from '../../src/usage/time.ts';

const shown = (at: number, now: number, clock: Clock = '24h', zone: Zone = NODE_ZONE) =>
  clockTime(at, now, { clock, zone });
const local = (month: number, day: number, hour: number, minute: number, year = 2026) =>
  new Date(year, month - 1, day, hour, minute).getTime();

describe('a moment on the local clock, seen from a Friday evening', () => {
  const now = local(11, 20, 18, 25);

  it.each([
    ['now', now, '18:25'],
    ['today', local(11, 20, 23, 2), '23:02'],
    ['earlier today', local(11, 20, 0, 5), '00:05'],
    ['after midnight', local(11, 21, 0, 0), 'Sat 00:00'],
    ['yesterday', local(11, 19, 23, 59), 'Thu 23:59'],
    ['in six days', local(11, 26, 9, 7), 'Thu 09:07'],
    ['in seven days, which is a Friday too', local(11, 27, 9, 7), '27 Nov 09:07'],
    ['a week ago', local(11, 13, 9, 7), '13 Nov 09:07'],
    ['in another year', local(1, 3, 9, 7, 2027), '3 Jan 2027'],
  ])('%s', (_name, at, text) => {
    expect(shown(at, now)).toBe(text);
  });

  it('names the weekday within a week across the turn of the year', () => {
    expect(shown(local(1, 1, 0, 30, 2027), local(12, 30, 12, 0))).toBe('Fri 00:30');
  });
});

describe('the clock of twelve hours', () => {
  const now = local(11, 20, 18, 25);

  it.each([
    [local(11, 20, 0, 5), '12:05am'],
    [local(11, 20, 9, 7), '9:07am'],
    [local(11, 20, 12, 0), '12:00pm'],
    [local(11, 20, 23, 2), '11:02pm'],
    [local(11, 26, 9, 7), 'Thu 9:07am'],
    [local(12, 13, 15, 0), '13 Dec 3:00pm'],
  ])('says %d as %s', (at, text) => {
    expect(shown(at, now, '12h')).toBe(text);
  });
});

describe('the time zone', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const at = Date.parse('2026-03-29T00:30:00Z');

  it.each([
    ['UTC', '00:30', 'Mon 23:30'],
    ['Asia/Kolkata', '06:00', 'Tue 05:00'],
    // Clocks go forward that night: the day has 23 hours and is a day all the same.
    ['Europe/Berlin', '01:30', 'Tue 01:30'],
  ])('%s', (zone, today, later) => {
    vi.stubEnv('TZ', zone);
    expect(shown(at, at)).toBe(today);
    expect(shown(Date.parse('2026-03-30T23:30:00Z'), at)).toBe(later);
  });

  it('counts the short day as one', () => {
    vi.stubEnv('TZ', 'Europe/Berlin');
    // Seven local days on, but only six days and 23 hours.
    expect(shown(local(4, 3, 12, 0), local(3, 27, 12, 0))).toBe('3 Apr 12:00');
  });

  it('is any that is given, whatever Node’s own', () => {
    vi.stubEnv('TZ', 'America/New_York');
    const ahead: Zone = { offsetAt: () => 5.75 * HOUR };
    const now = Date.parse('2026-11-20T18:25:00Z');
    expect(shown(now, now, '24h', ahead)).toBe('00:10');
    expect(shown(now - HOUR, now, '12h', ahead)).toBe('Fri 11:10pm');
    expect(shown(Date.parse('2026-12-31T18:15:00Z'), now, '24h', ahead)).toBe('1 Jan 2027');
  });

  it('counts days by the offset of each, where clocks change between them', () => {
    const change = Date.parse('2026-10-25T01:00:00Z');
    const zone: Zone = { offsetAt: (time) => (time < change ? 2 : 1) * HOUR };
    const now = Date.parse('2026-10-24T22:30:00Z');
    expect(shown(change + HOUR, now, '24h', zone)).toBe('03:00');
    expect(shown(Date.parse('2026-10-25T22:59:00Z'), now, '24h', zone)).toBe('23:59');
    expect(shown(Date.parse('2026-10-25T23:00:00Z'), now, '24h', zone)).toBe('Mon 00:00');
  });

  it('is named where it has a mark, but beside no mere day', () => {
    const zone: Zone = { offsetAt: () => HOUR, markAt: () => 'CET' };
    const now = Date.parse('2026-11-20T18:25:00Z');
    expect(shown(now, now, '24h', zone)).toBe('19:25 CET');
    expect(shown(now + 30 * HOUR, now, '12h', zone)).toBe('Sun 1:25am CET');
    expect(shown(now + 240 * HOUR, now, '24h', zone)).toBe('30 Nov 19:25 CET');
    expect(shown(now + 2400 * HOUR, now, '24h', zone)).toBe('28 Feb 2027');
    expect(shown(now, now, '24h', { ...zone, markAt: () => null })).toBe('19:25');
  });

  it('is not known: there is no clock time', () => {
    const now = Date.parse('2026-11-20T18:25:00Z');
    for (const time of [now, now + HOUR, now + 2400 * HOUR]) {
      expect(shown(time, now, '24h', { offsetAt: () => null })).toBeNull();
    }
  });
});
