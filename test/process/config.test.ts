import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/usage/time.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine, until, touchNow } from '../support/program.ts';

const LINE = '5h 22% 4h37m · 7d 33% 4d3h\n';
const COLOURED = /^5h \u001B\[.*22%/;

async function aMachine(text: string | null, env: Record<string, string> = {}) {
  const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
  const machine = new Machine(endpoint.url, env);
  const path = join(machine.home, '.config', 'usageline', 'config.toml');
  const configure = (what: string) => {
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.writeFileSync(path, what);
  };
  if (text !== null) configure(text);
  return { endpoint, machine, path, configure };
}

describe('a change of the configuration', () => {
  it('is visible at the next call, whichever way the line was prerendered', async () => {
    const { endpoint, machine, path, configure } = await aMachine(null);
    expect((await machine.run(['--wait'])).stdout).toBe(LINE);
    configure('color = "always"');
    expect((await machine.run()).stdout).toMatch(COLOURED);
    expect((await machine.run()).stdout).toMatch(COLOURED);
    expect((await machine.run(['--color', 'never'])).stdout).toBe(LINE);
    expect((await machine.run([], { NO_COLOR: '1' })).stdout).toBe(LINE);
    configure('color = "never"');
    expect((await machine.run(['--output', 'zsh'])).stdout).toBe('5h 22%% 4h37m · 7d 33%% 4d3h\n');
    expect((await machine.run(['--output', 'zsh', '--color=always'])).stdout).toContain('%F{');
    fs.unlinkSync(path);
    expect((await machine.run(['--output', 'zsh'])).stdout).toContain('%F{');
    expect((await machine.run()).stdout).toBe(LINE);
    expect(endpoint.requests).toHaveLength(1);
  });

  it('can set everything about the appearance', async () => {
    const { machine, configure } = await aMachine(null);
    await machine.run(['--wait']);
    configure(
      [
        'percent = "left"',
        'hide = ["7D", "7d Sonnet"]',
        'clock = "12h"',
        '[thresholds]',
        'warn = 22',
        '[colors]',
        'warn = "#ff8800"',
        '[output.zsh]',
        'percent = "used"',
        'colors.warn = "bold magenta"',
      ].join('\n'),
    );
    expect((await machine.run()).stdout).toBe('5h 78% left 4h37m\n');
    expect((await machine.run(['refresh'])).stdout).toBe('5h 78% left 4h37m\n');
    expect((await machine.run(['--output', 'tmux'])).stdout).toContain('#[fg=#ff8800]78%');
    expect((await machine.run(['--output', 'zsh'])).stdout).toBe('5h %B%F{5}22%%%f%b 4h37m\n');
    const table = (await machine.run(['show'])).stdout;
    expect(table).toMatch(/5h .* 78% .*\d ?(am|pm)/i);
    expect(table).not.toContain('7d ');
  });

  it('sets the format of all outputs or of one', async () => {
    const { machine } = await aMachine(
      'format = "minimal"\n[output.tmux]\nformat = "5 hours: {5h.percent}"\ncolor = "never"',
    );
    await machine.run(['--wait']);
    expect((await machine.run()).stdout).toMatch(/^\S+( \S+)? 33%\n$/);
    for (const _ of [1, 2]) {
      expect((await machine.run(['--output', 'tmux'])).stdout).toBe('5 hours: 22%\n');
      const env = { USAGELINE_FORMAT: '{7d.percent}' };
      expect((await machine.run(['--output', 'tmux'], env)).stdout).toBe('33%\n');
      expect((await machine.run(['--output', 'tmux', '--format', 'compact'], env)).stdout).toContain(' · ');
    }
  });

  it('affects only the outputs that it names', async () => {
    const { machine } = await aMachine('[output.tmux]\ncolor = "never"');
    await machine.run(['--wait']);
    expect((await machine.run(['--output', 'tmux'])).stdout).toBe(LINE);
    expect((await machine.run(['--output', 'ansi'])).stdout).toMatch(COLOURED);
  });

  it('affects only accounts with that configuration', async () => {
    const { machine } = await aMachine(null);
    const other = join(machine.home, 'other.toml');
    fs.writeFileSync(other, 'color = "always"');
    await machine.run(['--wait']);
    const ready = () => fs.readdirSync(machine.cache).filter((name) => name.startsWith('ready'));
    for (const _ of [1, 2]) {
      expect((await machine.run()).stdout).toBe(LINE);
      expect((await machine.run([], { USAGELINE_CONFIG: other })).stdout).toMatch(COLOURED);
    }
    expect(ready()).toEqual(['ready', expect.stringMatching(/^ready-[0-9a-f]{8}$/)]);
  });
});

describe('the configuration decides', () => {
  it('which endpoint receives requests, and with which user agent', async () => {
    const { endpoint, machine, configure } = await aMachine(null);
    configure(`api_base_url = "${endpoint.url}"\nuser_agent = "me/1 (test)"`);
    expect((await machine.run(['--wait'], { USAGELINE_API_BASE_URL: '' })).stdout).toBe(LINE);
    expect(endpoint.requests[0]?.headers['user-agent']).toBe('me/1 (test)');
  });

  it('how long a request may take, also in the worker behind a line', async () => {
    // Longer than the default, so that a slow machine cannot be mistaken for it.
    const { endpoint, machine } = await aMachine('timeout = 3.5');
    const waited: number[] = [];
    endpoint.answer = (request) => {
      const asked = performance.now();
      request.socket.on('close', () => waited.push(performance.now() - asked));
    };
    const run = await machine.run(['--json', '--wait']);
    expect(JSON.parse(run.stdout).error.code).toBe('timeout');
    expect(run.ms).toBeGreaterThan(3400);
    machine.reset();
    await machine.run();
    await until(() => waited.length === 2);
    expect(Math.min(...waited)).toBeGreaterThan(2500);
    await until(
      () => fs.existsSync(join(machine.cache, 'usage.lock')) && 'error' in machine.read('usage.lock'),
    );
    expect(machine.read('usage.lock').error).toBe('timeout');
  });

  it('how long numbers are fresh, and when they are no longer shown', async () => {
    const { machine } = await aMachine('cache_duration = 1200\nmax_stale = 3600\nnetwork = "auto"');
    await machine.run(['--wait']);
    machine.ageBy(19 * MINUTE);
    expect(JSON.parse((await machine.run(['--json'])).stdout).state).toBe('fresh');
    machine.ageBy(42 * MINUTE);
    expect(JSON.parse((await machine.run(['--json', '--cached'])).stdout).state).toBe('last_known');
  });
});

describe('network = "never"', () => {
  const never = 'network = "never"';

  it('shows stored numbers and sends no request, whatever the options', async () => {
    const { endpoint, machine, configure } = await aMachine(null);
    await machine.run(['--wait']);
    configure(never);
    expect((await machine.run()).stdout).toBe(LINE);
    machine.ageBy(12 * MINUTE);
    const old = '5h 22% 4h37m · 7d 33% 4d3h · 12m ago · disabled\n';
    for (const args of [[], ['--wait'], ['--no-wait'], ['--cached']]) {
      expect((await machine.run(args)).stdout).toBe(old);
    }
    expect((await machine.run([], { USAGELINE_NETWORK: 'never' })).stdout).toBe(old);
    const refresh = await machine.run(['refresh', '--force']);
    expect(refresh).toMatchObject({ stdout: old, code: 4 });
    expect(refresh.stderr).toContain('Requests are switched off. Run `usageline explain`');
    const explained = (await machine.run(['explain'])).stdout;
    expect(explained).toContain(
      `never: network is "never" (${machine.home}/.config/usageline/config.toml:1)`,
    );
    const object = JSON.parse((await machine.run(['--json'])).stdout);
    expect(object).toMatchObject({ state: 'stale', error: { code: 'disabled', retry_at: null } });
    expect(endpoint.requests).toHaveLength(1);
    expect(fs.existsSync(join(machine.cache, 'background.1'))).toBe(false);
    expect((await machine.run(['--wait'], { USAGELINE_NETWORK: 'always' })).stdout).toBe(LINE);
    expect(endpoint.requests).toHaveLength(2);
  });

  it('shows the numbers of Claude Code’s status line as fresh', async () => {
    const { endpoint, machine } = await aMachine(never);
    const resets = Math.floor(Date.now() / 1000) + 4 * 3600 + 37 * 60 + 30;
    const limits = { five_hour: { used_percentage: 41, resets_at: resets } };
    const input = JSON.stringify({ session_id: 'one', rate_limits: limits });
    expect(await statusline(machine, input)).toBe('5h 41% 4h37m\n');
    expect((await machine.run()).stdout).toBe('5h 41% 4h37m\n');
    const object = JSON.parse((await machine.run(['--json'])).stdout);
    expect(object).toMatchObject({ state: 'fresh', error: null });
    expect(endpoint.requests).toHaveLength(0);
  });

  it('counts tokens in transcripts without other numbers', async () => {
    const { endpoint, machine } = await aMachine(never);
    const project = join(machine.home, '.claude', 'projects', 'work');
    fs.mkdirSync(project, { recursive: true });
    const message = {
      id: 'a',
      role: 'assistant',
      model: 'm',
      usage: { input_tokens: 20, output_tokens: 2980 },
    };
    const timestamp = new Date(Date.now() - MINUTE).toISOString();
    const answer = { type: 'assistant', requestId: 'a', timestamp, message };
    const transcript = join(project, 's.jsonl');
    fs.writeFileSync(transcript, `${JSON.stringify(answer)}\n`);
    touchNow(transcript);
    expect((await machine.run()).stdout).toBe('~5h 3k · ~7d 3k · disabled\n');
    const run = await machine.run(['--json']);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ state: 'estimate', error: { code: 'disabled' } });
    expect(endpoint.requests).toHaveLength(0);
  });

  it('"always" sends requests although nonessential traffic is disabled for Claude Code', async () => {
    const { endpoint, machine } = await aMachine('network = "always"', {
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    });
    expect((await machine.run(['--wait'])).stdout).toBe(LINE);
    expect((await machine.run()).stdout).toBe(LINE);
    expect(endpoint.requests).toHaveLength(1);
  });
});

