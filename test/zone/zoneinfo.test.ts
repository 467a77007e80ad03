import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseZoneFile } from '../../src/zone/zoneinfo.ts';
import { DAY, MINUTE } from '../../src/usage/time.ts';

interface Table {
  /** Epoch s, and which local time begins then. */
  readonly changes: readonly (readonly [number, number])[];
  readonly types: readonly { readonly offset: number; readonly name: string }[];
}

/** Tables of one version, with times of four or eight bytes. */
function tables({ changes, types }: Table, version: number, timeBytes: 4 | 8, leaps = 0): Buffer {
  const names = [...new Set(types.map(({ name }) => name))];
  const nameAt = (name: string) =>
    names.slice(0, names.indexOf(name)).join('\0').length + (names.indexOf(name) && 1);
  const header = Buffer.alloc(44);
  header.write('TZif');
  if (version > 1) header.write(String(version), 4);
  const nameBytes = Buffer.from(`${names.join('\0')}\0`);
  [0, 0, leaps, changes.length, types.length, nameBytes.length].forEach((count, index) =>
    header.writeUInt32BE(count, 20 + 4 * index),
  );
  const times = changes.map(([at]) => {
    const bytes = Buffer.alloc(timeBytes);
    if (timeBytes === 8) bytes.writeBigInt64BE(BigInt(at));
    else bytes.writeInt32BE(at);
    return bytes;
  });
  const rows = types.map(({ offset, name }) => {
    const bytes = Buffer.alloc(6);
    bytes.writeInt32BE(offset);
    bytes.writeUInt8(nameAt(name), 5);
    return bytes;
  });
  const leapRows = Buffer.alloc(leaps * (timeBytes + 4));
  return Buffer.concat([
    header,
    ...times,
    Buffer.from(changes.map(([, type]) => type)),
    ...rows,
    nameBytes,
    leapRows,
  ]);
}

const BERLIN: Table = {
  changes: [
    [1743296400, 1],
    [1761440400, 0],
  ],
  types: [
    { offset: 3600, name: 'CET' },
    { offset: 7200, name: 'CEST' },
  ],
};
const NONE: Table = { changes: [], types: [{ offset: 0, name: 'UTC' }] };
const FOOTER = '\nCET-1CEST,M3.5.0,M10.5.0/3\n';
const file = (version = 2, footer = FOOTER, leaps = 0) =>
  Buffer.concat([tables(NONE, version, 4), tables(BERLIN, version, 8, leaps), Buffer.from(footer)]);
const at = (bytes: Buffer, time: string) => {
  const local = parseZoneFile(bytes)?.(Date.parse(time));
  return local && `${local.name} ${local.offsetMs / MINUTE}`;
};

describe('a file of the time zone database', () => {
  it.each([
    ['before all changes', '2001-07-01T00:00:00Z', 'CET 60'],
    ['between two', '2025-07-01T00:00:00Z', 'CEST 120'],
    ['at one', '2025-03-30T01:00:00Z', 'CEST 120'],
    ['just before it', '2025-03-30T00:59:59Z', 'CET 60'],
    ['behind the last one, by the rules at its end', '2026-07-01T00:00:00Z', 'CEST 120'],
    ['and in winter', '2026-12-01T00:00:00Z', 'CET 60'],
  ])('has the local time %s', (_when, time, expected) => {
    for (const version of [2, 3, 4]) expect(at(file(version), time)).toBe(expected);
  });

  it('keeps the last local time if it has no rules at the end', () => {
    expect(at(file(2, '\n\n'), '2026-07-01T00:00:00Z')).toBe('CET 60');
  });

  it('is read in version 1, too', () => {
    expect(at(tables(BERLIN, 1, 4), '2025-07-01T00:00:00Z')).toBe('CEST 120');
    expect(at(tables(BERLIN, 1, 4), '2026-07-01T00:00:00Z')).toBe('CET 60');
    expect(at(tables(NONE, 1, 4), '2026-07-01T00:00:00Z')).toBe('UTC 0');
  });

  it.each<[string, Buffer]>([
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('root:x:0:0:root:/root:/bin/bash\n'.repeat(9))],
    ['a magic number alone', Buffer.from('TZif2')],
    ['with leap seconds, which no clock here counts', file(2, FOOTER, 1)],
    [
      'with more changes than bytes',
      (() => {
        const bytes = tables(BERLIN, 1, 4);
        bytes.writeUInt32BE(0xffff_ffff, 32);
        return bytes;
      })(),
    ],
    ['with a change to a time that it lacks', tables({ ...BERLIN, changes: [[0, 9]] }, 1, 4)],
    ['without any local time', tables({ changes: [], types: [] }, 1, 4)],
  ])('is refused when it is %s', (_case, bytes) => {
    expect(parseZoneFile(bytes)).toBeNull();
  });

  it('has no long names, even if a damaged file refers to one many times', () => {
    const changes = Array.from({ length: 40_000 }, (_, index) => [index, 0] as const);
    const damaged = tables({ changes, types: [{ offset: 3600, name: 'A'.repeat(500_000) }] }, 1, 4);
    expect(parseZoneFile(damaged)?.(0)).toEqual({ offsetMs: 3_600_000, name: 'A'.repeat(32) });
  });

  it('is refused when it is cut off anywhere in its tables', () => {
    const whole = file();
    for (let length = 0; length < whole.length - FOOTER.length; length += 1) {
      const rules = parseZoneFile(whole.subarray(0, length));
      expect([length, rules]).toEqual([length, null]);
    }
  });
});

const DATABASE = '/usr/share/zoneinfo';
const listed = (() => {
  const path = `${DATABASE}/tzdata.zi`;
  try {
    const text = fs.readFileSync(path, 'utf8');
    return [...text.matchAll(/^Z (\S+)/gm)].map(([, name]) => name!);
  } catch {
    return ['Europe/Berlin', 'Asia/Kathmandu', 'America/New_York', 'Australia/Lord_Howe'];
  }
})();
const hasDate = spawnSync('date', ['-f', '-', '+%s'], { input: '@0\n', encoding: 'utf8' }).stdout === '0\n';

describe.skipIf(!hasDate || !fs.existsSync(`${DATABASE}/Europe/Berlin`))('the same as `date`', () => {
  it('in every zone of this machine, every 37 days from 1975 to 2045', () => {
    const moments: number[] = [];
    for (let time = Date.UTC(1975, 0, 1, 12); time < Date.UTC(2045, 0, 1); time += 37 * DAY)
      moments.push(time);
    const input = moments.map((time) => `@${time / 1000}\n`).join('');
    for (const zone of listed.filter((_, index) => index % 4 === 0)) {
      const rules = parseZoneFile(fs.readFileSync(`${DATABASE}/${zone}`))!;
      const own = moments.map((time) => {
        const { offsetMs, name } = rules(time);
        return `${new Date(time + offsetMs).toISOString().slice(0, 16)} ${name}`;
      });
      const env = { ...process.env, TZ: zone, LC_ALL: 'C' };
      const expected = execFileSync('date', ['-f', '-', '+%Y-%m-%dT%H:%M %Z'], {
        env,
        input,
        encoding: 'utf8',
      });
      expect([zone, own.join('\n')]).toEqual([zone, expected.trim()]);
    }
  });
});
