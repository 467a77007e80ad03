import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { PATIENCE } from '../support/patience.ts';
import { boundedLookup } from '../../src/fetch/dns.ts';
import type { BoundedLookup, LookupSettings } from '../../src/fetch/dns.ts';
import { nameServer } from '../support/fetch-servers.ts';
import type { AddresslessAnswer } from '../support/fetch-servers.ts';
import { fakeSystem } from '../support/system.ts';

const v4 = (last: number) => Buffer.from([192, 0, 2, last]);
const v6 = (last: number) =>
  Buffer.from(`20010db80000000000000000000000${last.toString(16).padStart(2, '0')}`, 'hex');

const { root } = fakeSystem();
const hostsFile = join(root, 'hosts');
writeFileSync(
  hostsFile,
  '# comment one.example\n127.0.0.1 localhost\n10.0.0.7\tone.example Two.Example # three.example\n::7 one.example\nnonsense one.example\n\n10.0.0.8 eight.example\r\n  10.0.0.9 Nine.example.\n10.0.0.10 last.example',
);

/** The result as a promise: addresses, or the code of the error. */
function look(
  name: string,
  options: LookupOptions = { all: true },
  settings: LookupSettings & { bound?: BoundedLookup } = {},
): Promise<unknown> {
  const bound = settings.bound ?? boundedLookup({ hostsFile, servers: ['127.0.0.1:9'], ...settings });
  return new Promise((resolve) => {
    bound.lookup(name, options, (error, address, family) => {
      resolve(
        error
          ? error.code
          : options.all
            ? (address as LookupAddress[]).map((item) => item.address)
            : [address, family],
      );
    });
  });
}

describe('without a name server', () => {
  test.each([
    ['127.0.0.1', ['127.0.0.1']],
    ['::1', ['::1']],
    ['localhost', ['127.0.0.1', '::1']],
    ['LocalHost.', ['127.0.0.1', '::1']],
    ['one.example', ['10.0.0.7', '::7']],
    ['ONE.example', ['10.0.0.7', '::7']],
    ['two.example', ['10.0.0.7']],
    ['eight.example', ['10.0.0.8']],
    ['one.example.', ['10.0.0.7', '::7']],
    ['nine.example', ['10.0.0.9']],
    ['last.example', ['10.0.0.10']],
  ])('%s is %j', async (name, found) => {
    expect(await look(name)).toEqual(found);
  });

  test.each<[string, LookupOptions, unknown]>([
    ['one address', {}, ['10.0.0.7', 4]],
    ['any address', { family: 0 }, ['10.0.0.7', 4]],
    ['an IPv6 one', { family: 6 }, ['::7', 6]],
    ['an IPv4 one', { family: 'IPv4' }, ['10.0.0.7', 4]],
    ['all of IPv6', { family: 'IPv6', all: true }, ['::7']],
    ['all of IPv4', { family: 4, all: true }, ['10.0.0.7']],
  ])('%s is returned where it is requested', async (_, options, found) => {
    expect(await look('one.example', options)).toEqual(found);
  });

  test('the callback is called later, never during the call', async () => {
    const order: string[] = [];
    const done = new Promise<void>((resolve) => {
      boundedLookup({ hostsFile }).lookup('localhost', {}, () => {
        order.push('answer');
        resolve();
      });
    });
    order.push('asked');
    await done;
    expect(order).toEqual(['asked', 'answer']);
  });
});

