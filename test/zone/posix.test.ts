import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parsePosixZone } from '../../src/zone/posix.ts';
import { DAY, HOUR, MINUTE } from '../../src/usage/time.ts';

/** `Sat 2026-07-25 12:34 CEST` */
function written(zone: string, at: number): string {
  const { offsetMs, name } = parsePosixZone(zone)!(at);
  const local = new Date(at + offsetMs);
  const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][local.getUTCDay()];
  return `${weekday} ${local.toISOString().slice(0, 16).replace('T', ' ')} ${name}`;
}

const WINTER = Date.parse('2026-01-15T12:00:00Z');
const SUMMER = Date.parse('2026-07-15T12:00:00Z');

describe('a time zone in POSIX form', () => {
  it.each([
    ['UTC0', 'Thu 2026-01-15 12:00 UTC', 'Wed 2026-07-15 12:00 UTC'],
    ['EST5', 'Thu 2026-01-15 07:00 EST', 'Wed 2026-07-15 07:00 EST'],
    ['CST-8', 'Thu 2026-01-15 20:00 CST', 'Wed 2026-07-15 20:00 CST'],
    ['EST5EDT', 'Thu 2026-01-15 07:00 EST', 'Wed 2026-07-15 08:00 EDT'],
    ['<-03>3', 'Thu 2026-01-15 09:00 -03', 'Wed 2026-07-15 09:00 -03'],
    ['<+0545>-5:45', 'Thu 2026-01-15 17:45 +0545', 'Wed 2026-07-15 17:45 +0545'],
    ['<+14>-14', 'Fri 2026-01-16 02:00 +14', 'Thu 2026-07-16 02:00 +14'],
    ['CET-1CEST,M3.5.0,M10.5.0/3', 'Thu 2026-01-15 13:00 CET', 'Wed 2026-07-15 14:00 CEST'],
    ['NZST-12NZDT,M9.5.0,M4.1.0/3', 'Fri 2026-01-16 01:00 NZDT', 'Thu 2026-07-16 00:00 NZST'],
    ['<+1030>-10:30<+11>-11,M10.1.0,M4.1.0', 'Thu 2026-01-15 23:00 +11', 'Wed 2026-07-15 22:30 +1030'],
    ['IST-1GMT0,M10.5.0,M3.5.0/1', 'Thu 2026-01-15 12:00 GMT', 'Wed 2026-07-15 13:00 IST'],
    ['AAA-1BBB,J60,J300', 'Thu 2026-01-15 13:00 AAA', 'Wed 2026-07-15 14:00 BBB'],
    ['AAA-1BBB,59,299/1:30', 'Thu 2026-01-15 13:00 AAA', 'Wed 2026-07-15 14:00 BBB'],
    ['EST5EDT,0/0,J365/25', 'Thu 2026-01-15 08:00 EDT', 'Wed 2026-07-15 08:00 EDT'],
  ])('%s', (zone, winter, summer) => {
    expect(written(zone, WINTER)).toBe(winter);
    expect(written(zone, SUMMER)).toBe(summer);
  });

  it.each([
    ['the last Sunday of March', 'CET-1CEST,M3.5.0,M10.5.0/3', '2026-03-29T01:00:00Z'],
    ['the second Sunday of March', 'EST5EDT', '2026-03-08T07:00:00Z'],
    ['a weekday and more than a day later', 'IST-2IDT,M3.4.4/26,M10.5.0', '2026-03-27T00:00:00Z'],
    ['before midnight', '<-02>2<-01>,M3.5.0/-1,M10.5.0/0', '2026-03-29T01:00:00Z'],
    ['days later', 'AAA0BBB,M3.1.0/167,M10.5.0', '2026-03-07T23:00:00Z'],
    ['a Julian day behind the 29th of February', 'AAA0BBB,J60/0,J300', '2028-03-01T00:00:00Z'],
    ['a day that counts the 29th of February', 'AAA0BBB,59/0,300', '2028-02-29T00:00:00Z'],
    ['half past, with seconds', 'AAA0BBB,M3.1.0/2:30:15,M10.5.0', '2026-03-01T02:30:15Z'],
  ])('changes to the millisecond at %s', (_when, zone, change) => {
    const at = Date.parse(change);
    const rules = parsePosixZone(zone)!;
    expect(rules(at).offsetMs - rules(at - 1).offsetMs).toBe(HOUR);
  });

  it.each([
    '',
    'Foo/Bar',
    'Europe/Berlin',
    'UTC',
    'garbage',
    'A5',
    'EST5!',
    'EST25',
    'EST5:60',
    'EST+',
    '<+05',
    '<>5',
    '<é>5',
    'EST5EDT,',
    'EST5EDT,M3.2.0',
    'EST5EDT,M13.2.0,M11.1.0',
    'EST5EDT,M3.6.0,M11.1.0',
    'EST5EDT,M3.0.0,M11.1.0',
    'EST5EDT,M3.2.7,M11.1.0',
    'EST5EDT,J0,J300',
    'EST5EDT,J366,J300',
    'EST5EDT,366,300',
    'EST5EDT,M3.2.0/168,M11.1.0',
    'EST5EDT4EDT',
    'CET-1CEST,M3.5.0,M10.5.0/3 ',
    `${'A'.repeat(500)}5`,
  ])('is not %j', (text) => {
    expect(parsePosixZone(text)).toBeNull();
  });
});