describe('a mistake in the configuration', () => {
  const MISTAKE = 'timeout = 0\nnetwork = "auto"';

  it('leaves the line as it is, and is reported to people only', async () => {
    const { machine, path } = await aMachine(MISTAKE);
    const warning = `usageline: ${path}:1: timeout is 0; accepted: a number of seconds from 0.1 to 300\n`;
    for (const args of [['--wait'], [], ['--output', 'tmux'], ['--json']]) {
      expect(await machine.run(args)).toMatchObject({ stderr: '', code: 0 });
    }
    for (const args of [['show'], ['refresh'], ['explain'], ['cache', 'path'], ['config', 'show']]) {
      expect(await machine.run(args)).toMatchObject({ stderr: warning, code: 0 });
    }
    expect(await machine.run(['config', 'check'])).toMatchObject({ stdout: '', stderr: warning, code: 2 });
  });

  it.each([
    ['http://user:secret@example.com', 'no user name or password may stand in it'],
    ['http://example.com', 'the token would cross the network in clear'],
    ['secret', 'not a URL'],
    ['', 'not a URL'],
  ])('in the base URL ends every command that could send a request: %j', async (url, reason) => {
    const { endpoint, machine, path, configure } = await aMachine(null);
    await machine.run(['--wait']);
    configure(`\napi_base_url = "${url}"`);
    const env = { USAGELINE_API_BASE_URL: '' };
    for (const args of [[], ['--json'], ['show'], ['refresh'], ['config', 'check']]) {
      const run = await machine.run(args, env);
      expect(run.code).toBe(2);
      const text = run.stdout + run.stderr;
      expect(text).toContain(`api_base_url (${path}:2) is refused: ${reason}`);
      expect(text).not.toContain('secret');
    }
    expect((await machine.run(['config', 'show'], env)).stdout).toContain('api_base_url = "(refused)"');
    expect(endpoint.requests).toHaveLength(1);
  });
});