describe('with a name server', () => {
  test('both families are queried, and IPv4 comes first', async () => {
    const { servers, asked } = await nameServer((_, type) => (type === 1 ? [v4(1), v4(2)] : [v6(1)]));
    expect(await look('a.example', { all: true }, { servers })).toEqual([
      '192.0.2.1',
      '192.0.2.2',
      '2001:db8::1',
    ]);
    expect(asked.toSorted()).toEqual(['a.example A', 'a.example AAAA']);
  });

  test('a name in a comment of the hosts file is queried', async () => {
    const { servers } = await nameServer((_, type) => (type === 1 ? [v4(3)] : []));
    expect(await look('three.example', { all: true }, { servers })).toEqual(['192.0.2.3']);
  });

  test('only the requested family is queried', async () => {
    const { servers, asked } = await nameServer(() => [v6(1)]);
    expect(await look('a.example', { family: 6 }, { servers })).toEqual(['2001:db8::1', 6]);
    expect(asked).toEqual(['a.example AAAA']);
  });

  test.each([
    ['AAAA', 28, ['192.0.2.1']],
    ['A', 1, ['2001:db8::1']],
  ])('%s queries that are dropped delay the others only shortly', async (_, dropped, found) => {
    const { servers } = await nameServer((_name, type) =>
      type === dropped ? null : type === 1 ? [v4(1)] : [v6(1)],
    );
    const bound = boundedLookup({ hostsFile, servers });
    const start = performance.now();
    expect(await look('a.example', { all: true }, { bound })).toEqual(found);
    expect(performance.now() - start).toBeLessThan(900);
    bound.cancel();
  });

  test.each([
    ['AAAA', 28, ['192.0.2.1']],
    ['A', 1, ['2001:db8::1']],
  ])('a family without %s records does not matter', async (_, missing, found) => {
    const { servers } = await nameServer((_name, type) =>
      type === missing ? [] : type === 1 ? [v4(1)] : [v6(1)],
    );
    expect(await look('a.example', { all: true }, { servers })).toEqual(found);
  });

  test('a name that does not exist is an error', async () => {
    const { servers } = await nameServer(() => []);
    expect(await look('nowhere.example', { all: true }, { servers })).toBe('ENOTFOUND');
    expect(await look('nowhere.example', {}, { servers })).toBe('ENOTFOUND');
  });

  test.each<[string, AddresslessAnswer, AddresslessAnswer]>([
    ['an alias without an address', 'alias', 'alias'],
    ['no such name for IPv4, an alias for IPv6', 'none', 'alias'],
    ['an alias for IPv4, no such name for IPv6', 'alias', 'none'],
    ['nothing for IPv4, an alias for IPv6', 'empty', 'alias'],
    ['an alias for IPv4, a refusal for IPv6', 'alias', 'refused'],
    ['nothing at all', 'empty', 'empty'],
  ])('no address is an error: %s', async (_, four, six) => {
    const { servers } = await nameServer((_name, type) => (type === 1 ? four : six));
    for (const options of [{ all: true }, {}, { family: 4 }, { family: 6 }]) {
      expect(await look('usage.example', options, { servers })).toMatch(/^(ENOTFOUND|ENODATA|EREFUSED)$/);
    }
  });

  test('an invalid name is an error', async () => {
    expect(await look(`${'x'.repeat(70)}.example`)).toBe('EBADNAME');
  });

  test('a missing hosts file does not matter', async () => {
    const { servers } = await nameServer((_, type) => (type === 1 ? [v4(1)] : []));
    expect(await look('one.example', { all: true }, { servers, hostsFile: join(root, 'none') })).toEqual([
      '192.0.2.1',
    ]);
  });

  test('cancel ends the lookup at once', async () => {
    const { servers, asked } = await nameServer(() => null);
    const bound = boundedLookup({ hostsFile, servers });
    const answer = look('silent.example', { all: true }, { bound });
    await vi.waitFor(() => expect(asked).toHaveLength(2), { timeout: PATIENCE });
    const start = performance.now();
    bound.cancel();
    expect(await answer).toBe('ECANCELLED');
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('the hosts file', () => {
  const written = (text: string | Buffer): { hostsFile: string } => {
    const path = join(fakeSystem().root, 'hosts');
    writeFileSync(path, text);
    return { hostsFile: path };
  };
  const advertisement = (_: unknown, index: number) => `0.0.0.0 ad-${index}.example\n`;

  test('of several MB is read to its end', async () => {
    const list = Array.from({ length: 60_000 }, advertisement).join('');
    expect(list.length).toBeGreaterThan(1024 * 1024);
    expect(
      await look('one.example', {}, written(`127.0.0.1 localhost\n10.0.0.7 one.example\n${list}`)),
    ).toEqual(['10.0.0.7', 4]);
    expect(await look('one.example', {}, written(`${list}10.0.0.7 one.example`))).toEqual(['10.0.0.7', 4]);
  });

  test('can have comments in any encoding', async () => {
    const text = Buffer.from('# f\u00fcr\n10.0.0.7 one.example # f\u00fcr\n', 'latin1');
    expect(await look('one.example', {}, written(text))).toEqual(['10.0.0.7', 4]);
  });

  test('with a line of a MB has the names of all other lines, and none of that line', async () => {
    const text = `10.0.0.6 ${'x'.repeat(1_000_000)} \n10.0.0.7 one.example\n# ${'x '.repeat(500_000)} 10.0.0.8 one.example\n`;
    expect(await look('one.example', { all: true }, written(text))).toEqual(['10.0.0.7']);
  });

  test.each([
    ['a directory', (path: string) => mkdirSync(path)],
    ['a FIFO', (path: string) => void spawnSync('mkfifo', [path])],
    ['a link to itself', (path: string) => symlinkSync(path, path)],
    ['empty', (path: string) => writeFileSync(path, '')],
  ])('that is %s has no names', async (_, make) => {
    const path = join(fakeSystem().root, 'hosts');
    make(path);
    expect(await look('one.example', {}, { hostsFile: path, servers: ['127.0.0.1:9'] })).toMatch(/^E/);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
  });

  test.each([
    ['linux', undefined, '/etc/hosts'],
    ['win32', 'D:\\Win', 'D:\\Win\\System32\\drivers\\etc\\hosts'],
    ['win32', undefined, 'C:\\Windows\\System32\\drivers\\etc\\hosts'],
  ])('of %s (%s) is %s', async (platform, systemRoot, path) => {
    const open = vi.spyOn(fakeSystem().fs, 'openSync');
    vi.stubEnv('SystemRoot', systemRoot);
    const original = Object.getOwnPropertyDescriptor(process, 'platform')!;
    Object.defineProperty(process, 'platform', { ...original, value: platform });
    try {
      const bound = boundedLookup({ servers: ['127.0.0.1:9'] });
      const answer = look('a.example', {}, { bound });
      bound.cancel();
      await answer;
      expect(open).toHaveBeenCalledWith(path, expect.anything());
    } finally {
      Object.defineProperty(process, 'platform', original);
      open.mockRestore();
    }
  });
});
