import './survive-sigxfsz.ts';
import { lock } from 'proper-lockfile';
import { errno } from '../platform/errno.ts';
import type { System } from '../platform/system.ts';
import { CLOCK_TOLERANCE_MS, SECOND } from '../usage/time.ts';
import type { AccountDirectory } from './directory.ts';
import { removeOwnTree } from './own-files.ts';

/** A holder that has not been heard of for this long is dead. */
export const MUTEX_STALE_MS = 5 * SECOND;
const HEARTBEAT_MS = 2 * SECOND;

export type Mutex =
  | { readonly kind: 'held'; release(): Promise<void> }
  | { readonly kind: 'busy' }
  /** The directory cannot be written: an errno name. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Errnos that say the place is at fault, not that somebody else holds the mutex. */
const UNWRITABLE = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOSPC',
  'EDQUOT',
  'ENOTDIR',
  'EIO',
  'ELOOP',
  'ENAMETOOLONG',
  'EMLINK',
]);

/**
 * Tries once to become the one process that refreshes an account. It normally is one; that it is never two
 * is not promised (`claims.ts` sees to that), because a stale mutex can be taken over by two at once.
 */
export async function acquireMutex(system: System, directory: AccountDirectory): Promise<Mutex> {
  clearImpossible(system, directory.mutex);
  try {
    const release = await lock(directory.path, {
      fs: inOneGo(system.fs),
      lockfilePath: directory.mutex,
      realpath: false,
      retries: 0,
      stale: MUTEX_STALE_MS,
      update: HEARTBEAT_MS,
      // The default throws from a timer. Whoever took over finds our claim.
      onCompromised: () => {},
    });
    return { kind: 'held', release: () => release().catch(() => {}) };
  } catch (error) {
    const reason = errno(error);
    // Stale, and somebody put something into it: it could never be taken over. The next try finds it gone.
    if (reason === 'ENOTEMPTY') remove(system, directory.mutex);
    // On Windows, making a directory whose removal is still pending is refused like this as well.
    const passing = reason === 'EPERM' && system.platform === 'win32';
    return UNWRITABLE.has(reason) && !passing ? { kind: 'failed', reason } : { kind: 'busy' };
  }
}

/** One for all of a process: the package remembers in it how finely the file system keeps time. */
const kept = new WeakMap<System['fs'], object>();

/** What the package asks of files, without threads: to start those takes longer than all that they would do. */
function inOneGo(fs: System['fs']): object {
  const known = kept.get(fs);
  if (known) return known;
  type Call = (...parameters: never[]) => unknown;
  const plain =
    (call: Call) =>
    (...parameters: unknown[]) => {
      const done = parameters.pop() as (error: unknown, result?: unknown) => void;
      let result: unknown;
      try {
        result = call(...(parameters as never[]));
      } catch (error) {
        done(error);
        return;
      }
      done(null, result);
    };
  const files = {
    mkdir: plain(fs.mkdirSync),
    stat: plain(fs.statSync),
    utimes: plain(fs.utimesSync),
    rmdir: plain(fs.rmdirSync),
    // At the exit of the process.
    rmdirSync: fs.rmdirSync,
  };
  kept.set(fs, files);
  return files;
}

/**
 * A mutex stamped in the future (the clock was set back) would be refused until the clock catches up, and
 * something that is no directory would be refused for good.
 */
function clearImpossible(system: System, path: string): void {
  const { fs, now } = system;
  try {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (!stat.isDirectory() || stat.mtimeMs > now() + CLOCK_TOLERANCE_MS) remove(system, path);
  } catch {
    // Then the attempt to lock says what is wrong.
  }
}

function remove(system: System, path: string): void {
  try {
    removeOwnTree(system, path);
  } catch {
    // Then the attempt to lock says what is wrong.
  }
}
