import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATIENCE } from './patience.ts';
import { removeAtTheEnd, removeTree } from './remove.ts';

/** The token of every test login. Tests check that it appears in no output and no file. */
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
/** Variables that move the clock of a program along with the test's own, under `npm run test:dates`. */
const movedClock: Record<string, string> = {};
for (const name of process.env.TESTS_DATE ? MOVED_CLOCK : []) {
  const value = process.env[name];
  if (value !== undefined) movedClock[name] = value;
}

/** The environment of a program whose clock the test moves itself. */
export function withRealClock(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !(name in movedClock)));
}

/** A user's machine: a home with a login, a clean environment, and the built program. */
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

  /** Runs the program with pipes for its output. */
  run(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Run> {
    return runProgram(process.execPath, [entry, ...args], { ...this.env, ...env });
  }

  /** The parsed content of a file in the cache. */
  read(name: 'usage.json' | 'usage.lock'): Record<string, any> {
    return JSON.parse(fs.readFileSync(join(this.cache, name), 'utf8'));
  }

  /** Moves all times in the cache files into the past, as if `ms` had passed. */
  ageBy(ms: number): void {
    const seconds = Math.round(ms / 1000);
    for (const name of fs.existsSync(this.cache) ? fs.readdirSync(this.cache) : []) {
      if (!/^(usage\.json|usage\.lock|(attempt|background)\.\d+)$/.test(name)) continue;
      // A refresh that is still running removes old claims.
      const path = join(this.cache, name);
      const text = unlessMissing(() => fs.readFileSync(path, 'utf8'));
      if (text === undefined) continue;
      const file = JSON.parse(text);
      if (name === 'usage.json') file.cached_at = new Date(Date.parse(file.cached_at) - ms).toISOString();
      else if (name === 'usage.lock') {
        file.blocked_until -= seconds;
        file.written_at -= seconds;
        file.requests = file.requests.map((at: number) => at - seconds);
        if (file.client_read_at !== undefined) file.client_read_at -= seconds;
      } else {
        file.at -= ms;
        file.until -= ms;
      }
      fs.writeFileSync(path, JSON.stringify(file));
    }
  }

  /** Removes the cache. */
  reset(): void {
    removeTree(join(this.home, '.cache'));
  }
}

/**
 * Sets the mtime of a file to the time of this clock: under a moved clock the file system would use the real
 * time.
 */
export function touchNow(path: string): void {
  const seconds = Date.now() / 1000;
  fs.utimesSync(path, seconds, seconds);
}

/** A file that was found: its path and its bytes, one character each. */
export interface Found {
  readonly path: string;
  readonly bytes: string;
}

/** Every regular file below a directory; links are not followed. A worker can create and remove files meanwhile. */
export function filesBelow(directory: string): Found[] {
  return (unlessMissing(() => fs.readdirSync(directory)) ?? []).flatMap((name) => {
    const path = join(directory, name);
    const stats = unlessMissing(() => fs.lstatSync(path));
    if (stats?.isDirectory()) return filesBelow(path);
    const bytes = stats?.isFile() ? unlessMissing(() => fs.readFileSync(path, 'latin1')) : undefined;
    return bytes === undefined ? [] : [{ path, bytes }];
  });
}

/** The result of a read; undefined when the file is gone. */
export function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
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
 * Waits until a condition holds, and checks it every 20 ms. Until the time is up an exception (such as a missing
 * file) counts as false.
 *
 * @param what names the condition in the error
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
