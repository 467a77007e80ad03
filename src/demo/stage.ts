import { join } from 'node:path';
import { accountDirectory } from '../cache/directory.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { readEntry } from '../cache/entry.ts';
import { account } from '../fetch/claude/account.ts';
import { errno } from '../errno.ts';
import type { System } from '../system.ts';
import { isObject } from '../usage/data.ts';
import { DAY } from '../usage/time.ts';
import { exampleCredentials } from './sample.ts';

/** A home and a cache for the demo alone, and the hands that move things in it between two scenes. */
export interface Stage {
  readonly root: string;
  /** The whole environment of the programs that run on it. */
  readonly env: Readonly<Record<string, string>>;
  /** Signs in: credentials that expire in so many ms; fewer than 0 have expired. */
  signIn(validFor: number): void;
  /** Makes everything that is remembered older, as if so much time had passed, ms. */
  passTime(ms: number): void;
  /** When the numbers that are known were asked for, epoch ms; null when nothing is known. */
  knownSince(): number | null;
  /** Whether a process is refreshing just now. */
  isRefreshing(): boolean;
  /** @returns whether it is gone: a refresh in the background can write into it meanwhile */
  remove(): boolean;
  /** Removes it, and removes it again while a refresh in the background still writes into it. */
  removeForGood(): Promise<void>;
}

/** What the machine's own environment contributes: nothing that could lead to the user's account or cache. */
const INHERITED = ['TZ', 'LD_LIBRARY_PATH', 'SystemRoot'];

/**
 * Sets it up below `parent`. Throws Node's error when that cannot be written.
 *
 * @param more for the environment: where the endpoint is, whether there is colour
 */
export function createStage(system: System, parent: string, more: Readonly<Record<string, string>>): Stage {
  const { fs } = system;
  const root = fs.mkdtempSync(join(parent, 'usageline-demo-'));
  const home = join(root, 'home');
  const cache = join(root, 'cache');
  const login = join(home, '.claude');
  const inherited = INHERITED.flatMap((name) => {
    const value = system.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  const env: Record<string, string> = {
    ...Object.fromEntries(inherited),
    HOME: home,
    USERPROFILE: home,
    XDG_CACHE_HOME: cache,
    // macOS keeps the real login in the keychain, under a name that depends on this variable.
    ...(system.platform === 'darwin' && { CLAUDE_CONFIG_DIR: login }),
    ...more,
  };
  const { directory } = account({ ...system, env });
  const files = accountDirectory(join(cache, 'usageline'), directory);
  fs.mkdirSync(login, { recursive: true });

  const remove = () => {
    try {
      fs.rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      // A refresh in the background has written into it meanwhile.
      if (errno(error) !== 'ENOTEMPTY') throw error;
    }
    return !fs.existsSync(root);
  };
  return {
    root,
    env,
    signIn: (validFor) => {
      const text = exampleCredentials(system.now() + validFor);
      fs.writeFileSync(join(login, '.credentials.json'), text, { mode: 0o600 });
    },
    passTime: (ms) => passTime(system, files, ms),
    knownSince: () => {
      const read = readEntry(system, files.entry);
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
/** How long a refresh in the background can go on writing, ms. */
const LONGEST_REFRESH_MS = 5_000;

/** How long example credentials are good for. */
export const VALID_MS = 30 * DAY;

/** Which fields of our files are stamps, by unit. Times of the future move along: they come closer. */
const MILLISECONDS = new Set(['at', 'until']);
const SECONDS = new Set(['blocked_until', 'written_at', 'requests']);
const TEXTS = new Set(['cached_at', 'resets_at']);

const OURS = /^(usage\.json|usage\.lock|(attempt|background)\.\d+)$/;

function passTime({ fs }: System, { path }: AccountDirectory, ms: number): void {
  // No directory: nothing is remembered that could grow older.
  const names = fs.existsSync(path) ? fs.readdirSync(path) : [];
  for (const name of names.filter((item) => OURS.test(item))) {
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
