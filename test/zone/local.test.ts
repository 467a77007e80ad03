import fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { localZone } from '../../src/zone/local.ts';
import { zoneNames } from '../../src/zone/names.ts';
import { HOUR } from '../../src/usage/time.ts';
import { disk } from '../cache/disk.ts';
import { fakeSystem } from '../support/system.ts';

afterEach(() => vi.unstubAllEnvs());

const WINTER = Date.parse('2026-01-15T12:00:00Z');
const SUMMER = Date.parse('2026-07-15T12:00:00Z');
const database = fakeSystem().root;

/** A file of the first version with one local time and no changes. */
function fixedZone(hours: number, name: string): Buffer {
  const bytes = Buffer.alloc(44 + 6 + name.length + 1);
  bytes.write('TZif');
  bytes.writeUInt32BE(1, 36);
  bytes.writeUInt32BE(name.length + 1, 40);
  bytes.writeInt32BE(hours * 3600, 44);
  bytes.write(name, 50);
  return bytes;
}
fs.writeFileSync(join(database, 'own'), fixedZone(9, 'OWN'));
fs.mkdirSync(join(database, 'Custom'));
fs.writeFileSync(join(database, 'Custom/Zone'), fixedZone(-4, 'CUS'));
fs.symlinkSync('own', join(database, 'link'));

/** A process with this `TZ`, on a machine with these files in `/etc`. */
function at(TZ: string | undefined, etc: Record<string, string | Buffer> = {}) {
  vi.stubEnv('TZ', TZ);
  const { root } = fakeSystem();
  for (const [name, content] of Object.entries(etc)) fs.writeFileSync(join(root, name), content);
  const openSync = (path: string, ...rest: [number]) =>
    fs.openSync(path.startsWith('/etc/') ? join(root, path.slice(5)) : path, ...rest);
  const env = { TZDIR: database, ...(TZ !== undefined && { TZ }) };
  return fakeSystem({ env, fs: disk({ openSync }) });
}

function hours(TZ: string | undefined): (number | null)[] {
  const zone = localZone(at(TZ));
  return [WINTER, SUMMER].map((time) => {
    const offset = zone.offsetAt(time);
    return offset === null ? null : offset / HOUR;
  });
}

describe('the zone of the process', () => {
  it.each<[string, number, number]>([
    ['Europe/Berlin', 1, 2],
    [':Europe/Berlin', 1, 2],
    ['America/New_York', -5, -4],
    ['Asia/Kathmandu', 5.75, 5.75],
    ['Europe/London', 0, 1],
    ['Africa/Abidjan', 0, 0],
    ['Etc/GMT+5', -5, -5],
    ['UTC', 0, 0],
    ['Etc/UTC', 0, 0],
    ['GMT', 0, 0],
    ['', 0, 0],
    ['EST5EDT', -5, -4],
    ['CST-8', 8, 8],
    [':EST5EDT', -5, -4],
    ['<+0545>-5:45', 5.75, 5.75],
    ['CET-1CEST,M3.5.0,M10.5.0/3', 1, 2],
    [join(database, 'own'), 9, 9],
    [`:${join(database, 'link')}`, 9, 9],
    ['Custom/Zone', -4, -4],
    [':Custom/Zone', -4, -4],
  ])('TZ=%s', (TZ, winter, summer) => {
    expect(hours(TZ)).toEqual([winter, summer]);
  });

  it.each([
    'Foo/Bar',
    'garbage',
    'Mars/Olympus_Mons',
    'europe/berlin',
    'EST5EDT,nonsense',
    'Foo/Bar12',
    'g5',
    '5',
    '<+05',
    '/no/such/file',
    '/etc/passwd',
    ':/etc/passwd',
    database,
    `:${database}`,
    '../own/..',
    'Europe/Berlin\n',
    '\u001b[31m',
  ])('is unknown for TZ=%j', (TZ) => {
    expect(hours(TZ)).toEqual([null, null]);
  });

  it('is unknown for a text or a path of 5 000 characters', () => {
    for (const TZ of ['x'.repeat(5000), `/${'x'.repeat(5000)}`]) expect(hours(TZ)).toEqual([null, null]);
  });

  it('is found without `Intl` for every common zone, and only once', () => {
    const intl = vi.spyOn(Intl, 'DateTimeFormat');
    for (const TZ of [undefined, 'UTC', 'Etc/UTC', 'Europe/Berlin', 'CST-8', '<-03>3']) hours(TZ);
    expect(intl).not.toHaveBeenCalled();
    intl.mockRestore();
    let opened = 0;
    const system = at(join(database, 'own'));
    const { openSync } = system.fs;
    const counted = {
      ...system,
      fs: disk({ openSync: (...args: Parameters<typeof openSync>) => ((opened += 1), openSync(...args)) }),
    };
    const zone = localZone(counted);
    expect(opened).toBe(0);
    for (const time of [WINTER, SUMMER]) zone.offsetAt(time);
    expect(opened).toBe(1);
  });

  it('is Node’s own if `TZ` is unset', () => {
    expect(hours(undefined)).toEqual(
      [WINTER, SUMMER].map((time) => 0 - new Date(time).getTimezoneOffset() / 60),
    );
  });
});

