import './survive-sigxfsz.ts';
import { lock } from 'proper-lockfile';
import { errno } from '../platform/errno.ts';
import type { System } from '../platform/system.ts';
import { isFromFuture, SECOND } from '../usage/time.ts';
import type { AccountDirectory } from './directory.ts';
import { removeOwnTree } from './own-files.ts';

/** A mutex that has not been touched for this time counts as that of a dead process, ms. */
export const MUTEX_STALE_MS = 5 * SECOND;
/** How often the holder touches it, ms. */
const HEARTBEAT_MS = 2 * SECOND;

/** The result of trying to take the mutex. */
export type Mutex =
  | { readonly kind: 'held'; release(): Promise<void> }
  | { readonly kind: 'busy' }
  /** The directory cannot be written; `reason` is an errno name. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Errno names that mean that the directory cannot be written. All others mean that another process has the mutex. */
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
 * Tries once to become the one process that refreshes an account. Two processes can take over a stale mutex at the same
 * time; the claim (`claims.ts`) makes sure that only one of them sends a request.
 */
export async function acquireMutex(system: System, directory: AccountDirectory): Promise<Mutex> {
  removeImpossible(system, directory.mutex);
  try {
    const release = await lock(directory.path, {
      fs: withoutThreads(system.fs),
      lockfilePath: directory.mutex,
      realpath: false,
      retries: 0,
      stale: MUTEX_STALE_MS,
      update: HEARTBEAT_MS,
      // The default throws from a timer. The process that took over the mutex finds the claim.
      onCompromised: () => {},
    });
    return { kind: 'held', release: () => release().catch(() => {}) };
  } catch (error) {
    const reason = errno(error);
    // It is stale and contains something, so it can never be taken over. It is gone at the next attempt.
    if (reason === 'ENOTEMPTY') remove(system, directory.mutex);
    // On Windows, making a directory whose removal is still pending is refused like this as well.
    const passing = reason === 'EPERM' && system.platform === 'win32';
    return UNWRITABLE.has(reason) && !passing ? { kind: 'failed', reason } : { kind: 'busy' };
  }
}

/** One object per process: the package stores in it how precisely the file system records times. */
const adapters = new WeakMap<System['fs'], object>();

/** The functions of `fs` that the package uses, without threads: starting those takes longer than what they do. */
function withoutThreads(fs: System['fs']): object {
  const existing = adapters.get(fs);
  if (existing) return existing;
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
    // Called at the exit of the process.
    rmdirSync: fs.rmdirSync,
  };
  adapters.set(fs, files);
  return files;
}

/**
 * Removes what could not be taken over: a mutex with a future time until the clock reaches it, and a file or link in its
 * place for ever.
 */
function removeImpossible(system: System, path: string): void {
  const { fs, now } = system;
  try {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (!stat.isDirectory() || isFromFuture(stat.mtimeMs, now())) remove(system, path);
  } catch {
    // The attempt to take the mutex fails with the reason.
  }
}

function remove(system: System, path: string): void {
  try {
    removeOwnTree(system, path);
  } catch {
    // The attempt to take the mutex fails with the reason.
  }
}
