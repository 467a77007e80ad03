import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { until } from '../support/program.ts';
import { removeAtTheEnd } from '../support/remove.ts';

const program = new URL('../../bin/usageline.cjs', import.meta.url).pathname;

/** Runs the demo. `home` is the user's home; in `tmp` the demo may write, and must leave nothing. */
let root: string;
let home: string;
let tmp: string;
beforeEach(() => {
  root = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-test-'));
  removeAtTheEnd(root);
  home = join(root, 'home');
  tmp = join(root, 'tmp');
  for (const path of [home, tmp]) fs.mkdirSync(path);
});

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** @param onText sees everything that has been printed so far */
function demo(
  env: Record<string, string> = {},
  onText: (text: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, 'demo'], {
      env: { HOME: home, TMPDIR: tmp, TZ: 'UTC', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onText(stdout, (signal) => child.kill(signal));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('close', (exitCode, signal) => resolve({ stdout, stderr, exitCode, signal }));
  });
}

/** Processes with this temporary directory in their environment or arguments (Linux only). */
function processes(): string[] {
  if (process.platform !== 'linux') return [];
  return fs.readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return fs.readFileSync(`/proc/${pid}/environ`, 'latin1').includes(tmp);
    } catch {
      return false;
    }
  });
}

describe('usageline demo', () => {
  it('shows every state with an endpoint of its own, and leaves nothing behind', async () => {
    const { stdout, stderr, exitCode } = await demo();
    expect(stderr).toBe('');
    expect(stdout).not.toContain('NOT AS ANNOUNCED');
    expect(exitCode).toBe(0);

    const line = String.raw`  5h \d+% \S+ · 7d \d+% \S+ · 7d Fable \d+% [^ ,]+(?:, empty in \S+)?`;
    expect(stdout).toMatch(new RegExp(`\\$ usageline --wait\n${line}\n  1 request · \\d+ ms`));
    expect(stdout).toMatch(new RegExp(`\\$ usageline\n${line}\n  no requests · \\d+ ms`));
    expect(stdout).toMatch(new RegExp(`${line} · 4m ago\n`));
    expect(stdout).toMatch(new RegExp(`${line} · 12m ago · rate limited \\dm\n  1 request`));
    expect(stdout).toMatch(new RegExp(`${line} · 12m ago · rate limited \\dm\n  no requests`));
    expect(stdout).toMatch(new RegExp(`${line} · 22m ago · sign in\n  no requests`));
    expect(stdout).toMatch(/\$ usageline show\n {2}Claude · Max\n/);
    expect(stdout).toMatch(/18 calls of usageline, 5 requests in all\.\n$/);
    for (const text of stdout.split('\n')) expect(text.length, text).toBeLessThanOrEqual(80);

    expect(fs.readdirSync(tmp)).toEqual([]);
    expect(fs.readdirSync(home)).toEqual([]);
    expect(processes()).toEqual([]);
  });

  it("does not touch the user's account, cache or proxy, whatever the environment contains", async () => {
    const elsewhere = join(home, 'elsewhere');
    const { stdout, exitCode } = await demo({
      CLAUDE_CONFIG_DIR: elsewhere,
      USAGELINE_CACHE_DIR: elsewhere,
      XDG_CACHE_HOME: elsewhere,
      XDG_CONFIG_HOME: elsewhere,
      XDG_RUNTIME_DIR: elsewhere,
      CLAUDE_CODE_OAUTH_TOKEN: 'not-a-token',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      USAGELINE_API_BASE_URL: 'http://127.0.0.1:9',
      HTTP_PROXY: 'http://127.0.0.1:9',
      ALL_PROXY: 'http://127.0.0.1:9',
    });
    expect(stdout).toContain('5 requests in all');
    expect(exitCode).toBe(0);
    expect(fs.readdirSync(home)).toEqual([]);
  });

  it.each([
    ['without colour in a pipe', {}, false],
    ['in colour when colour is forced', { FORCE_COLOR: '1' }, true],
    ['without colour when NO_COLOR is set', { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])(
    'prints %s',
    async (_name, env: Record<string, string>, colored) => {
      const { stdout, exitCode } = await demo(env);
      expect(stdout.includes('\u001B[')).toBe(colored);
      expect(stdout).not.toContain('NOT AS ANNOUNCED');
      expect(exitCode).toBe(0);
    },
    30_000,
  );

  it.each([
    ['SIGINT', '1 Nothing'],
    ['SIGTERM', '3 Four minutes'],
    ['SIGHUP', '4 Twelve minutes'],
  ] as const)(
    'cleans up on %s, and ends with that signal',
    async (signal, moment) => {
      let sent = false;
      const ended = await demo({}, (text, kill) => {
        if (sent || !text.includes(moment)) return;
        sent = true;
        kill(signal);
      });
      expect(ended.signal).toBe(signal);
      expect(ended.stdout).not.toContain('in all');
      expect(fs.readdirSync(tmp)).toEqual([]);
      // A process that was killed is there until the system comes to it.
      await until(async () => processes().length === 0, 3_000, 'the end of all processes');
    },
    30_000,
  );

  it('reports that it needs a directory for its files', async () => {
    const nowhere = join(root, 'nowhere');
    const { stdout, stderr, exitCode } = await demo({ TMPDIR: nowhere });
    expect(stderr).toBe(`usageline: the demo cannot begin: no directory can be made in ${nowhere}: ENOENT\n`);
    expect(stdout).toBe('');
    expect(exitCode).toBe(1);
  });
});
