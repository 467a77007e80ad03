import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anEndpoint, json } from '../support/endpoint.ts';
import { LATE } from '../support/patience.ts';
import { Machine, until } from '../support/program.ts';
import type { Run } from '../support/program.ts';

const entry = new URL('../../bin/usageline.cjs', import.meta.url).pathname;
const OFF = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };
const HOUR = 3600;

/** Midnights and hours to come, so that a reset is no moving one. */
const inHours = (hours: number) => Math.floor(Date.now() / 1000 / HOUR + hours) * HOUR + HOUR / 2;
const payload = (percent: unknown, changes: object = {}) =>
  JSON.stringify({
    session_id: 'one',
    model: { id: 'm', display_name: 'Opus 4.5' },
    rate_limits: {
      five_hour: { used_percentage: percent, resets_at: inHours(4) },
      seven_day: { used_percentage: 33, resets_at: inHours(99) },
    },
    ...changes,
  });

type Feed = (stdin: NodeJS.WritableStream) => void;

function statusline(
  machine: Machine,
  input: string | Buffer | Feed,
  { args = [] as string[], env = {} as Record<string, string>, shell = '' } = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const options = { env: { ...machine.env, ...env } };
    // Through a shell the input is a pipe, directly it is a socket.
    const child = shell
      ? spawn(
          'sh',
          ['-c', `cat | "$0" "$@"${shell}`, process.execPath, entry, 'statusline', ...args],
          options,
        )
      : spawn(process.execPath, [entry, 'statusline', ...args], options);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.stdin.on('error', () => {});
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({
        stdout: stdout.replace(/\u001B\[[\d;]*m/g, ''),
        stderr,
        code,
        signal,
        ms: performance.now() - start,
      }),
    );
    if (typeof input === 'function') input(child.stdin);
    else child.stdin.end(input);
  });
}

const file = (machine: Machine) =>
  JSON.parse(fs.readFileSync(join(machine.cache, 'statusline.json'), 'utf8'));

