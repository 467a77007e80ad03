import { dirname, join } from 'node:path';
import { accountDirectory } from '../cache/directory.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { readEntry } from '../cache/entry.ts';
import type { SecondExample } from '../fetch/provider.ts';
import { example, provider } from '../fetch/registry.ts';
import { errno } from '../platform/errno.ts';
import type { System } from '../platform/system.ts';
import { isObject } from '../usage/values.ts';
import { DAY } from '../usage/time.ts';

/** A temporary home and cache for the demo, and the operations that change them between scenes. */
export interface Stage {
  readonly root: string;
  /** The complete environment of the demo's processes. */
  readonly env: Readonly<Record<string, string>>;
  /** Writes credentials that expire in `validFor` ms; negative for expired ones. */
  signIn(validFor: number): void;
  /** Writes the login of another provider. */
  signInSecond(account: SecondExample): void;
  /** Makes the cache older by a time, ms. */
  passTime(ms: number): void;
  /** The time of the request for the cached numbers, epoch ms; null if there are none. */
  cachedAt(): number | null;
  /** Whether a worker is running. */
  isRefreshing(): boolean;
  /**
   * Removes the directory.
   *
   * @returns whether that succeeded: a worker can write into the directory meanwhile
   */
  remove(): boolean;
  /** Removes the directory repeatedly, until no worker creates it again. */
  removeForGood(): Promise<void>;
}

/** Variables that the demo's processes inherit: none leads to the user's account or cache. */
const INHERITED = ['TZ', 'LD_LIBRARY_PATH', 'SystemRoot'];

/**
 * Creates the stage below `parent`. Throws Node's error if that fails.
 *
 * @param more further variables for the environment
 */
export function createStage(system: System, parent: string, more: Readonly<Record<string, string>>): Stage {
  const { fs } = system;
  const root = fs.mkdtempSync(join(parent, 'usageline-demo-'));
  const home = join(root, 'home');
  const cache = join(root, 'cache');
  const inherited = INHERITED.flatMap((name) => {
    const value = system.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  const env: Record<string, string> = {
    ...Object.fromEntries(inherited),
    HOME: home,
    USERPROFILE: home,
    XDG_CACHE_HOME: cache,
    ...example.environment(system, home),
    ...more,
  };
  const { directory } = provider.account({ ...system, env });
  const files = accountDirectory(join(cache, 'usageline'), directory);
  fs.mkdirSync(home, { recursive: true });

  const remove = () => {
    try {
      fs.rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      // A worker has written into it meanwhile.
      if (errno(error) !== 'ENOTEMPTY') throw error;
    }
    return !fs.existsSync(root);
  };
  return {
    root,
    env,
    signIn: (validFor) => {
      const { path, text } = example.login(system, home, system.now() + validFor);
      fs.mkdirSync(dirname(path), { recursive: true });
      fs.writeFileSync(path, text, { mode: 0o600 });
    },
    signInSecond: (account) => {
      const { path, text } = account.login(home);
      const file = join(...path);
      fs.mkdirSync(dirname(file), { recursive: true });
      fs.writeFileSync(file, text, { mode: 0o600 });
    },
    passTime: (ms) => passTime(system, files, ms),
    cachedAt: () => {
      const read = readEntry(system, files.entry, provider.reader);
      return read.kind === 'entry' && read.entry.data ? read.entry.cachedAt : null;
    },
    isRefreshing: () => fs.existsSync(files.mutex),
    remove,
    removeForGood: async () => {
      const end = performance.now() + LONGEST_REFRESH_MS;
      for (let gone = 0; gone < GONE_CHECKS && performance.now() < end; gone += 1) {
        if (fs.existsSync(root)) gone = 0;
        remove();
        await new Promise((resolve) => {
          setTimeout(resolve, CHECK_MS);
        });
      }
    },
  };
}

/** The number of checks in a row that must find no directory. */
const GONE_CHECKS = 10;
const CHECK_MS = 50;
/** How long a worker can go on writing, ms. */
const LONGEST_REFRESH_MS = 5_000;

/** How long example credentials are valid, ms. */
export const VALID_MS = 30 * DAY;

/** The fields of cache files that hold times, by unit. Future times come closer, too. */
const MILLISECONDS = new Set(['at', 'until']);
const SECONDS = new Set(['blocked_until', 'written_at', 'requests']);
const TEXTS = new Set(['cached_at', 'resets_at']);

/** The files that hold times. */
const FILES_WITH_TIMES = /^(usage\.json|usage\.lock|(attempt|background)\.\d+)$/;

function passTime({ fs }: System, { path }: AccountDirectory, ms: number): void {
  // Without the directory, nothing is cached.
  const names = fs.existsSync(path) ? fs.readdirSync(path) : [];
  for (const name of names.filter((item) => FILES_WITH_TIMES.test(item))) {
    const file = join(path, name);
    const older = moved(JSON.parse(fs.readFileSync(file, 'utf8')), null, ms);
    fs.writeFileSync(file, JSON.stringify(older));
  }
}

function moved(value: unknown, name: string | null, ms: number): unknown {
  if (Array.isArray(value)) return value.map((item) => moved(item, name, ms));
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, moved(item, key, ms)]));
  }
  if (name === null) return value;
  if (typeof value === 'number' && MILLISECONDS.has(name)) return value - ms;
  if (typeof value === 'number' && SECONDS.has(name)) return value - ms / 1000;
  if (typeof value === 'string' && TEXTS.has(name)) return new Date(Date.parse(value) - ms).toISOString();
  return value;
}
