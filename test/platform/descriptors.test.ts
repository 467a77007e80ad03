import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { closeInherited } from '../../src/platform/descriptors.ts';

/** A process with such descriptors open: the number, and whether the next process inherits it. */
function closed(platform: NodeJS.Platform, open: Record<string, boolean>): number[] {
  const numbers: number[] = [];
  const flags = (path: string) => (open[path.slice(path.lastIndexOf('/') + 1)] ? '0100001' : '02100001');
  const changes = {
    readdirSync: () => Object.keys(open),
    existsSync: () => true,
    readFileSync: (path: string) => `pos:\t0\nflags:\t${flags(path)}\nmnt_id:\t1\n`,
    closeSync: (number: number) => numbers.push(number),
  };
  closeInherited({ platform, fs: { ...fs, ...changes } as unknown as typeof fs });
  return numbers;
}

describe('before a process is started, descriptors of the caller', () => {
  const open = { 0: true, 9: true, 16: true, 17: false, 200: true };

  it.each(['linux', 'android'] as const)(
    'are closed from 16 on, where it would inherit them: %s',
    (platform) => {
      expect(closed(platform, open)).toEqual([16, 200]);
    },
  );

  it.each(['darwin', 'win32'] as const)('are left alone where the system sees to it: %s', (platform) => {
    expect(closed(platform, open)).toEqual([]);
  });
});