describe('the name of a zone that differs from the machine’s', () => {
  const BERLIN = fs.existsSync('/usr/share/zoneinfo/Europe/Berlin');
  const names = (TZ: string | undefined, etc: Record<string, string | Buffer>, more: object = {}) => {
    const system = at(TZ, etc);
    const env = { ...system.env, TZDIR: BERLIN ? undefined : database };
    return zoneNames({ ...system, env, ...more }, localZone(system));
  };
  const localtime = fixedZone(1, 'CET');

  it.each<[string, Record<string, string | Buffer>, string, boolean, boolean]>([
    ['CET-1CEST,M3.5.0,M10.5.0/3', { localtime }, 'CET', true, false],
    ['<+01>-1', { localtime }, '+01:00', true, true],
    ['<+0545>-5:45', { localtime }, '+05:45', false, false],
    ['<-03>3', { localtime }, '-03:00', false, false],
    ['<A+B>-0:30', { localtime }, '+00:30', false, false],
    ['UTC', {}, 'UTC', true, true],
    ['CST-8', {}, 'CST', false, false],
    [join(database, 'own'), { localtime: fixedZone(9, 'X') }, 'OWN', true, true],
    ['VERYLONGNAME-3', {}, '+03:00', false, false],
  ])('TZ=%s', (TZ, etc, name, winter, summer) => {
    const found = names(TZ, etc)!;
    expect(found.nameAt(WINTER)).toBe(name);
    expect([found.isMachineTime(WINTER), found.isMachineTime(SUMMER)]).toEqual([winter, summer]);
  });

  it.skipIf(!BERLIN)('has the abbreviation of the time zone database', () => {
    const found = names('Europe/Berlin', {})!;
    expect([found.nameAt(WINTER), found.nameAt(SUMMER)]).toEqual(['CET', 'CEST']);
    expect(names('Asia/Kathmandu', {})!.nameAt(WINTER)).toBe('+05:45');
  });

  it.skipIf(!BERLIN)('takes the machine’s zone from /etc/timezone where /etc/localtime is none', () => {
    const found = names('Europe/Paris', { timezone: 'Europe/Berlin\n', localtime: 'damaged' })!;
    expect([found.isMachineTime(WINTER), found.isMachineTime(SUMMER)]).toEqual([true, true]);
  });

  it('is null if `TZ` is unset, or no file has the machine’s zone', () => {
    expect(names(undefined, {})).toBeNull();
    expect(names('CST-8', {}, { platform: 'win32' })).toBeNull();
  });
});
