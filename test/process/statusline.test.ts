import { spawn } from 'node:child_process';
import type { StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anEndpoint, json } from '../support/endpoint.ts';
import { LATE } from '../support/patience.ts';
import { Machine, until } from '../support/program.ts';
import type { Run } from '../support/program.ts';

const entry = new URL('../../bin/usageline.cjs', import.meta.url).pathname;
const OFF = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };
const HOUR = 3600;

/** Resets on the half hour, so that repeated calls give the same time. */
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
    // Through a shell the input is a pipe; without one it is a socket.
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

/** The environment of a program with another `setTimeout`, which calls Node's own as `plain`. */
function withTimers(machine: Machine, timers: string): Record<string, string> {
  const path = join(machine.home, 'timers.cjs');
  fs.writeFileSync(path, `const plain = setTimeout; globalThis.setTimeout = ${timers};`);
  return { NODE_OPTIONS: `--require ${path}` };
}

const file = (machine: Machine) =>
  JSON.parse(fs.readFileSync(join(machine.cache, 'statusline.json'), 'utf8'));

describe('usageline statusline', () => {
  /** No test sends a request to it. */
  const endpoint = { url: 'http://127.0.0.1:1' };

  it('shows the report of the session, without a network and without a login', async () => {
    const machine = new Machine(endpoint.url, OFF);
    fs.rmSync(machine.credentials);
    const run = await statusline(machine, payload(14.000000000000002));
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^5h 14% \d\w+(, empty in \S+)? · 7d 33% 4d\w+\n$/);
    expect(file(machine).windows.five_hour.used_percent).toBe(14);
    const json = JSON.parse((await machine.run(['--json'])).stdout);
    expect(json).toMatchObject({ state: 'fresh', source: 'statusline', error: null });
    expect(json.windows.map((it: any) => it.source)).toEqual(['statusline', 'statusline']);
    expect((await machine.run(['show'])).stdout).toContain('5h, 7d read <1m ago');
    expect((await machine.run()).stdout).toMatch(/^5h 14%/);
  });

  it('writes nothing when the session reports nothing new', async () => {
    const machine = new Machine(endpoint.url, OFF);
    const first = await statusline(machine, payload(20));
    const before = fs.statSync(join(machine.cache, 'statusline.json')).mtimeMs;
    expect((await statusline(machine, payload(20))).stdout).toBe(first.stdout);
    expect(fs.statSync(join(machine.cache, 'statusline.json')).mtimeMs).toBe(before);
    expect((await statusline(machine, payload(21))).stdout).toMatch(/^5h 21%/);
    // From the prerendered line for the session with the latest report, and from its own report for another
    // session.
    expect((await statusline(machine, payload(21))).stdout).toMatch(/^5h 21%/);
    expect((await statusline(machine, payload(19, { session_id: 'two' }))).stdout).toMatch(/^5h 19%/);
    expect((await statusline(machine, payload(19, { session_id: 'two' }))).stdout).toMatch(/^5h 19%/);
    expect((await statusline(machine, payload(21))).stdout).toMatch(/^5h 21%/);
    expect((await machine.run()).stdout).toMatch(/^5h 21%/);
  });

  it.each([
    ['a token', { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-x' }],
    ['a key', { ANTHROPIC_API_KEY: 'sk-ant-api03-x' }],
    ['a gateway', { ANTHROPIC_BASE_URL: 'http://127.0.0.1:8317' }],
  ])('shows the numbers of a session with %s of its own in that session only', async (_, env) => {
    const machine = new Machine(endpoint.url, OFF);
    await statusline(machine, payload(20));
    const other = payload(80, { session_id: 'two' });
    for (let run = 0; run < 2; run += 1)
      expect((await statusline(machine, other, { env })).stdout).toMatch(/^5h 80% .* 7d 33%/);
    expect((await machine.run()).stdout).toMatch(/^5h 20% .* 7d 33%/);
    expect(Object.keys(file(machine).sessions)).toEqual(['one']);
    expect((await statusline(machine, '{}', { env })).stdout).toMatch(/^5h 20%/);
  });

  it.each([
    ['with another token', (login: any) => (login.claudeAiOauth.accessToken += '2')],
    ['with the token of an MCP server', (login: any) => (login.mcpOAuth = { 'a|1': { accessToken: 'm' } })],
  ])('keeps the reports of the same account when the login file is rewritten %s', async (_, change) => {
    const machine = new Machine(endpoint.url, OFF);
    const account = { oauthAccount: { accountUuid: 'a-1', organizationUuid: 'o-1' } };
    fs.writeFileSync(join(machine.home, '.claude.json'), JSON.stringify(account));
    await statusline(machine, payload(20));
    const login = JSON.parse(fs.readFileSync(machine.credentials, 'utf8'));
    change(login);
    fs.writeFileSync(machine.credentials, JSON.stringify(login));
    expect((await machine.run()).stdout).toMatch(/^5h 20% \d\w+(, empty in \S+)? · 7d 33% \d\w+\n$/);
    expect((await statusline(machine, payload(20))).stdout).toMatch(
      /^5h 20% \d\w+(, empty in \S+)? · 7d 33% \d\w+\n$/,
    );
    account.oauthAccount.accountUuid = 'a-2';
    fs.writeFileSync(join(machine.home, '.claude.json'), JSON.stringify(account));
    change(login);
    fs.writeFileSync(machine.credentials, `${JSON.stringify(login)}\n`);
    expect((await machine.run()).stdout).not.toMatch(/20%|33%/);
    expect((await statusline(machine, payload(21))).stdout).toMatch(/^5h 21%/);
    expect((await machine.run()).stdout, 'the session began under the other account').not.toMatch(/21%|33%/);
  });

  it('shows the report where nothing can be stored, and names the directory', async () => {
    const machine = new Machine(endpoint.url, OFF);
    fs.mkdirSync(machine.cache, { recursive: true });
    fs.writeFileSync(join(machine.cache, '..', '..', 'blocked'), '');
    const env = { XDG_CACHE_HOME: join(machine.cache, '..', '..', 'blocked') };
    for (let run = 0; run < 2; run += 1)
      expect((await statusline(machine, payload(47), { env })).stdout).toMatch(
        /^5h 47% \d\w+(, empty in \S+)? · 7d 33%/,
      );
    expect(
      (await statusline(machine, payload(47), { env: { HOME: '/dev/null/none', USER: '' } })).stdout,
    ).toMatch(/^5h 47%/);
  });

  it('shows the spend limit of a gateway, also in prompts if there is no other login', async () => {
    const machine = new Machine(endpoint.url, OFF);
    fs.rmSync(machine.credentials);
    const spend_limit = { used_usd: 521, limit_usd: 500, period: 'monthly', resets_at: inHours(99) };
    const input = JSON.stringify({ session_id: 'one', rate_limits: { spend_limit } });
    const env = { ANTHROPIC_BASE_URL: 'https://gateway.example.test', ANTHROPIC_AUTH_TOKEN: 'x' };
    for (let run = 0; run < 2; run += 1)
      expect((await statusline(machine, input, { env })).stdout).toMatch(/^spend 104% 521\/500 USD 4d/);
    expect((await machine.run()).stdout).toMatch(/^spend 104% 521\/500 USD 4d/);
    const json = JSON.parse((await machine.run(['--json'])).stdout);
    expect(json.windows).toMatchObject([
      {
        id: 'spend_limit',
        used_percent: 104.2,
        amount: { used: 521, limit: 500, currency: 'USD' },
        pace: null,
      },
    ]);
  });

  it.each<[string, string | Buffer | Feed, number]>([
    ['nothing', '', 0],
    ['no object', 'hello', 0],
    ['half an object', payload(22).slice(0, 60), 0],
    ['bytes', Buffer.from([0xff, 0xfe, 0, 0x7b]), 0],
    ['two megabytes', `{"a":"${'x'.repeat(2 ** 21)}"}`, 0],
    ['an object without an end', (stdin) => stdin.write('{'), 200],
    ['nothing, without an end', () => {}, 200],
    ['an object, and then no end', (stdin) => stdin.write(payload(20)), 0],
  ])('prints the line for any input: %s', async (_, input, waits) => {
    const machine = new Machine(endpoint.url, OFF);
    await statusline(machine, payload(20));
    for (const shell of ['', ' 2>&1']) {
      const run = await statusline(machine, input, { shell });
      expect(run.code).toBe(0);
      expect(run.stdout).toMatch(/^5h 20% \d\w+(, empty in \S+)? · 7d 33% 4d\w+\n$/);
      expect(run.ms).toBeLessThan(waits + LATE);
      // In a shell `cat` would wait for the end.
      if (typeof input === 'function') break;
    }
  });

  it('reads input that has arrived although the timer fires before the first read', async () => {
    const machine = new Machine(endpoint.url, OFF);
    await statusline(machine, payload(20));
    // Stops the program for twice the time that it waits for input.
    const stop = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400)';
    const env = withTimers(
      machine,
      `(call, ms) => { const timer = plain(call, ms); if (ms === 200) ${stop}; return timer; }`,
    );
    const run = await statusline(machine, payload(21), { env });
    expect(run.stdout).toMatch(/^5h 21%/);
    expect(run.ms).toBeGreaterThan(400);
  });

  it.each([
    ['a file', '', '< "$F"'],
    ['/dev/null', '', '< /dev/null'],
    ['/dev/zero', '', '< /dev/zero'],
    ['a directory', '', '< /'],
    ['nothing at all', '', '<&-'],
    ['a pipe', 'mkfifo "$F.pipe"; ', '< "$F.pipe" & cat "$F" > "$F.pipe"; wait'],
    // The shell keeps it open.
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

  it('starts one refresh behind its line for limits that only the endpoint knows', async () => {
    const limits = [
      {
        kind: 'weekly_scoped',
        percent: 82,
        resets_at: new Date(inHours(90) * 1000).toISOString(),
        scope: { model: { display_name: 'Opus' } },
      },
    ];
    const window = (utilization: number, hours: number) => ({
      utilization,
      resets_at: new Date(inHours(hours) * 1000).toISOString(),
    });
    const own = await anEndpoint(json({ five_hour: window(20, 4), seven_day: window(33, 99), limits }));
    const machine = new Machine(own.url);
    const first = await statusline(machine, payload(20));
    expect(first.stdout).toMatch(/^5h 20%/);
    await until(() => fs.existsSync(join(machine.cache, 'ready', 'statusline@opus')));
    const run = await statusline(machine, payload(20));
    expect(run.stdout).toMatch(/^7d Opus 82% \d\w+, empty in \S+ · 5h 20% \d\w+(, empty in \S+)? · 7d 33%/);
    const other = { model: { display_name: 'Haiku; $(touch x) \u001B[2J' }, session_id: 'two' };
    expect((await statusline(machine, payload(20, other))).stdout).toMatch(
      /^5h 20% \d\w+(, empty in \S+)? · 7d 33% \d\w+ · 7d Opus/,
    );
    for (let percent = 21; percent < 26; percent += 1) await statusline(machine, payload(percent));
    expect((await statusline(machine, payload(26))).stdout).toMatch(
      /^7d Opus 82% \d\w+, empty in \S+ · 5h 26%/,
    );
    expect(own.requests.length).toBe(1);
    expect(fs.readdirSync(machine.home)).not.toContain('x');
  });

  it('leaves out windows that do not fit into COLUMNS', async () => {
    const machine = new Machine(endpoint.url, OFF);
    expect((await statusline(machine, payload(20), { env: { COLUMNS: '14' } })).stdout).toMatch(
      /^5h 20% \dh\w*(, empty in \S+)?\n$/,
    );
    expect((await statusline(machine, payload(20), { env: { COLUMNS: '14' } })).stdout).toMatch(
      /^5h 20% \dh\w*(, empty in \S+)?\n$/,
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
    const stored = file(machine);
    expect(percents).toContain(stored.windows.five_hour.used_percent);
    // A session whose report lost the race reports it again.
    for (const n of [50, 49, 50]) await statusline(machine, payload(n, { session_id: `s${n}` }));
    expect(file(machine).windows.five_hour.used_percent).toBe(50);
    expect(fs.readdirSync(machine.cache).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('prints the line for any bytes', async () => {
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
    /**
     * A busy machine takes longer than two seconds to run a command: only tests of the deadline keep the
     * deadline.
     */
    const patient = (machine: Machine) =>
      withTimers(machine, '(call, ms) => plain(call, ms === 2000 ? 180_000 : ms)');
    const after = (
      machine: Machine,
      command: string,
      more: { env?: Record<string, string>; session?: string; late?: boolean } = {},
    ) =>
      statusline(machine, payload(20, more.session ? { session_id: more.session } : {}), {
        args: ['--after', command],
        env: { ...(!more.late && patient(machine)), ...more.env },
      });
    const isAlive = (pid: number) => {
      try {
        // A zombie has ended.
        return !/^State:\s+[ZX]/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
      } catch {
        return false;
      }
    };
    /** The process ids in a file, one on each line. */
    const pidsIn = (file: string) =>
      fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map(Number) : [];

    it.each([
      ['its line first', 'printf "\\033[36mmine\\033[0m\\n"', /^mine {2}5h 20%/],
      ['all its rows', 'echo one; echo two', /^one\ntwo {2}5h 20%/],
      ['the same input', 'grep -o Opus', /^Opus {2}5h 20%/],
      ['its output when it fails', 'echo mine; exit 1', /^mine {2}5h 20%/],
      ['its output when a signal ends it', 'echo mine; kill -9 $$', /^mine {2}5h 20%/],
      ["usageline's line alone when the command prints nothing", ':', /^5h 20%/],
      ["usageline's line alone when the command fails and prints nothing", 'exit 3', /^5h 20%/],
      ["usageline's line alone when the command does not exist", 'no-such-command-anywhere', /^5h 20%/],
      ['a row of 60 000 characters', 'head -c 60000 /dev/zero | tr "\\0" x', /^x{60000} {2}5h 20%/],
      [
        'the first 65 536 characters of a longer row',
        'head -c 900000 /dev/zero | tr "\\0" x',
        /^x{65536} {2}5h 20%/,
      ],
    ])('shows %s', async (_, command, expected) => {
      const machine = new Machine(endpoint.url, OFF);
      const run = await after(machine, command);
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(run.stdout).toMatch(expected);
    });

    it.each([
      ['that is silent', 'sleep 30 & echo $! > "$HOME/pids"; echo mine'],
      ['that goes on printing', 'yes & echo $! > "$HOME/pids"; sleep 0.2; exit 0'],
      ['and fails', 'echo mine; sleep 30 & echo $! > "$HOME/pids"; exit 1'],
      [
        'behind much output',
        'sleep 30 & echo $! > "$HOME/pids"; echo mine; head -c 50000 /dev/zero | tr "\\0" x',
      ],
    ])("shows the command's output when it ends, although it leaves a process %s", async (_, command) => {
      const machine = new Machine(endpoint.url, OFF);
      await after(machine, ':');
      const run = await after(machine, command);
      const [left] = pidsIn(join(machine.home, 'pids'));
      try {
        expect(run).toMatchObject({ code: 0, stderr: '' });
        expect(run.stdout).toMatch(/^(mine|y)\b[^]* {2}5h 20%/);
        if (command.includes('50000')) expect(run.stdout).toMatch(/x{50000} {2}5h/);
        // Such a process belongs to the command, which can have started a refresh of its own.
        if (!command.includes('yes')) expect(isAlive(left!)).toBe(true);
      } finally {
        if (left !== undefined && isAlive(left)) process.kill(left, 'SIGKILL');
      }
    });

    it('has a row of its own where both do not fit into one', async () => {
      const machine = new Machine(endpoint.url, OFF);
      const long = await after(machine, 'echo a-line-of-twenty-chars', { env: { COLUMNS: '40' } });
      expect(long.stdout).toMatch(/^a-line-of-twenty-chars\n5h 20%/);
    });

    it('waits two seconds for the command, and then shows the last output of the same command in the same session', async () => {
      const machine = new Machine(endpoint.url, OFF);
      const command = 'test -e "$HOME/slow" && exec sleep 9; printf "\\033[31mmine"';
      expect((await after(machine, command)).stdout).toMatch(/^mine {2}5h 20%/);
      fs.writeFileSync(join(machine.home, 'slow'), '');
      const [same, another, changed] = await Promise.all([
        after(machine, command, { late: true }),
        after(machine, command, { late: true, session: 'another' }),
        after(machine, ` ${command}`, { late: true }),
      ]);
      for (const run of [same, another, changed]) {
        expect(run).toMatchObject({ code: 0, stderr: '' });
        expect(run.ms).toBeGreaterThan(1900);
        expect(run.ms).toBeLessThan(2000 + LATE);
      }
      expect(same.stdout).toMatch(/^mine {2}5h 20%/);
      expect(another.stdout).toMatch(/^… {2}5h 20%/);
      expect(changed.stdout).toMatch(/^… {2}5h 20%/);
    });

    it('stores neither the command nor the session id, and nothing where there is no cache', async () => {
      const machine = new Machine(endpoint.url, OFF);
      await after(machine, 'secret=SECRET; echo mine', { session: 'SESSION' });
      const path = join(machine.cache, 'after.json');
      expect(fs.statSync(path).mode & 0o777).toBe(0o600);
      expect(fs.readFileSync(path, 'utf8')).toContain('mine');
      expect(fs.readFileSync(path, 'utf8')).not.toMatch(/SECRET|SESSION/);
      const env = { USAGELINE_CACHE_DIR: machine.credentials };
      expect((await after(machine, 'echo mine', { env })).stdout).toMatch(/^mine {2}\w/);
      expect((await after(machine, 'exec sleep 9', { late: true, env })).stdout).toMatch(/^… {2}/);
    });

    /** A pipeline within a subshell. Each of its processes writes its id. */
    const PIPELINE =
      '(sh -c \'echo $$ >> "$HOME/pids"; exec sleep 31\' | sh -c \'echo $$ >> "$HOME/pids"; exec sleep 32\'); echo $$ >> "$HOME/pids"; echo x';

    /** A test must not wait for the processes of the pipeline as long as they last, 31 s. In ms. */
    const BEFORE_THEIR_END = 15_000;

    it('ends all processes of the command at the deadline', async () => {
      const machine = new Machine(endpoint.url, OFF);
      // A deadline of eight seconds: on a busy machine the processes need longer than two to write their ids.
      const env = withTimers(machine, '(call, ms) => plain(call, ms === 2000 ? 8000 : ms)');
      const run = await after(machine, PIPELINE, { late: true, env });
      expect(run.stdout).toMatch(/^… {2}5h 20%/);
      const pids = pidsIn(join(machine.home, 'pids'));
      expect(pids).toHaveLength(2);
      await until(() => !pids.some(isAlive), BEFORE_THEIR_END);
    });

    it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
      'ends all processes of the command, and itself, at %s',
      async (signal) => {
        const machine = new Machine(endpoint.url, OFF);
        const child = spawn(process.execPath, [entry, 'statusline', '--after', PIPELINE], {
          env: { ...machine.env, ...patient(machine) },
          stdio: ['pipe', 'pipe', 'pipe'],
        });
        let printed = '';
        for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
        const ended = new Promise<NodeJS.Signals | null>((resolve) => {
          child.on('close', (_code, by) => resolve(by));
        });
        child.stdin.end(payload(20));
        await until(() => pidsIn(join(machine.home, 'pids')).length === 2);
        child.kill(signal);
        expect(await ended).toBe(signal);
        expect(printed).toBe('');
        const pids = pidsIn(join(machine.home, 'pids'));
        await until(() => !pids.some(isAlive), BEFORE_THEIR_END);
      },
    );

    it('ends all processes of the command at a signal that arrives right after its start', async () => {
      const machine = new Machine(endpoint.url, OFF);
      const preload = join(machine.home, 'signal.cjs');
      const list = join(machine.home, 'pids');
      fs.writeFileSync(
        preload,
        `const fs = require('node:fs');
         const children = require('node:child_process');
         const { spawn } = children;
         const started = () => fs.existsSync(${JSON.stringify(list)})
           && fs.readFileSync(${JSON.stringify(list)}, 'utf8').split('\\n').length > 2;
         children.spawn = (...args) => {
           const child = spawn(...args);
           while (!started()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
           process.kill(process.pid, 'SIGTERM');
           return child;
         };`,
      );
      await statusline(machine, payload(20), {
        args: ['--after', PIPELINE],
        env: { NODE_OPTIONS: `--require=${preload}` },
      });
      expect(pidsIn(list)).toHaveLength(2);
      await until(() => !pidsIn(list).some(isAlive), BEFORE_THEIR_END);
    });

    it('ends all processes of the command when usageline ends for another reason', async () => {
      const machine = new Machine(endpoint.url, OFF);
      const run = await statusline(machine, payload(20), {
        args: ['--after', PIPELINE],
        env: { USAGELINE_API_BASE_URL: 'http://example.com' },
      });
      expect(run.code).toBe(2);
      // By then all processes have started.
      await new Promise((resolve) => setTimeout(resolve, 300));
      await until(() => !pidsIn(join(machine.home, 'pids')).some(isAlive), BEFORE_THEIR_END);
    });

    it.each([
      ['ENOMEM', 12],
      ['EPERM', 1],
      ['E2BIG', 7],
      ['EMFILE', 24],
      ['EAGAIN', 11],
      ['ENOENT', 2],
      ['EACCES', 13],
    ])("shows usageline's line alone when no process can be started (%s)", async (_, errno) => {
      const machine = new Machine(endpoint.url);
      // As if the system call failed. Node throws some of these errors, and reports others as an event.
      const preload = join(machine.home, 'preload.cjs');
      fs.writeFileSync(
        preload,
        `process.binding('process_wrap').Process.prototype.spawn = () => -${errno};\n`,
      );
      const env = { NODE_OPTIONS: `--require "${preload}"` };
      const run = await after(machine, 'echo mine', { env });
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(run.stdout).toMatch(/^5h 20%.*\n$/);
    });

    it("shows usageline's line alone with few free descriptors", async () => {
      const machine = new Machine(endpoint.url, OFF);
      await statusline(machine, payload(20));
      for (const most of [19, 20, 21, 22, 23, 24, 25]) {
        const child = spawn(
          'sh',
          [
            '-c',
            `ulimit -n ${most}; exec "$0" "$@"`,
            process.execPath,
            entry,
            'statusline',
            '--after',
            'echo mine',
          ],
          {
            env: machine.env,
          },
        );
        let [stdout, stderr] = ['', ''];
        child.stdout.on('data', (text) => (stdout += text));
        child.stderr.on('data', (text) => (stderr += text));
        child.stdin.on('error', () => {});
        child.stdin.end(payload(20));
        const code = await new Promise((resolve) => child.on('close', resolve));
        // Node itself does not start below some number of descriptors.
        if (code !== 0 && stdout === '' && !stderr.includes('usageline')) continue;
        expect([most, code, stderr]).toEqual([most, 0, '']);
        expect(stdout.replace(/\u001B\[[\d;]*m/g, '')).toMatch(/^(mine {2})?5h 20%/);
      }
    });
  });

  it('shows no prompt what was reported before the cache was cleared', async () => {
    const machine = new Machine(endpoint.url, OFF);
    await statusline(machine, payload(20));
    await machine.run(['cache', 'clear']);
    expect((await machine.run()).stdout).toBe('disabled\n');
    expect((await statusline(machine, payload(20))).stdout).toMatch(/^5h 20%/);
    expect((await machine.run()).stdout, 'a repeated number is no news').toBe('disabled\n');
    expect((await statusline(machine, payload(21))).stdout).toMatch(/^5h 21%/);
    expect((await machine.run()).stdout).toMatch(/^5h 21%/);
  });

  it('shows prompts an age where the account of the rewritten login file is unknown', async () => {
    const machine = new Machine(endpoint.url, OFF);
    await statusline(machine, payload(20));
    machine.login({ accessToken: 'sk-ant-oat01-EXAMPLE-ANOTHER' });
    expect((await machine.run()).stdout).toMatch(
      /^5h 20% \d\w+(, empty in \S+)? · 7d 33% \d\w+ · <1m ago · disabled\n$/,
    );
    expect((await statusline(machine, payload(20))).stdout).toMatch(
      /^5h 20% \d\w+(, empty in \S+)? · 7d 33% \d\w+\n$/,
    );
  });
});

it('the status line is the same for a caller that is a Node program, whose channel can be any descriptor', async () => {
  const machine = new Machine('http://127.0.0.1:9');
  const stdio = Array.from({ length: 21 }, (_, index) => (index === 1 || index === 2 ? 'pipe' : 'ignore'));
  const child = spawn(process.execPath, [entry, 'statusline', '--after', 'echo mine'], {
    env: machine.env,
    stdio: [...stdio.slice(0, 20), 'ipc'] as StdioOptions,
  });
  const output = ['', ''];
  for (const index of [1, 2]) {
    (child.stdio[index] as Readable).setEncoding('utf8').on('data', (text) => (output[index - 1] += text));
  }
  const [code] = await once(child, 'close');
  expect({ code, output }).toEqual({ code: 0, output: [expect.stringMatching(/^mine  .+\n$/), ''] });
});