const date = (zone: string, seconds: readonly number[]) =>
  spawnSync('date', ['-f', '-', '+%a %Y-%m-%d %H:%M %Z'], {
    env: { ...process.env, TZ: zone, LC_ALL: 'C' },
    input: seconds.map((at) => `@${at}\n`).join(''),
    encoding: 'utf8',
  }).stdout?.trim();

describe.skipIf(date('UTC0', [0]) !== 'Thu 1970-01-01 00:00 UTC')('the same as `date`', () => {
  // None with a change at the turn of the year, which glibc misses because it considers one year only.
  const ZONES = [
    'UTC0',
    'CST-8',
    '<+0545>-5:45',
    '<-0330>3:30<-0230>,M3.2.0,M11.1.0',
    '<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45',
    '<+1030>-10:30<+11>-11,M10.1.0,M4.1.0',
    'CET-1CEST,M3.5.0,M10.5.0/3',
    'EST5EDT,M3.2.0,M11.1.0',
    'EST5EDT4,M3.2.0/0:30:30,M11.1.0/23',
    'IST-1GMT0,M10.5.0,M3.5.0/1',
    'IST-2IDT,M3.4.4/26,M10.5.0',
    'EET-2EEST,M3.5.0/0,M10.5.0/0',
    '<-02>2<-01>,M3.5.0/-1,M10.5.0/0',
    'AAA3BBB,J60/1,J305/4',
    'AAA-3BBB,59/1,304/4',
    'AAA12BBB,M3.1.0/-48,M10.5.0/72',
  ];

  it.each(ZONES)('in %s, all year and around both changes, in leap years too', (zone) => {
    const rules = parsePosixZone(zone)!;
    const moments = new Set<number>();
    for (const year of [2026, 2028, 2038]) {
      const start = Date.UTC(year, 0, 1);
      let before = rules(start - 3 * DAY).offsetMs;
      for (let at = start - 3 * DAY; at < start + 369 * DAY; at += 30 * MINUTE) {
        const { offsetMs } = rules(at);
        if (at % (5 * DAY) === 0) moments.add(at);
        if (offsetMs !== before) {
          for (let near = -90; near <= 90; near += 15) moments.add(at + near * MINUTE);
        }
        before = offsetMs;
      }
    }
    const all = [...moments].filter((at) => at % (15 * MINUTE) === 0).sort((a, b) => a - b);
    expect(all.length).toBeGreaterThan(200);
    const expected = date(
      zone,
      all.map((at) => at / 1000),
    );
    expect(all.map((at) => written(zone, at)).join('\n')).toBe(expected);
  });
});