describe('usageline statusline', () => {
  /** Nobody asks it. */
  const endpoint = { url: 'http://127.0.0.1:1' };

  it('shows what the session tells, without a network and without a login', async () => {
    const machine = new Machine(endpoint.url, OFF);
    fs.rmSync(machine.credentials);
    const run = await statusline(machine, payload(14.000000000000002));
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^5h 14% \d\w+ · 7d 33% 4d\w+\n$/);
    expect(file(machine).windows.five_hour.used_percent).toBe(14);
    const json = JSON.parse((await machine.run(['--json'])).stdout);
    expect(json).toMatchObject({ state: 'fresh', source: 'statusline', error: null });
    expect(json.windows.map((it: any) => it.source)).toEqual(['statusline', 'statusline']);
    expect((await machine.run(['show'])).stdout).toContain('5h, 7d read <1m ago');
    expect((await machine.run()).stdout).toMatch(/^5h 14%/);
  });

  it('writes nothing when the session says nothing new', async () => {
    const machine = new Machine(endpoint.url, OFF);
    const first = await statusline(machine, payload(20));
    const before = fs.statSync(join(machine.cache, 'statusline.json')).mtimeMs;
    expect((await statusline(machine, payload(20))).stdout).toBe(first.stdout);
    expect(fs.statSync(join(machine.cache, 'statusline.json')).mtimeMs).toBe(before);
    expect((await statusline(machine, payload(21))).stdout).toMatch(/^5h 21%/);
    // From what was prepared: the same, if a session says so, and the other one's number otherwise.
    expect((await statusline(machine, payload(21))).stdout).toMatch(/^5h 21%/);
    expect((await statusline(machine, payload(19, { session_id: 'two' }))).stdout).toMatch(/^5h 21%/);
  });

  it.each<[string, string | Buffer | Feed, number]>([
    ['nothing', '', 0],
    ['no object', 'hello', 0],
    ['half an object', payload(22).slice(0, 60), 0],
    ['bytes', Buffer.from([0xff, 0xfe, 0, 0x7b]), 0],
    ['two megabytes', `{"a":"${'x'.repeat(2 ** 21)}"}`, 0],
    ['an object that does not end', (stdin) => stdin.write('{'), 200],
    ['nothing that does not end', () => {}, 200],
    ['an object, and no end', (stdin) => stdin.write(payload(20)), 0],
  ])('prints the line whatever arrives: %s', async (_, input, waits) => {
    const machine = new Machine(endpoint.url, OFF);
    await statusline(machine, payload(20));
    for (const shell of ['', ' 2>&1']) {
      const run = await statusline(machine, input, { shell });
      expect(run.code).toBe(0);
      expect(run.stdout).toMatch(/^5h 20% \d\w+ · 7d 33% 4d\w+\n$/);
      expect(run.ms).toBeLessThan(waits + LATE);
      // There `cat` would wait for the end.
      if (typeof input === 'function') break;
    }
  });

  it.each([
    ['a file', '', '< "$F"'],
    ['/dev/null', '', '< /dev/null'],
    ['/dev/zero', '', '< /dev/zero'],
    ['a directory', '', '< /'],
    ['nothing at all', '', '<&-'],
    ['a pipe', 'mkfifo "$F.pipe"; ', '< "$F.pipe" & cat "$F" > "$F.pipe"; wait'],
    // The shell itself keeps it open.
    ['a pipe that stays open', 'mkfifo "$F.pipe"; exec 3<>"$F.pipe"; cat "$F" >&3; ', '< "$F.pipe" 3>&-'],
  ])('reads %s as standard input', async (_, before, redirect) => {
    const machine = new Machine(endpoint.url, OFF);
    const path = join(machine.home, 'input');
    fs.writeFileSync(path, payload(20));
    const child = spawn(
      'bash',
      ['-mc', `${before}"$0" "$1" statusline ${redirect}`, process.execPath, entry],
      {
        env: { ...machine.env, F: path },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let text = '';
    child.stdout.on('data', (more) => (text += more));
    await until(() => text.includes('\n'));
    expect(text).toMatch(redirect.includes('$F') ? /5h / : /disabled/);
    child.kill();
  });

  it('asks, behind its answer, for what only the endpoint knows, and then not again', async () => {
    const limits = [
      {
        kind: 'weekly_scoped',
        percent: 82,
        resets_at: new Date(inHours(90) * 1000).toISOString(),
        scope: { model: { display_name: 'Opus' } },
      },
    ];
    const own = await anEndpoint(json({ limits }));
    const machine = new Machine(own.url);
    const first = await statusline(machine, payload(20));
    expect(first.stdout).toMatch(/^5h 20%/);
    await until(() => fs.existsSync(join(machine.cache, 'ready', 'statusline@opus')));
    const run = await statusline(machine, payload(20));
    expect(run.stdout).toMatch(/^7d Opus 82% \d\w+ · 5h 20% \d\w+ · 7d 33%/);
    const other = { model: { display_name: 'Haiku; $(touch x) \u001B[2J' }, session_id: 'two' };
    expect((await statusline(machine, payload(20, other))).stdout).toMatch(
      /^5h 20% \d\w+ · 7d 33% \d\w+ · 7d Opus/,
    );
    for (let percent = 21; percent < 26; percent += 1) await statusline(machine, payload(percent));
    expect((await statusline(machine, payload(26))).stdout).toMatch(/^7d Opus 82% \d\w+ · 5h 26%/);
    expect(own.requests.length).toBe(1);
    expect(fs.readdirSync(machine.home)).not.toContain('x');
  });

  it('leaves out what COLUMNS has no room for', async () => {
    const machine = new Machine(endpoint.url, OFF);
    expect((await statusline(machine, payload(20), { env: { COLUMNS: '14' } })).stdout).toMatch(
      /^5h 20% \dh\w*\n$/,
    );
    expect((await statusline(machine, payload(20), { env: { COLUMNS: '14' } })).stdout).toMatch(
      /^5h 20% \dh\w*\n$/,
    );
    expect((await statusline(machine, payload(20), { env: { COLUMNS: '200' } })).stdout).toContain('7d');
  });

  it('stays right with fifty sessions at once', async () => {
    const machine = new Machine(endpoint.url, OFF);
    const percents = Array.from({ length: 50 }, (_, n) => n + 1);
    const runs = await Promise.all(
      percents.map((n) => statusline(machine, payload(n, { session_id: `s${n}` }))),
    );
    for (const run of runs) expect(run).toMatchObject({ code: 0, stderr: '' });
    const kept = file(machine);
    expect(percents).toContain(kept.windows.five_hour.used_percent);
    // Who lost the race says it again.
    for (const n of [50, 49, 50]) await statusline(machine, payload(n, { session_id: `s${n}` }));
    expect(file(machine).windows.five_hour.used_percent).toBe(50);
    expect(fs.readdirSync(machine.cache).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('survives any bytes', async () => {
    const machine = new Machine(endpoint.url, OFF);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const run = await statusline(machine, Buffer.concat([Buffer.from('{'), Buffer.from(bytes)]));
        expect([run.code, run.stderr, run.stdout]).toEqual([0, '', 'disabled\n']);
      }),
      { numRuns: 8 },
    );
  });

  it('names wrong usage', async () => {
    const machine = new Machine(endpoint.url, OFF);
    const run = await statusline(machine, '', { args: ['--nope'] });
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("unknown option '--nope'")]);
    expect((await statusline(machine, '', { args: ['--after', ''] })).code).toBe(2);
    expect((await statusline(machine, '', { args: ['--help'] })).stdout).toContain('settings.json');
  });

  describe('--after', () => {
    it.each([
      ['its line first', 'printf "\\033[36mmine\\033[0m\\n"', /^mine {2}5h 20%/],
      ['all its rows', 'echo one; echo two', /^one\ntwo {2}5h 20%/],
      ['the same input', 'grep -o Opus', /^Opus {2}5h 20%/],
      ['ours alone when it fails', 'echo mine; exit 1', /^5h 20%/],
      ['ours alone when it prints nothing', ':', /^5h 20%/],
      ['ours alone when there is no such command', 'no-such-command-anywhere', /^5h 20%/],
    ])('shows %s', async (_, command, expected) => {
      const machine = new Machine(endpoint.url, OFF);
      const run = await statusline(machine, payload(20), { args: ['--after', command] });
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(run.stdout).toMatch(expected);
    });

    it('waits two seconds for it, and has a row of its own where there is no room', async () => {
      const machine = new Machine(endpoint.url, OFF);
      const slow = await statusline(machine, payload(20), { args: ['--after', 'exec sleep 60'] });
      expect(slow.stdout).toMatch(/^5h 20%/);
      expect(slow.ms).toBeLessThan(2000 + LATE);
      const env = { COLUMNS: '40' };
      const long = await statusline(machine, payload(20), {
        args: ['--after', 'echo a-line-of-twenty-chars'],
        env,
      });
      expect(long.stdout).toMatch(/^a-line-of-twenty-chars\n5h 20%/);
    });
  });

  it('keeps what sessions said when the cache is cleared, and shows none of it', async () => {
    const machine = new Machine(endpoint.url, OFF);
    await statusline(machine, payload(20));
    await machine.run(['cache', 'clear']);
    expect((await statusline(machine, payload(20))).stdout).toBe('disabled\n');
    expect((await statusline(machine, payload(21))).stdout).toMatch(/^5h 21%/);
  });

  it('shows nobody’s numbers after somebody else has signed in', async () => {
    const machine = new Machine(endpoint.url, OFF);
    await statusline(machine, payload(20));
    machine.login({ accessToken: 'sk-ant-oat01-EXAMPLE-ANOTHER' });
    expect((await machine.run()).stdout).toBe('disabled\n');
    expect((await statusline(machine, payload(20))).stdout).toBe('disabled\n');
  });
});
