import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine } from '../support/program.ts';

async function aMachine() {
  const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
  const machine = new Machine(endpoint.url);
  expect((await machine.run(['--wait'])).code).toBe(0);
  const resets = Date.parse(machine.read('usage.json').data.five_hour.resets_at) / 1000;
  return { machine, resets: Math.floor(resets) };
}

const date = (TZ: string, at: number) =>
  spawnSync('date', ['-d', `@${at}`, '+%H:%M'], {
    env: { ...process.env, TZ },
    encoding: 'utf8',
  }).stdout?.trim();

const CLOCK = /\b\d{1,2}:\d\d\b/;

describe('a time zone in POSIX’ form', () => {
  it.each([
    'CST-8',
    'EST5EDT',
    '<+0545>-5:45',
    '<-03>3',
    ':<-03>3',
    'CET-1CEST,M3.5.0,M10.5.0/3',
    ':Europe/Berlin',
    '/usr/share/zoneinfo/Asia/Kathmandu',
    ':/etc/localtime',
    'Asia/Kathmandu',
  ])('gives the same clock time as `date`: %s', async (TZ) => {
    const { machine, resets } = await aMachine();
    const expected = date(TZ, resets);
    if (!expected) return;
    const line = await machine.run(['--format', '{5h.at}', '--cached'], { TZ });
    expect(line).toMatchObject({ code: 0, stderr: '' });
    expect(line.stdout.trim().split(' ').at(-1)).toBe(expected);
    expect((await machine.run(['show', '--cached'], { TZ })).stdout).toContain(expected);
  });
});

describe('an unknown time zone', () => {
  it.each(['Foo/Bar', 'garbage', 'EST5EDT,nonsense', '/no/such/file', ':/etc/passwd'])(
    'costs the clock times, and nothing else: %s',
    async (TZ) => {
      const { machine } = await aMachine();
      const line = await machine.run(['--format', '{5h.used}[ until {5h.at}]', '--cached'], { TZ });
      expect(line).toMatchObject({ code: 0, stderr: '', stdout: '22%\n' });
      for (const args of [['show', '--cached'], ['--output', 'xbar', '--cached'], ['explain']]) {
        const run = await machine.run(args, { TZ });
        expect(run).toMatchObject({ code: 0, stderr: '' });
        expect(run.stdout).not.toMatch(CLOCK);
      }
      expect((await machine.run(['show', '--cached'], { TZ })).stdout).toContain('in 4h37m ');
      expect((await machine.run(['explain'], { TZ })).stdout).toContain('TZ is not a known zone');
      expect((await machine.run(['explain'])).stdout).not.toContain('TZ');
    },
  );
});

describe('show', () => {
  it('a zone that differs from the machine’s is named once', async () => {
    const { machine } = await aMachine();
    const { stdout } = await machine.run(['show', '--cached'], { TZ: '<+1345>-13:45' });
    expect(stdout.match(/\+13:45/g)).toHaveLength(1);
    expect(stdout).toMatch(/^5h .*\d\d:\d\d \+13:45 /m);
    const line = await machine.run(['--format', '{5h.at}', '--cached'], { TZ: '<+1345>-13:45' });
    expect(line.stdout).not.toContain('+');
  });

  it('the machine’s own zone is not named', async () => {
    const { machine } = await aMachine();
    delete machine.env.TZ;
    expect((await machine.run(['show', '--cached'])).stdout).toMatch(/^5h .*, (\w+ )?\d\d:\d\d {2,}empty/m);
    expect((await machine.run(['show', '--cached'], { TZ: ':/etc/localtime' })).stdout).toMatch(
      /^5h .*, (\w+ )?\d\d:\d\d {2,}empty/m,
    );
  });
});