describe('usageline config', () => {
  it('shows where every value comes from', async () => {
    const { machine, path } = await aMachine('percent = "left"\n[output.tmux]\npercent = "used"\n');
    const run = await machine.run(['config', 'show', '--timeout', '5'], { USAGELINE_NETWORK: 'never' });
    expect(run).toMatchObject({ stderr: '', code: 0 });
    const rows = run.stdout.split('\n').map((row) => row.replace(/ +# /, ' # '));
    expect(rows).toContain('network = "never" # USAGELINE_NETWORK');
    expect(rows).toContain('timeout = 5 # --timeout');
    expect(rows).toContain(`percent = "left" # ${path}:1`);
    expect(rows).toContain(`output.tmux.percent = "used" # ${path}:3`);
    expect(rows).toContain('cache_duration = 180 # default');
    expect(rows.join('\n')).toMatch(/^user_agent = "usageline\/\d+\.\d+\.\d+" # default$/m);
  });

  it('checks a file, and reports nothing for a correct file or without a file', async () => {
    const { machine, path, configure } = await aMachine(null);
    expect(await machine.run(['config', 'path'])).toMatchObject({ stdout: `${path}\n`, stderr: '', code: 0 });
    const none = { stdout: 'no configuration: the defaults apply\n', stderr: '', code: 0 };
    expect(await machine.run(['config', 'check'])).toMatchObject(none);
    configure('timeout = 5');
    const well = { stdout: `${path}: no mistakes\n`, stderr: '', code: 0 };
    expect(await machine.run(['config', 'check'])).toMatchObject(well);
  });

  it('prints the schema of the package', async () => {
    const { machine } = await aMachine(null);
    const schema = fs.readFileSync(new URL('../../config.schema.json', import.meta.url), 'utf8');
    expect(await machine.run(['config', 'schema'])).toMatchObject({ stdout: schema, stderr: '', code: 0 });
  });

  it.each([
    [
      ['config'],
      "'config' needs a command; accepted: get, set, unset, edit, init, path, show, check, schema, help",
    ],
    [
      ['config', 'bogus'],
      "unknown command 'bogus'; accepted: get, set, unset, edit, init, path, show, check, schema, help",
    ],
    [['config', 'path', 'x'], "'config path' takes no argument, but there is 'x'"],
    [['config', 'check', '--json'], "unknown option '--json'"],
  ])('%j is wrong usage', async (args, message) => {
    const { machine } = await aMachine(null);
    const run = await machine.run(args);
    expect(run.code).toBe(2);
    expect(run.stdout + run.stderr).toContain(message);
  });
});

/** The output for a session that sends this, without colours. */
function statusline(machine: Machine, input: string): Promise<string> {
  const entry = new URL('../../bin/usageline.cjs', import.meta.url).pathname;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, 'statusline'], { env: machine.env });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more) => (text += more));
    child.on('error', reject);
    child.on('close', () => resolve(text.replace(/\u001B\[[\d;]*m/g, '')));
    child.stdin.end(input);
  });
}

it('prints no value of the environment that could control a terminal', async () => {
  const machine = new Machine('http://127.0.0.1:9');
  const escape = '\u001B]0;title\u0007\u009B31m\u202E';
  const relative = { USAGELINE_CACHE_DIR: `rel${escape}` };
  const runs = await Promise.all([
    machine.run(['explain'], relative),
    machine.run(['show'], relative),
    machine.run(['refresh', '--debug'], { XDG_CACHE_HOME: join(machine.home, escape) }),
    machine.run(['explain'], { XDG_CACHE_HOME: join(machine.home, escape) }),
    machine.run(['cache', 'clear'], { XDG_CACHE_HOME: join(machine.home, escape) }),
    machine.run(['init', 'claude', '--install', '--yes'], { CLAUDE_CONFIG_DIR: join(machine.home, escape) }),
    machine.run(['init', 'tmux', '--install', '--dry-run', '--file', join(machine.home, escape)]),
  ]);
  for (const { stdout, stderr } of runs) {
    expect(stdout + stderr).toContain(']0;title??31m?');
    expect(stdout + stderr).not.toMatch(/[\u001B\u0007\u009B\u202E]/);
  }
});
