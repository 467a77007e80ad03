import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATIENCE } from './patience.ts';
import { removeAtTheEnd, removeTree } from './remove.ts';

/** Nothing but this text may ever carry it anywhere. */
export const TOKEN = 'sk-ant-oat01-EXAMPLE-NOT-A-TOKEN';

const entry = new URL('../../bin/usageline.cjs', import.meta.url).pathname;

export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Wall time, ms. */
  readonly ms: number;
}

const MOVED_CLOCK = ['LD_PRELOAD', 'FAKETIME', 'FAKETIME_DONT_FAKE_MONOTONIC', 'NO_FAKE_STAT'];
/** What moves the clock of a program as the test's own is moved, under `npm run test:dates`. */
const movedClock: Record<string, string> = {};
for (const name of process.env.TESTS_DATE ? MOVED_CLOCK : []) {
  const value = process.env[name];
  if (value !== undefined) movedClock[name] = value;
}

/** An environment for a program whose clock the test moves by itself. */
export function withRealClock(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !(name in movedClock)));
}

/** Somebody's machine: a home with a login, a clean environment, and the built program. */
export class Machine {
  readonly home = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-home-'));
  env: Record<string, string>;

  constructor(baseUrl: string, env: Record<string, string> = {}) {
    removeAtTheEnd(this.home);
    this.env = {
      PATH: process.env.PATH ?? '',
      HOME: this.home,
      TZ: 'UTC',
      USAGELINE_API_BASE_URL: baseUrl,
      ...movedClock,
      ...env,
    };
    this.login();
  }

  get cache(): string {
    return join(this.home, '.cache', 'usageline', 'claude');
  }

  get credentials(): string {
    return join(this.home, '.claude', '.credentials.json');
  }

  login(changes: Record<string, unknown> = {}): void {
    const login = {
      accessToken: TOKEN,
      refreshToken: 'sk-ant-ort01-EXAMPLE-NOT-A-TOKEN',
      expiresAt: 4_102_444_800_000,
      scopes: ['user:inference', 'user:profile'],
      subscriptionType: 'max',
      rateLimitTier: 'default_claude_max_20x',
      ...changes,
    };
    fs.mkdirSync(join(this.home, '.claude'), { recursive: true });
    fs.writeFileSync(this.credentials, JSON.stringify({ claudeAiOauth: login }));
  }

  /** Runs the program as a pipe sees it. */
  run(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Run> {
    return runProgram(process.execPath, [entry, ...args], { ...this.env, ...env });
  }

  /** What is on disk, as JSON. */
  read(name: 'usage.json' | 'usage.lock'): Record<string, any> {
    return JSON.parse(fs.readFileSync(join(this.cache, name), 'utf8'));
  }

  /** Puts what is on disk so far into the past, as if time had passed. */
  age(ms: number): void {
    const seconds = Math.round(ms / 1000);
    for (const name of fs.existsSync(this.cache) ? fs.readdirSync(this.cache) : []) {
      if (!/^(usage\.json|usage\.lock|(attempt|background)\.\d+)$/.test(name)) continue;
      // A refresh that is still under way sweeps claims.
      const path = join(this.cache, name);
      const text = unlessGone(() => fs.readFileSync(path, 'utf8'));
      if (text === undefined) continue;
      const file = JSON.parse(text);
      if (name === 'usage.json') file.cached_at = new Date(Date.parse(file.cached_at) - ms).toISOString();
      else if (name === 'usage.lock') {
        file.blocked_until -= seconds;
        file.written_at -= seconds;
        file.requests = file.requests.map((at: number) => at - seconds);
      } else {
        file.at -= ms;
        file.until -= ms;
      }
      fs.writeFileSync(path, JSON.stringify(file));
    }
  }

  /** Forgets everything. */
  reset(): void {
    removeTree(join(this.home, '.cache'));
  }
}

/** Stamps a file with the time of this clock: under a moved one the file system would stamp it with another. */
export function stampNow(path: string): void {
  const seconds = Date.now() / 1000;
  fs.utimesSync(path, seconds, seconds);
}

/** A file as found: its path and its bytes, one character each. */
export interface Found {
  readonly path: string;
  readonly bytes: string;
}

/** Every regular file below a directory, links not followed. A detached refresh may come and go meanwhile. */
export function filesBelow(directory: string): Found[] {
  return (unlessGone(() => fs.readdirSync(directory)) ?? []).flatMap((name) => {
    const path = join(directory, name);
    const stats = unlessGone(() => fs.lstatSync(path));
    if (stats?.isDirectory()) return filesBelow(path);
    const bytes = stats?.isFile() ? unlessGone(() => fs.readFileSync(path, 'latin1')) : undefined;
    return bytes === undefined ? [] : [{ path, bytes }];
  });
}

/** What is said of a file; nothing when it is there no more. */
export function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export function runProgram(file: string, args: readonly string[], env: Record<string, string>): Promise<Run> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ stdout, stderr, code, signal, ms: performance.now() - start }),
    );
  });
}

/**
 * Waits until something holds, looking every 20 ms. A file that is not there yet is no mistake before the time is up.
 *
 * @param what is said when it does not come about
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  within = PATIENCE,
  what = 'what was waited for',
): Promise<void> {
  const end = performance.now() + within;
  for (;;) {
    let cause: unknown;
    try {
      if (await holds()) return;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > end) throw new Error(`it did not come about: ${what}`, { cause });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
